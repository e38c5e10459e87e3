import { describe, expect, test } from 'vitest';
import { latencyBins } from '../../../harness/analysis/measure-violations.ts';
import { measureReactions } from '../../../harness/analysis/measure-reactions.ts';
import type { Reaction } from '../../../harness/analysis/summary.ts';
import type { Plan, RateShape } from '../../../harness/plan/plan.ts';
import type { Action } from '../../../harness/telemetry/action.ts';
import { logOf } from '../../rig/arbitrary-requests.ts';
import { actionOf, decisionOf } from '../../rig/control-log.ts';
import { allocationOf, applicationOf, modelNamed } from '../../rig/recorded-application.ts';
import { armOf, examplePlan, loadOf, recordedOf } from '../../rig/recorded.ts';

const model = modelNamed('echo');
const service = model.services[0]?.name ?? expect.fail('no service');

/** Up at 20 s and down at 40 s, when ten times faster; a trial of 60 s of which 10 s are warm-up. */
const rate: RateShape = {
  kind: 'steps',
  steps: [
    { perSecond: 10, durationMs: 200_000 },
    { perSecond: 50, durationMs: 200_000 },
    { perSecond: 10, durationMs: 200_000 },
  ],
};
const plan = examplePlan({
  ...{ timeCompression: 10, trialMs: 60_000, warmupMs: 10_000, sampleMs: 1000, blockCount: 1 },
  application: applicationOf(model, { sloMs: 100 }),
  arms: [{ ...armOf('idle', null), allocation: allocationOf(model, 1) }, armOf('busy', null)],
  loads: [{ ...loadOf('steps', 10), rate }],
});

/** Latency is 50 ms, but 300 ms in these seconds. */
function reactionsOf(
  actions: readonly Action[],
  slowSeconds: readonly number[] = [],
  changes: Partial<Plan> = {},
): readonly Reaction[] {
  const changed = { ...plan, ...changes };
  const [trial] = recordedOf(plan, [{ load: 'steps', attempts: [['idle', 1e-3]] }]).trials.values();
  if (trial === undefined) return expect.fail('no trial');
  const log = logOf(
    Array.from({ length: 60 }, (_, second) => ({
      dueMs: second * 1000 + 500,
      doneMs: second * 1000 + 500 + (slowSeconds.includes(second) ? 300 : 50),
    })),
  );
  return measureReactions(changed, { ...trial, control: { steps: [], actions } }, latencyBins(changed, log, 2000));
}

const scaled = (id: number, wantedAtMs: number, replicas: number, changes: Partial<Action> = {}): Action =>
  actionOf(id, wantedAtMs, decisionOf(service, { kind: 'replicas', replicas }), changes);
const seconds = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe('to a change of the load', () => {
  test('a trial computed by hand', () => {
    const actions = [
      scaled(1, 15_000, 2),
      // The wrong way, then refused, then the first that answers; it is effective after the next one.
      scaled(2, 21_000, 1),
      scaled(3, 22_000, 9, { state: 'refused', acceptedAtMs: null, effectiveAtMs: null }),
      scaled(4, 23_500, 3, { effectiveAtMs: 28_000 }),
      scaled(5, 24_000, 4, { effectiveAtMs: 25_250 }),
      scaled(6, 44_000, 2, { state: 'in-progress', effectiveAtMs: null }),
    ];

    // Met for 30 s, which is 3 s here: not after 22 s, when it lasts for two bins, but from 27 s on.
    expect(reactionsOf(actions, [20, 21, 24, 25, 26, 41])).toEqual([
      {
        ...{ atMs: 20_000, fromPerSecond: 10, toPerSecond: 50 },
        ...{ detectSeconds: 3.5, actSeconds: 5.25, recoverSeconds: 7 },
      },
      {
        ...{ atMs: 40_000, fromPerSecond: 50, toPerSecond: 10 },
        ...{ detectSeconds: 4, actSeconds: null, recoverSeconds: 2 },
      },
    ]);
  });

  test('that was never missed and that nobody answered', () => {
    expect(reactionsOf([])).toMatchObject([
      { atMs: 20_000, detectSeconds: null, actSeconds: null, recoverSeconds: 0 },
      { atMs: 40_000, detectSeconds: null, actSeconds: null, recoverSeconds: 0 },
    ]);
  });

  test('one that was superseded was detected, and one that comes after the next change answers to that', () => {
    const actions = [scaled(1, 30_000, 5, { state: 'superseded', effectiveAtMs: null }), scaled(2, 45_000, 6)];

    expect(reactionsOf(actions)).toMatchObject([
      { detectSeconds: 10, actSeconds: null },
      { detectSeconds: null, actSeconds: null },
    ]);
  });

  test('that was missed until the next one, or until the end, is not recovered from', () => {
    // Only two bins are left before 40 s, and none before the end.
    expect(reactionsOf([], [...seconds(20, 38), ...seconds(40, 60)])).toMatchObject([
      { recoverSeconds: null },
      { recoverSeconds: null },
    ]);
  });

  test('that falls into a bin counts from its instant', () => {
    const steps = [
      { perSecond: 10, durationMs: 204_000 },
      { perSecond: 50, durationMs: 1000 },
    ];
    const loads = [{ ...loadOf('steps', 10), rate: { kind: 'steps', steps } as const }];

    // At 20.4 s; slow until 23 s.
    expect(reactionsOf([], [20, 21, 22], { loads })).toMatchObject([
      { atMs: 20_400, recoverSeconds: expect.closeTo(2.6, 9) as number },
    ]);
    expect(reactionsOf([], [59], { loads })).toMatchObject([{ recoverSeconds: 0 }]);
  });
});

test('changes in the warm-up, at the end and of other loads are not looked at', () => {
  expect(reactionsOf([], [], { warmupMs: 21_000 })).toMatchObject([{ atMs: 40_000 }]);
  expect(reactionsOf([], [], { trialMs: 40_000 })).toMatchObject([{ atMs: 20_000 }]);
  expect(reactionsOf([], [], { loads: [{ ...loadOf('other', 10), rate }] })).toEqual([]);
  expect(reactionsOf([], [], { application: null })).toEqual([]);
});
