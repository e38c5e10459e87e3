import type { Action } from './action.ts';

/** One call of a policy. Instants are milliseconds from the start of the trial. */
export interface PolicyStep {
  readonly atMs: number;
  /** Samples that it was given. */
  readonly samples: number;
  /** From the call to the answer. */
  readonly wallMs: number;
  /** CPU time of the call where the policy runs in the harness; null where that is not known. */
  readonly cpuMs: number | null;
  /** Steps that were due while this one ran, and so were left out. */
  readonly missed: number;
  /** Decisions of its answer. */
  readonly decisions: number;
}

/** What a policy did in a trial: `decisions.jsonl`. */
export interface ControlLog {
  readonly steps: readonly PolicyStep[];
  /** Every decision, whether or not it changed anything, as it stood at the end of the trial. */
  readonly actions: readonly Action[];
}

/** How the policy did, for the evidence of a trial. */
export interface PolicyEvidence {
  /** As the profile names it. */
  readonly name: string;
  /** Why it could not go on, with its last words; null if it could. */
  readonly failure: string | null;
  readonly steps: number;
  /** Steps that took longer than the interval. */
  readonly lateSteps: number;
  /** CPU time of all its steps or of its process, over the whole trial; null if that is not known. */
  readonly cpuSeconds: number | null;
  /** The most that its process held; null for a policy that runs in the harness, whose memory is not told apart. */
  readonly residentBytes: number | null;
}
