import type { Verdict } from '../store/verdict.ts';

/** Everything that happens in an experiment. Terminal and log file are told the same. `at` is ISO 8601 in UTC. */
export type ExperimentEvent = { readonly at: string } & (
  | {
      readonly type: 'experiment-started';
      readonly experiment: string;
      readonly folder: string;
      /** Trials of the planned blocks, and those that have an outcome already. */
      readonly trials: number;
      readonly finished: number;
    }
  | { readonly type: 'block-started'; readonly block: number; readonly replaces: number | null }
  | {
      readonly type: 'trial-started';
      readonly trial: string;
      readonly block: number;
      readonly arm: string;
      readonly attempt: number;
      /** This trial's place among those that are left or done, from 1, and how many there are. */
      readonly place: number;
      readonly of: number;
      /** Expected time to the end of the experiment, this trial included. */
      readonly leftMs: number;
    }
  /** A sample of the running trial was recorded. */
  | { readonly type: 'sample-taken'; readonly trial: string; readonly atMs: number; readonly trialMs: number }
  /** `leftMs`: expected time to the end of the experiment. */
  | { readonly type: 'trial-finished'; readonly trial: string; readonly verdict: Verdict; readonly leftMs: number }
  /** The attempt was stopped before its end, now or in an earlier process; it is repeated. */
  | { readonly type: 'trial-abandoned'; readonly trial: string }
  | { readonly type: 'block-set-aside'; readonly block: number; readonly reason: 'stayed-invalid' | 'pause' }
  /** A recorded file cannot be used. The rest is. */
  | { readonly type: 'damage-found'; readonly damage: string }
  /** Something could not be undone after an interruption. */
  | { readonly type: 'cleanup-failed'; readonly text: string }
  | { readonly type: 'experiment-interrupted'; readonly experiment: string }
  | {
      readonly type: 'experiment-finished';
      readonly experiment: string;
      readonly status: 'complete' | 'too-many-invalid';
    }
);

export type EventSink = (event: ExperimentEvent) => void;
