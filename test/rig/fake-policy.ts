import type { PolicySpec } from '../../harness/plan/plan.ts';
import type { Controller, PolicyContext, StartPolicy, Window } from '../../harness/policy/port.ts';
import type { Action, Decision } from '../../harness/telemetry/action.ts';
import type { LiveTrial } from '../../harness/testbed/port.ts';

/** The policy of an arm, as a plan names it. */
export const fakeSpec: PolicySpec = {
  ...{ name: 'fake', written: {}, options: {} },
  demands: { intervalSeconds: 15, longestWindowSeconds: 0, needs: [], acts: [] },
};

export interface FakePolicyOptions {
  readonly intervalMs?: number;
  /** What it answers to its n-th window, from 1; it may throw, or take its time. */
  readonly answer?: (
    window: Window,
    step: number,
    signal: AbortSignal,
  ) => readonly unknown[] | Promise<readonly unknown[]>;
  /** It does not begin. */
  readonly startError?: Error;
}

export interface FakePolicy {
  readonly start: StartPolicy;
  readonly windows: readonly Window[];
  readonly contexts: readonly PolicyContext[];
}

/** A policy that answers what it is told to, and tells what was called. It uses 1 ms of CPU for each step, and 4096 bytes. */
export function fakePolicy(calls: string[], options: FakePolicyOptions = {}): FakePolicy {
  const { intervalMs = 1000, answer = () => [], startError } = options;
  const windows: Window[] = [];
  const contexts: PolicyContext[] = [];
  const start: StartPolicy = (spec, context) => {
    calls.push(`policy: start ${spec.name}`);
    contexts.push(context);
    if (startError !== undefined) return Promise.reject(startError);
    let steps = 0;
    const controller: Controller = {
      intervalMs,
      step: async (window, signal) => {
        calls.push(`policy: step at ${window.nowMs}`);
        windows.push(window);
        return { decisions: await answer(window, ++steps, signal), cpuMs: 1 };
      },
      usage: () => ({ cpuSeconds: steps / 1000, residentBytes: 4096 }),
      [Symbol.asyncDispose]: () => {
        calls.push('policy: dispose');
        return Promise.resolve();
      },
    };
    return Promise.resolve(controller);
  };
  return { start, windows, contexts };
}

export const reason = { rule: 'asked', numbers: { wanted: 1 } };
export const scaleTo = (replicas: number, service = 'echo'): Decision => ({
  kind: 'replicas',
  service,
  replicas,
  reason,
});

export interface FakeBook extends Pick<LiveTrial, 'actuate' | 'actions'> {
  /** Every action that is in progress has its effect. */
  settle(atMs: number): void;
}

/** A testbed that accepts everything at once, under numbers of its own, and lets it have its effect when it is told to. */
export function fakeBook(calls: string[] = []): FakeBook {
  let actions: readonly Action[] = [];
  return {
    actuate: (decision, wantedAtMs) => {
      calls.push(`testbed: actuate ${decision.kind} of ${decision.service} at ${wantedAtMs}`);
      const action: Action = {
        ...{ id: 101 + actions.length, by: 'policy', decision, state: 'in-progress' },
        ...{ wantedAtMs, acceptedAtMs: wantedAtMs, effectiveAtMs: null, note: null },
      };
      actions = [...actions, action];
      return action;
    },
    actions: () => actions,
    settle: (atMs) => {
      actions = actions.map((one) =>
        one.state === 'in-progress' ? { ...one, state: 'effective', effectiveAtMs: atMs } : one,
      );
    },
  };
}
