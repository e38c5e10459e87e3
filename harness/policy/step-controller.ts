import { messageOf } from '../core/all-errors.ts';
import { HarnessError } from '../core/errors.ts';
import type { JsonObject } from '../plan/plan.ts';
import type { Controller, Policy, PolicyContext, StepPolicyKind, Window } from './port.ts';

/** CPU time of the calling thread so far; null where that is not known. */
export type ThreadCpuMs = () => number | null;

/**
 * A policy that runs in the harness, for one trial.
 * @throws HarnessError `policy-failed` if it cannot be made
 */
export function startStepPolicy(
  kind: StepPolicyKind,
  options: JsonObject,
  context: PolicyContext,
  threadCpuMs: ThreadCpuMs,
): Controller {
  return new StepController(
    orFailed(kind.name, 'when it began', () => kind.create(options, context)),
    threadCpuMs,
  );
}

/** It runs on the thread of the trial loop, so that a step that never ends cannot be cut: our own policies do not wait for anything. */
class StepController implements Controller {
  readonly intervalMs: number;
  readonly #policy: Policy;
  readonly #threadCpuMs: ThreadCpuMs;
  #steps = 0;
  #cpuMs: number | null = 0;

  constructor(policy: Policy, threadCpuMs: ThreadCpuMs) {
    this.intervalMs = policy.intervalMs;
    this.#policy = policy;
    this.#threadCpuMs = threadCpuMs;
  }

  step(window: Window, signal: AbortSignal): ReturnType<Controller['step']> {
    // What it throws comes as a rejection, as from a policy that runs elsewhere.
    return new Promise((resolve) => {
      signal.throwIfAborted();
      resolve(this.#run(window));
    });
  }

  usage(): ReturnType<Controller['usage']> {
    return { cpuSeconds: this.#cpuMs === null ? null : this.#cpuMs / 1000, residentBytes: null };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #run(window: Window): Awaited<ReturnType<Controller['step']>> {
    const when = `in step ${++this.#steps}`;
    const beforeMs = this.#threadCpuMs();
    const decisions = orFailed(this.#policy.name, when, () => this.#policy.step(window));
    const afterMs = this.#threadCpuMs();
    const cpuMs = beforeMs === null || afterMs === null ? null : afterMs - beforeMs;
    // A sum with a part that is not known is not known.
    this.#cpuMs = this.#cpuMs === null || cpuMs === null ? null : this.#cpuMs + cpuMs;
    return { decisions, cpuMs };
  }
}

function orFailed<Result>(policy: string, when: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    throw new HarnessError('policy-failed', `The policy ${policy} failed ${when}: ${messageOf(cause)}`, { cause });
  }
}
