import type { Clock } from '../../core/clock.ts';
import type { ProcessRunner } from '../../core/process.ts';

/** What programs are started with. */
export interface ProcessDependencies {
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  /** The folder in which Scalelab was started: relative paths are seen from there, and programs run there. */
  readonly workingFolder: string;
  /** The PATH on which programs are looked for. */
  readonly searchPath: string;
  /** The whole environment of a program, PATH included. */
  readonly environment: Readonly<Record<string, string>>;
  /** `scalelab-workload`, which makes a program die with the harness; null where it was not built. */
  readonly workload: string | null;
  /** The program node, for files. */
  readonly node: string;
  /** For tests; else what `timeLimits` says. */
  readonly limits?: TimeLimits;
}

export interface TimeLimits {
  /** From the start of a program until it is ready. */
  readonly readyMs: number;
  /** From a window until its decisions. */
  readonly answerMs: number;
}

/** @param intervalSeconds before time compression: a program that is too slow for a compressed one is late, and not gone */
export function timeLimits(intervalSeconds: number): TimeLimits {
  const answerMs = Math.max(1000 * intervalSeconds, 10_000);
  // Some programs load a model, or half of a scientific library.
  return { answerMs, readyMs: Math.max(answerMs, 60_000) };
}
