/** Why a measurement broke down. Only what the arm cannot influence is here (design 4.3). Listed in `docs/exit-codes.md`. */
export const invalidCodes = {
  'tracer-lost': 'The tracer died, went silent, or lost events.',
  'clock-jump': 'The wall clock of the machine was stepped.',
  'cpu-stolen': 'A hypervisor gave more CPU time to others than the limit allows.',
  interfered: 'Something outside the experiment stopped the canary, a disturbance or a replica.',
  'generator-late': 'The load generator sent its requests too late.',
  'generator-short': 'The load generator could not send requests, for reasons of its own.',
  'generator-busy': 'The load generator used nearly all the CPU that it could.',
  'generator-lost': 'The load generator did not begin, died, or stopped before its time.',
  'observation-gap': 'A sample is missing or came too late.',
  'record-damaged': 'A recorded file of the trial is damaged or missing.',
  interrupted: 'Scalelab itself was stopped before the trial ended.',
} as const;
export type InvalidCode = keyof typeof invalidCodes;

/** Why an arm broke down by its own doing. */
export const failedCodes = {
  'policy-failed': 'The policy threw, ended, answered what is no answer, or did not answer in time.',
  'start-failed': 'What the arm asks for could not be started: a disturbance, or the application with its allocation.',
} as const;
export type FailedCode = keyof typeof failedCodes;

export interface InvalidReason {
  readonly code: InvalidCode;
  /** What was measured and what was allowed, as text with units: `CPU time stolen 3.10 %, at most 2 %`. */
  readonly text: string;
}

export type Verdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'failed'; readonly code: FailedCode; readonly text: string }
  | { readonly kind: 'invalid'; readonly reasons: readonly InvalidReason[] };
