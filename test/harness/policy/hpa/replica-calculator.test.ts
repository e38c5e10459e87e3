import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  replicasForAverage,
  replicasForShare,
  replicasForUtilisation,
  replicasForValue,
} from '../../../../harness/policy/hpa/replica-calculator.ts';
import { largestProposal, type Proposal } from '../../../../harness/policy/hpa/proposal.ts';
import { isWithinTolerance } from '../../../../harness/policy/hpa/tolerance.ts';
import { averageRatio, utilisationRatio } from '../../../../harness/policy/hpa/usage-ratio.ts';
import { metricsOf, podOf, podsOf, replicasOf, scaledOf, tolerance } from './pods.ts';

describe('what the Kubernetes documentation says', () => {
  test('50 replicas at 90, of which the target is 75, become 60', () => {
    const scaled = scaledOf(podsOf(50));
    const metrics = metricsOf(...new Array<number>(50).fill(90));
    expect(replicasOf(replicasForAverage(scaled, null, metrics, 75))).toBe(60);
    expect(replicasOf(replicasForValue(scaled, 90, 75))).toBe(60);
    expect(replicasOf(replicasForShare(scaled, 90 * 50, 75))).toBe(60);
  });

  test('the utilisation of CPU is a share of what is requested', () => {
    const scaled = scaledOf(podsOf(2));
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(600, 1000), 50)).toEqual({
      ...{ kind: 'proposal', replicas: 4, rule: 'ratio', usage: 80, ratio: 1.6, recomputedRatio: null },
      pods: { ready: 2, unready: 0, missing: 0 },
    });
  });
});

describe('pods of which something is not known, in the order of the source', () => {
  const starting = podOf('new', { phase: 'pending', readiness: null, startedAt: null });
  const missing = podOf('lost');

  test('one is missing and the others are busy: it counts as idle, 1.6 becomes 1.2, and 4 pods become 5', () => {
    const scaled = scaledOf(podsOf(3, missing));
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(800, 800, 800), 50)).toEqual({
      ...{ kind: 'proposal', replicas: 5, rule: 'ratio', usage: 80, ratio: 1.6, recomputedRatio: 1.2 },
      pods: { ready: 3, unready: 0, missing: 1 },
    });
  });

  test('one is not ready and the others are busy: it counts as idle too', () => {
    const scaled = scaledOf(podsOf(3, starting));
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(800, 800, 800), 50)).toEqual({
      ...{ kind: 'proposal', replicas: 5, rule: 'ratio', usage: 80, ratio: 1.6, recomputedRatio: 1.2 },
      pods: { ready: 3, unready: 1, missing: 0 },
    });
  });

  test('one is missing and the others are idle: it counts as its whole request, and 4 pods stay', () => {
    const scaled = scaledOf(podsOf(3, missing));
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(200, 200, 200), 50)).toEqual({
      ...{ kind: 'proposal', replicas: 4, rule: 'ratio', usage: 20, ratio: 0.4, recomputedRatio: 0.8 },
      pods: { ready: 3, unready: 0, missing: 1 },
    });
  });

  test('one is not ready and the others are idle: it is left out, and 4 pods become 2', () => {
    const scaled = scaledOf(podsOf(3, starting));
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(200, 200, 200), 50)).toEqual({
      ...{ kind: 'proposal', replicas: 2, rule: 'ratio', usage: 20, ratio: 0.4, recomputedRatio: null },
      pods: { ready: 3, unready: 1, missing: 0 },
    });
  });

  test('with a target above 100 % a missing pod counts as the target, not as its request', () => {
    const scaled = scaledOf(podsOf(3, missing));
    const proposal = replicasForUtilisation(scaled, 'cpu', metricsOf(1000, 1000, 1000), 200);
    // (3 x 100 + 200) / 4 = 125 %, of 200 %.
    expect(proposal).toMatchObject({ ratio: 0.5, recomputedRatio: 0.625, replicas: 3 });
  });

  test('of a value metric a missing pod counts as exactly the target when the others are below it', () => {
    const scaled = scaledOf(podsOf(3, missing));
    expect(replicasForAverage(scaled, null, metricsOf(20, 20, 20), 100)).toMatchObject({
      ...{ ratio: 0.2, recomputedRatio: 0.4, replicas: 2 },
    });
  });

  test('nothing is done if what is assumed turns the direction, or takes the ratio into the tolerance', () => {
    const scaled = scaledOf(podsOf(1, missing, podOf('lost-too')));
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(800), 50)).toMatchObject({
      ...{ ratio: 1.6, recomputedRatio: 0.52, replicas: 3, rule: 'direction' },
    });
    expect(
      replicasForUtilisation(scaledOf(podsOf(4, missing)), 'cpu', metricsOf(650, 650, 650, 650), 50),
    ).toMatchObject({
      ...{ ratio: 1.3, recomputedRatio: 1.04, replicas: 5, rule: 'tolerance' },
    });
  });

  test('nothing is done if the pods that count are so few that their number would turn the direction', () => {
    const scaled = scaledOf(podsOf(2, missing), { currentReplicas: 8 });
    // Ten replicas are asked for, three are there: 1.2 x 3 is fewer than 8.
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(900, 900), 50)).toMatchObject({
      ...{ ratio: 1.8, recomputedRatio: 1.2, replicas: 8, rule: 'direction' },
    });
  });

  test('pods that are asked for and not there yet are no missing ones: the ratio multiplies those that are ready', () => {
    const scaled = scaledOf(podsOf(5), { currentReplicas: 10 });
    // Fewer than are asked for, although the ratio is above 1: so the source has it.
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(600, 600, 600, 600, 600), 50)).toMatchObject({
      ...{ ratio: 1.2, recomputedRatio: null, replicas: 6, rule: 'ratio' },
    });
  });

  test('a pod that is being deleted is not counted, and its metric is dropped', () => {
    const scaled = scaledOf(podsOf(2, podOf('pod-2', { isBeingDeleted: true })), { currentReplicas: 2 });
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(500, 500, 1000), 50)).toMatchObject({
      ...{ usage: 50, replicas: 2, rule: 'tolerance', pods: { ready: 2, unready: 0, missing: 0 } },
    });
  });
});

describe('rounding', () => {
  test('the percentage is truncated before it is compared: 55.59 % of a target of 50 % is a ratio of 1.1, and nothing is done', () => {
    const scaled = scaledOf(podsOf(10));
    const usage = [559, ...new Array<number>(8).fill(556), 552];
    expect(usage.reduce((sum, one) => sum + one)).toBe(5559);
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(...usage), 50)).toMatchObject({
      ...{ usage: 55, ratio: 1.1, replicas: 10, rule: 'tolerance' },
    });
    expect(Math.ceil((5559 / 100 / 50) * 10)).toBe(12);
  });

  test('before Kubernetes 1.33 the same ratio of 1.1 acts, because |1 - 1.1| is above 0.1 in double arithmetic', () => {
    const scaled = scaledOf(podsOf(10), { tolerance: { ...tolerance, form: 'distance' } });
    expect(replicasForUtilisation(scaled, 'cpu', metricsOf(...new Array<number>(10).fill(555)), 50)).toMatchObject({
      ...{ usage: 55, ratio: 1.1, replicas: 11, rule: 'ratio' },
    });
    expect(isWithinTolerance(1.1, { ...tolerance, form: 'distance' })).toBe(false);
    expect(isWithinTolerance(1.1, tolerance)).toBe(true);
    expect(isWithinTolerance(0.9, tolerance)).toBe(true);
  });

  test('each direction has a tolerance of its own', () => {
    for (const form of ['band', 'distance'] as const) {
      const one = { up: 0.5, down: 0, form };
      expect([0.99, 1, 1.4, 1.51].map((ratio) => isWithinTolerance(ratio, one))).toEqual([false, true, true, false]);
    }
  });

  test('the mean of values is truncated to whole milli-units', () => {
    expect(averageRatio(new Map([['a', 5], ['b', 6], ['c', 6]]), 5)).toEqual({ ratio: 1, usage: 5 }); // prettier-ignore
  });

  test('sums are exact where they exceed what a double can hold', () => {
    const milli = 2 ** 52 + 1;
    const usage = new Map(Array.from({ length: 7 }, (_, index) => [`pod-${index}`, milli]));
    expect(averageRatio(usage, milli)).toEqual({ ratio: 1, usage: milli });
    const requests = new Map([...usage.keys()].map((pod) => [pod, milli]));
    expect(utilisationRatio(usage, requests, 100)).toEqual({ ratio: 1, usage: 100 });
    expect(utilisationRatio(usage, new Map([...requests].map(([pod]) => [pod, milli + 1])), 100)?.usage).toBe(99);
  });
});

describe('metrics that are not of pods', () => {
  test('a value multiplies the pods that are ready, not those that are asked for', () => {
    const unready = podOf('not-ready', { readiness: { status: 'false', changedAt: 990 } });
    const scaled = scaledOf(podsOf(3, unready));
    expect(replicasOf(replicasForValue(scaled, 300, 100))).toBe(9);
    expect(replicasForValue(scaled, 105, 100)).toMatchObject({ replicas: 4, rule: 'tolerance' });
  });

  test('an average value divides by the replicas that there are, and its tolerance is on that', () => {
    const scaled = scaledOf(podsOf(4));
    expect(replicasForShare(scaled, 430, 100)).toMatchObject({ replicas: 4, rule: 'tolerance', usage: 108 });
    expect(replicasForShare(scaled, 441, 100)).toMatchObject({ replicas: 5, rule: 'ratio', usage: 111 });
  });

  test('from no replicas a value alone counts', () => {
    expect(replicasOf(replicasForValue(scaledOf([]), 250, 100))).toBe(3);
    expect(replicasOf(replicasForValue(scaledOf([]), 0, 100))).toBe(0);
    expect(replicasOf(replicasForShare(scaledOf([]), 250, 100))).toBe(3);
  });

  test('without a value they fail', () => {
    const why = { kind: 'failed', why: 'there is no value' };
    expect(replicasForValue(scaledOf(podsOf(1)), null, 100)).toEqual(why);
    expect(replicasForShare(scaledOf(podsOf(1)), null, 100)).toEqual(why);
  });
});

describe('a metric that says nothing fails, with the reason', () => {
  const noRequest = podOf('pod-1', { requestMilli: { cpu: null, memory: null } });

  test.each<[string, Proposal]>([
    ['no pod has a metric', replicasForUtilisation(scaledOf(podsOf(2)), 'cpu', new Map(), 50)],
    ['there are no pods', replicasForUtilisation(scaledOf([]), 'cpu', metricsOf(10), 50)],
    [
      'no pod that counts has a metric',
      replicasForAverage(scaledOf([podOf('pod-0', { phase: 'pending' })]), null, metricsOf(10), 50),
    ],
    ['a pod has no request of cpu', replicasForUtilisation(scaledOf(podsOf(1, noRequest)), 'cpu', metricsOf(10), 50)],
    ['a pod has no request of memory', replicasForUtilisation(scaledOf(podsOf(1)), 'memory', metricsOf(10), 50)],
    [
      'no pod with a metric has a request of cpu',
      replicasForUtilisation(
        scaledOf([podOf('pod-0', { requestMilli: { cpu: 0, memory: 0 } })]),
        'cpu',
        metricsOf(9),
        50,
      ),
    ],
  ])('%s', (why, proposal) => {
    expect(proposal).toEqual({ kind: 'failed', why });
  });
});

describe('several metrics', () => {
  const proposal = (replicas: number): Proposal => ({
    ...{ kind: 'proposal', replicas, rule: 'ratio', usage: 1, ratio: 1, recomputedRatio: null, pods: null },
  });
  const failed = (why: string): Proposal => ({ kind: 'failed', why });

  test('the largest proposal is taken, the first among equals', () => {
    expect(largestProposal([proposal(3), proposal(5), proposal(5)], 4)).toEqual({
      kind: 'largest',
      replicas: 5,
      index: 1,
    });
    expect(largestProposal([proposal(0), proposal(0)], 4)).toMatchObject({ replicas: 0 });
  });

  test('if one fails, more replicas are still asked for, and fewer are not', () => {
    expect(largestProposal([failed('a'), proposal(5)], 4)).toEqual({ kind: 'largest', replicas: 5, index: 1 });
    expect(largestProposal([proposal(4), failed('a')], 4)).toEqual({ kind: 'largest', replicas: 4, index: 0 });
    expect(largestProposal([failed('a'), proposal(3), failed('b')], 4)).toEqual(failed('a'));
  });

  test('if all fail, nothing is asked for', () => {
    expect(largestProposal([failed('a'), failed('b')], 4)).toEqual(failed('a'));
  });
});

/** Pods in any mixture of states, as many as are asked for, some with a usage. */
const mixtures = fc
  .array(fc.tuple(fc.constantFrom('ready', 'missing', 'pending'), fc.nat(3000)), { minLength: 1, maxLength: 12 })
  .map((states) => ({
    pods: states.map(([state], index) => podOf(`pod-${index}`, state === 'pending' ? { phase: 'pending' } : {})),
    usage: states.map(([state, milli]) => (state === 'ready' ? milli : null)),
  }));

const proposed = (pods: ReturnType<typeof podsOf>, usage: readonly (number | null)[], target: number): Proposal => {
  const metrics = new Map(
    usage.flatMap((milli, index) => (milli === null ? [] : [[`pod-${index}`, { milli, at: 1000, window: 15 }]])),
  );
  return replicasForUtilisation(scaledOf(pods), 'cpu', metrics, target);
};

test('whatever states pods are in, more usage never asks for fewer replicas', () => {
  fc.assert(
    fc.property(mixtures, fc.integer({ min: 1, max: 200 }), fc.nat(2000), ({ pods, usage }, target, more) => {
      const [less, most] = [usage, usage.map((milli) => (milli === null ? null : milli + more))].map((one) =>
        proposed(pods, one, target),
      );
      if (less?.kind !== 'proposal' || most?.kind !== 'proposal') return;
      expect(most.replicas).toBeGreaterThanOrEqual(less.replicas);
    }),
  );
});

test('within the tolerance the count stays, whatever else is known', () => {
  fc.assert(
    fc.property(mixtures, fc.integer({ min: 1, max: 200 }), ({ pods, usage }, target) => {
      const proposal = proposed(pods, usage, target);
      if (proposal.kind === 'failed' || !isWithinTolerance(proposal.recomputedRatio ?? proposal.ratio, tolerance))
        return;
      expect(proposal).toMatchObject({ replicas: pods.length, rule: 'tolerance' });
    }),
  );
});

test('a proposal never goes against the ratio', () => {
  fc.assert(
    fc.property(mixtures, fc.integer({ min: 1, max: 200 }), ({ pods, usage }, target) => {
      const proposal = proposed(pods, usage, target);
      if (proposal.kind === 'failed') return;
      if (proposal.ratio > 1) expect(proposal.replicas).toBeGreaterThanOrEqual(pods.length);
      else expect(proposal.replicas).toBeLessThanOrEqual(pods.length);
    }),
  );
});
