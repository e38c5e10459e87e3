/** Exit statuses (design, section 3.5). They are an API: scripts and CI branch on them. */
export type ExitStatus = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130;

/** Every code an error can carry, with its meaning and the exit status it leads to. `docs/exit-codes.md` shows this table. */
export const errorCodes = {
  usage: { exitStatus: 2, meaning: 'The command line is wrong.' },
  'profile-missing': { exitStatus: 2, meaning: 'The profile cannot be read.' },
  'profile-invalid': { exitStatus: 2, meaning: 'The profile holds mistakes; each is shown with line and column.' },
  'results-missing': { exitStatus: 2, meaning: 'The folder named is not an experiment.' },
  'results-damaged': { exitStatus: 2, meaning: 'A recorded file that is needed is damaged or missing.' },
  'verify-failed': { exitStatus: 6, meaning: 'The folder does not hold what its manifest and verdicts say.' },
  'results-locked': { exitStatus: 3, meaning: 'Another process is running this experiment.' },
  'results-not-writable': { exitStatus: 3, meaning: 'The results folder cannot be written, or its disk is full.' },
  'machine-lacks': { exitStatus: 3, meaning: 'This machine or testbed lacks something the profile needs.' },
  'tracer-unavailable': { exitStatus: 3, meaning: 'The run-queue tracer cannot be started here.' },
  'application-invalid': {
    exitStatus: 2,
    meaning: 'The model of the application holds mistakes; each is shown with line and column.',
  },
  'load-failed': { exitStatus: 4, meaning: 'The load generator failed before the load began.' },
  'policy-failed': { exitStatus: 4, meaning: 'A policy failed; in a trial that is an outcome of its arm.' },
  'gate-failed': { exitStatus: 6, meaning: 'A gate was not met.' },
  'testbed-failed': { exitStatus: 4, meaning: 'The testbed failed outside a trial.' },
} as const satisfies Record<string, { readonly exitStatus: ExitStatus; readonly meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  /** What the reader can do about it, one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** An expected outcome that ends what was asked for. Faults are other errors. */
export class HarnessError extends Error {
  override readonly name: string = 'HarnessError';
  /** Stable; listed in the documentation with its meaning. */
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }

  get exitStatus(): ExitStatus {
    return errorCodes[this.code].exitStatus;
  }
}

/** Something that will or may go wrong, found by `check` before anything is started. Data, like a warning. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable kebab-case name of the problem. */
  readonly code: string;
  /** What is wrong, and where. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}
