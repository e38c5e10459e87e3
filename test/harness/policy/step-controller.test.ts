import { expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import type { Policy, StepPolicyKind, Window } from '../../../harness/policy/port.ts';
import { staticKind } from '../../../harness/policy/static/static.ts';
import { startStepPolicy } from '../../../harness/policy/step-controller.ts';
import type { Decision } from '../../../harness/telemetry/action.ts';
import { policyContext } from './policy-context.ts';

const window: Window = { nowMs: 1000, samples: [], pending: [], settled: [] };
const more: Decision = { kind: 'replicas', service: 'one', replicas: 2, reason: { rule: 'more', numbers: {} } };
const running = new AbortController().signal;

const kindOf = (step: Policy['step'], create?: () => Policy): StepPolicyKind => ({
  ...staticKind,
  name: 'own',
  create: create ?? (() => ({ name: 'own', intervalMs: 2000, step })),
});

/** A thread that uses 3 ms of CPU between two looks. */
function threadOf(stepMs = 3): () => number {
  let ms = 100;
  return () => (ms += stepMs);
}

test('a step gives its decisions and its CPU time, and all steps together are the usage', async () => {
  const seen: Window[] = [];
  const policy = kindOf((given) => {
    seen.push(given);
    return [more];
  });
  await using controller = startStepPolicy(policy, {}, policyContext(), threadOf());

  expect(controller.intervalMs).toBe(2000);
  expect(controller.usage()).toEqual({ cpuSeconds: 0, residentBytes: null });
  expect(await controller.step(window, running)).toEqual({ decisions: [more], cpuMs: 3 });
  expect(await controller.step(window, running)).toEqual({ decisions: [more], cpuMs: 3 });
  expect(controller.usage()).toEqual({ cpuSeconds: 0.006, residentBytes: null });
  expect(seen).toEqual([window, window]);
});

test('where the CPU time of a thread is not known, that of a step is null and never 0', async () => {
  await using controller = startStepPolicy(
    kindOf(() => []),
    {},
    policyContext(),
    () => null,
  );

  expect(await controller.step(window, running)).toEqual({ decisions: [], cpuMs: null });
  expect(controller.usage()).toEqual({ cpuSeconds: null, residentBytes: null });
});

test('what a policy throws is a failure of the policy, with the step and its words', async () => {
  const cause = new TypeError('no such window');
  await using controller = startStepPolicy(
    kindOf(({ nowMs }) => {
      if (nowMs > 1000) throw cause;
      return [];
    }),
    {},
    policyContext(),
    threadOf(),
  );
  await controller.step(window, running);

  await expect(controller.step({ ...window, nowMs: 3000 }, running)).rejects.toEqual(
    new HarnessError('policy-failed', 'The policy own failed in step 2: no such window', { cause }),
  );
});

test('so is what it throws when it is made', () => {
  const refuse = (): never => {
    throw new RangeError('a window of 0 samples');
  };
  expect(() =>
    startStepPolicy(
      kindOf(() => [], refuse),
      {},
      policyContext(),
      threadOf(),
    ),
  ).toThrow(new HarnessError('policy-failed', 'The policy own failed when it began: a window of 0 samples'));
});

test('a step after an interruption rejects with its reason, and the policy is not asked', async () => {
  const reason = new Error('the user pressed ctrl-C');
  const asked: Window[] = [];
  await using controller = startStepPolicy(
    kindOf((given) => {
      asked.push(given);
      return [];
    }),
    {},
    policyContext(),
    threadOf(),
  );

  await expect(controller.step(window, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(asked).toEqual([]);
});
