import { describe, expect, test } from 'vitest';
import { countActions, measureControl } from '../../../harness/analysis/measure-control.ts';
import type { Action } from '../../../harness/telemetry/action.ts';
import { actionOf, decisionOf, policyEvidence, stepAt } from '../../rig/control-log.ts';

const replicas = (service: string, count: number) => decisionOf(service, { kind: 'replicas', replicas: count });
const cpu = (service: string, limitCores: number) => decisionOf(service, { kind: 'cpu', limitCores });
const memory = (service: string, limitBytes: number) => decisionOf(service, { kind: 'memory', limitBytes });

describe('what a policy did', () => {
  test('a log computed by hand', () => {
    const steps = [
      stepAt(1000, { wallMs: 2 }),
      stepAt(2000, { wallMs: 8, missed: 1 }),
      stepAt(4000, { wallMs: 3, missed: 2 }),
    ];
    const actions = [
      actionOf(1, 1002, replicas('front', 3), { acceptedAtMs: 1003, effectiveAtMs: 1503 }),
      actionOf(2, 1002, cpu('back', 0.5), { state: 'superseded', effectiveAtMs: null }),
      actionOf(3, 2008, replicas('back', 2), { acceptedAtMs: 2008, effectiveAtMs: 3008 }),
      actionOf(4, 2008, memory('back', 1e8)),
      actionOf(5, 4003, replicas('front', 9), { state: 'refused', acceptedAtMs: null, effectiveAtMs: null }),
      actionOf(6, 4003, cpu('front', 1), { state: 'unchanged', effectiveAtMs: null }),
      actionOf(7, 4003, replicas('front', 4), { state: 'in-progress', effectiveAtMs: null }),
    ];
    const evidence = { ...policyEvidence, lateSteps: 1, cpuSeconds: 0.05, residentBytes: 30e6 };

    expect(measureControl({ steps, actions }, evidence, 5)).toEqual({
      steps: 3,
      lateSteps: 1,
      missedSteps: 3,
      medianStepMs: 3,
      mostStepMs: 8,
      cpuCores: 0.01,
      residentBytes: 30e6,
      accepted: { replicas: 3, cpu: 1, memory: 1, placement: 0 },
      refused: 1,
      superseded: 1,
      // The second step both resized and rescaled `back`; the third resized nothing, for it was so already.
      conflicts: 1,
      // 500 and 1000 ms.
      medianReplicasEffectiveMs: 750,
    });
  });

  test('one that never stepped, and of which nothing is known', () => {
    const evidence = { ...policyEvidence, steps: 0, cpuSeconds: null };

    expect(measureControl({ steps: [], actions: [] }, evidence, 0)).toEqual({
      ...{ steps: 0, lateSteps: 0, missedSteps: 0, medianStepMs: null, mostStepMs: null, cpuCores: null },
      ...{ residentBytes: null, accepted: { replicas: 0, cpu: 0, memory: 0, placement: 0 } },
      ...{ refused: 0, superseded: 0, conflicts: 0, medianReplicasEffectiveMs: null },
    });
  });

  test('two services, or two steps, do not conflict', () => {
    const actions = [
      actionOf(1, 1000, replicas('front', 3)),
      actionOf(2, 1000, cpu('back', 0.5)),
      actionOf(3, 2000, replicas('back', 3)),
    ];

    expect(measureControl({ steps: [stepAt(1000), stepAt(2000)], actions }, policyEvidence, 5).conflicts).toBe(0);
  });
});

describe('actions and reversals in the measured part', () => {
  /** Warm-up to 1 s, end at 5 s. */
  const plan = { warmupMs: 1000, trialMs: 5000 };
  const given = { replicas: 2, cpuLimitCores: 1, cpuRequestCores: 1, memoryLimitBytes: 1e8 };
  const count = (...actions: readonly Action[]) => countActions(plan, { front: given, back: given }, actions);

  test('a log computed by hand', () => {
    expect(
      count(
        actionOf(1, 500, replicas('front', 3)),
        // Turns back what was done in the warm-up.
        actionOf(2, 1000, replicas('front', 2)),
        actionOf(3, 1500, replicas('front', 1)),
        // Another field, and another service: the first of each turns nothing back.
        actionOf(4, 2000, cpu('front', 2)),
        actionOf(5, 2500, replicas('back', 3)),
        actionOf(6, 3000, replicas('front', 4), { state: 'in-progress', effectiveAtMs: null }),
      ),
    ).toEqual({ actions: 5, reversals: 2 });
  });

  test('what was refused, superseded, there already, or done by others is none', () => {
    expect(
      count(
        actionOf(1, 1500, replicas('front', 3)),
        actionOf(2, 2000, replicas('front', 1), { state: 'refused', acceptedAtMs: null, effectiveAtMs: null }),
        actionOf(3, 2500, replicas('front', 1), { state: 'superseded', effectiveAtMs: null }),
        actionOf(4, 3000, replicas('front', 3), { state: 'unchanged', effectiveAtMs: null }),
        actionOf(5, 3500, replicas('front', 1), { by: 'harness' }),
        actionOf(6, 4000, replicas('front', 4)),
        actionOf(7, 5000, replicas('front', 1)),
      ),
    ).toEqual({ actions: 2, reversals: 0 });
  });

  test('an action that gives the same again stands between no two directions', () => {
    expect(
      count(
        actionOf(1, 1500, cpu('front', 2)),
        actionOf(2, 2000, cpu('front', 2)),
        actionOf(3, 2500, cpu('front', 1.5)),
      ),
    ).toEqual({ actions: 3, reversals: 1 });
  });

  test('without a policy nothing was done', () => {
    expect(count()).toEqual({ actions: 0, reversals: 0 });
  });
});
