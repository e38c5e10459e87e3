/** What a trial costs beside its own length: 32 trials of 5 s took 164 s (docs/verified.md). */
export const overheadPerTrialMs = 200;
