import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Autoscaler, type AutoscalerSettings, type Behavior } from '../../../../harness/policy/hpa/autoscaler.ts';
import type { Proposal } from '../../../../harness/policy/hpa/proposal.ts';
import { ScaleEvents } from '../../../../harness/policy/hpa/scale-events.ts';
import {
  limitByBehavior,
  policySelections,
  scaleDownLimit,
  scaleUpLimit,
  type ScalingRules,
} from '../../../../harness/policy/hpa/scaling-limits.ts';
import { stabiliseByBehavior, stabiliseByHighest } from '../../../../harness/policy/hpa/stabilise.ts';

/** In seconds, as `autoscaling/v2` fills it in. */
const behaviorOf = (up: Partial<ScalingRules> = {}, down: Partial<ScalingRules> = {}): Behavior => ({
  scaleUp: {
    ...{ stabilizationWindow: 0, select: 'Max' },
    policies: [
      { kind: 'pods', value: 4, period: 15 },
      { kind: 'percent', value: 100, period: 15 },
    ],
    ...up,
  },
  scaleDown: {
    ...{ stabilizationWindow: 300, select: 'Max', policies: [{ kind: 'percent', value: 100, period: 15 }] },
    ...down,
  },
});
const withBehavior = { min: 1, max: 100, behavior: behaviorOf(), downscaleStabilisation: 300 };
const without = { ...withBehavior, behavior: null };

const asking = (replicas: number): readonly Proposal[] => [
  { ...{ kind: 'proposal', replicas, rule: 'ratio', usage: 1, ratio: 1, recomputedRatio: null, pods: null } },
];

/** What it does when the metric asks for these, sync by sync. @returns the counts after each */
function run(settings: AutoscalerSettings, current: number, asked: readonly number[], everySeconds = 15): number[] {
  const autoscaler = new Autoscaler(settings);
  return asked.map((replicas, index) => {
    const now = index * everySeconds;
    const sync = autoscaler.sync(now, current, () => asking(replicas));
    if (sync.kind === 'off' || sync.kind === 'failed') return current;
    autoscaler.rescaled(current, sync.replicas, now);
    return (current = sync.replicas);
  });
}

describe('how fast it goes up', () => {
  test('with the default behavior 1 replica becomes 5 in one sync, 3 become 7, 10 become 20', () => {
    expect([1, 3, 10].map((current) => run(withBehavior, current, [90])[0])).toEqual([5, 7, 20]);
  });

  test('without behavior 1 becomes 4, 3 become 6, 10 become 20', () => {
    expect([1, 3, 10].map((current) => run(without, current, [90])[0])).toEqual([4, 6, 20]);
  });

  test('a period is over when it is over: one period later the next step is taken, before that it is not', () => {
    expect(run(withBehavior, 1, [90, 90, 90, 90])).toEqual([5, 10, 20, 40]);
    expect(run(withBehavior, 1, [90, 90, 90, 90], 5)).toEqual([5, 5, 5, 10]);
  });

  test('a percentage is rounded up on the way up, or one replica would never become two', () => {
    const policies = [{ kind: 'percent', value: 50, period: 15 }] as const;
    expect(run({ ...withBehavior, behavior: behaviorOf({ policies }) }, 1, [90, 90, 90, 90])).toEqual([2, 3, 5, 8]);
  });

  test('what was taken away in the period may be added again at once, on top of the step', () => {
    const behavior = behaviorOf({ policies: [{ kind: 'pods', value: 1, period: 60 }] }, { stabilizationWindow: 0 });
    expect(run({ ...withBehavior, behavior }, 8, [3, 20, 20, 20])).toEqual([3, 9, 9, 9]);
  });
});

describe('how fast it goes down', () => {
  test('80 replicas, 10 percent or 4 pods a minute: 8 go at first, and from 40 on the 4 pods are more', () => {
    const policies = [
      { kind: 'pods', value: 4, period: 60 },
      { kind: 'percent', value: 10, period: 60 },
    ] as const;
    const behavior = behaviorOf({}, { stabilizationWindow: 0, policies });
    const minutes = run({ ...withBehavior, behavior }, 80, new Array<number>(14).fill(10), 60);
    expect(minutes).toEqual([72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12, 10]);
    const syncs = run({ ...withBehavior, behavior }, 80, new Array<number>(9).fill(10));
    expect(syncs).toEqual([72, 72, 72, 72, 64, 64, 64, 64, 57]);
  });

  test('Min takes the policy that allows least, Disabled none', () => {
    const policies = [
      { kind: 'pods', value: 4, period: 15 },
      { kind: 'percent', value: 10, period: 15 },
    ] as const;
    const first = (select: ScalingRules['select']): number | undefined =>
      run({ ...without, behavior: behaviorOf({}, { stabilizationWindow: 0, select, policies }) }, 80, [10])[0];
    expect(policySelections.map(first)).toEqual([72, 76, 80]);
  });

  test('Disabled holds the other direction too, and only where it stands', () => {
    const behavior = behaviorOf({ select: 'Disabled' }, { stabilizationWindow: 0 });
    expect(run({ ...withBehavior, behavior }, 5, [9, 3, 9])).toEqual([5, 3, 3]);
  });

  test('in the first 300 s nothing goes, and after them all of it', () => {
    const asked = new Array<number>(23).fill(1);
    expect(run(without, 8, asked)).toEqual([...new Array<number>(21).fill(8), 1, 1]);
    expect(run(withBehavior, 8, asked)).toEqual([...new Array<number>(20).fill(8), 1, 1, 1]);
  });
});

describe('stabilisation', () => {
  test('8 replicas, 4 asked for, 20 within the last 300 s: with behavior 8 stay, without it goes to 16', () => {
    const earlier = [{ at: 0, replicas: 20 }];
    expect(stabiliseByBehavior(earlier, 4, 8, 100, { up: 0, down: 300 })).toBe(8);
    expect(stabiliseByHighest(earlier, 4, 100, 300)).toBe(20);
    const at8 = (settings: AutoscalerSettings): unknown => {
      const autoscaler = new Autoscaler(settings);
      autoscaler.sync(0, 8, () => asking(20));
      return autoscaler.sync(100, 8, () => asking(4));
    };
    expect(at8(withBehavior)).toMatchObject({ replicas: 8, stabilised: 8, desired: 4, rule: 'stabilisation' });
    expect(at8(without)).toMatchObject({ replicas: 16, stabilised: 20, desired: 4, rule: 'scale-up limit' });
  });

  test('an upward window of 60 s: of 10, 6 and 8 the lowest counts, so 5 replicas become 6', () => {
    const earlier = [
      { at: 960, replicas: 10 },
      { at: 980, replicas: 6 },
    ];
    expect(stabiliseByBehavior(earlier, 8, 5, 1000, { up: 60, down: 300 })).toBe(6);
  });

  test('the beginning of a window is in it without behavior, and not with it, as in the source', () => {
    const earlier = [{ at: 700, replicas: 9 }];
    expect(stabiliseByHighest(earlier, 4, 1000, 300)).toBe(9);
    expect(stabiliseByBehavior(earlier, 4, 8, 1000, { up: 0, down: 300 })).toBe(4);
  });

  test('what is remembered is what was asked for, not what came of it', () => {
    // The 20 of the first sync is cut to 4, and taken up again in the ones after it.
    expect(run(without, 1, [20, 2, 2, 2])).toEqual([4, 8, 16, 20]);
  });
});

describe('the range', () => {
  test('outside of it the count goes to its end at once, and metrics are not looked at', () => {
    const autoscaler = new Autoscaler({ ...withBehavior, min: 2, max: 6 });
    const never = (): never => {
      throw new Error('it looked');
    };
    expect(autoscaler.sync(0, 9, never)).toEqual({ kind: 'out-of-range', replicas: 6, rule: 'above maximum' });
    expect(autoscaler.sync(15, 1, never)).toEqual({ kind: 'out-of-range', replicas: 2, rule: 'below minimum' });
    expect(autoscaler.sync(30, 0, never)).toEqual({ kind: 'off' });
  });

  test('with a least count of 0 it comes back from no replicas', () => {
    const sync = new Autoscaler({ ...without, min: 0 }).sync(0, 0, () => asking(3));
    expect(sync).toMatchObject({ kind: 'scaled', replicas: 3 });
  });

  test('its ends are named where they cut, and the limit where that is nearer', () => {
    const cut = (settings: AutoscalerSettings, current: number, asked: number): unknown => {
      const sync = new Autoscaler(settings).sync(0, current, () => asking(asked));
      return sync.kind === 'scaled' && [sync.replicas, sync.rule];
    };
    const down = { ...withBehavior, behavior: behaviorOf({}, { stabilizationWindow: 0 }) };
    expect(cut({ ...without, max: 6 }, 4, 9)).toEqual([6, 'maximum']);
    expect(cut({ ...without, max: 8 }, 4, 9)).toEqual([8, 'maximum']);
    expect(cut({ ...without, max: 9 }, 4, 10)).toEqual([8, 'scale-up limit']);
    expect(cut({ ...withBehavior, max: 6 }, 4, 9)).toEqual([6, 'maximum']);
    expect(cut({ ...withBehavior, max: 9 }, 4, 10)).toEqual([8, 'scale-up limit']);
    expect(cut({ ...withBehavior, min: 3 }, 4, 1)).toEqual([4, 'stabilisation']);
    for (const settings of [down, { ...without, downscaleStabilisation: 0 }]) {
      const autoscaler = new Autoscaler({ ...settings, min: 3 });
      autoscaler.sync(0, 4, () => asking(4));
      expect(autoscaler.sync(15, 4, () => asking(1))).toMatchObject({ replicas: 3, rule: 'minimum' });
    }
  });

  test('a metric that failed ends the sync, and is not remembered', () => {
    const autoscaler = new Autoscaler(without);
    expect(autoscaler.sync(0, 4, () => [{ kind: 'failed', why: 'no pod has a metric' }])).toEqual({
      ...{ kind: 'failed', why: 'no pod has a metric' },
    });
    expect(autoscaler.sync(301, 4, () => asking(2))).toMatchObject({ replicas: 2 });
  });
});

describe('scale events', () => {
  test('a new one takes the place of the last that is older than every policy of its direction', () => {
    const events = new ScaleEvents();
    events.record(1, 0, 15);
    events.record(2, 10, 15);
    expect(events.changeWithin(60, 30)).toBe(3);
    // Both are outdated for a period of 15 s; only the last of them goes.
    events.record(4, 30, 15);
    expect(events.changeWithin(60, 30)).toBe(5);
    expect(events.changeWithin(20, 30)).toBe(4);
    expect(events.changeWithin(0, 30)).toBe(0);
  });

  test('one that began exactly with the period is not in it', () => {
    const events = new ScaleEvents();
    events.record(3, 15, 15);
    expect([29, 30].map((now) => events.changeWithin(15, now))).toEqual([3, 0]);
  });

  test('a count that somebody else changed can put a limit on the wrong side of it, and then it stays', () => {
    const [none, changed] = [new ScaleEvents(), new ScaleEvents()];
    changed.record(30, 0, 15);
    const policies = [{ kind: 'pods', value: 4, period: 15 }] as const;
    const rules = behaviorOf({ policies }, { policies });
    const [up, down] = [
      { added: changed, removed: none },
      { added: none, removed: changed },
    ];
    expect(scaleUpLimit(40, rules.scaleUp, up, 1)).toBe(14);
    expect(limitByBehavior(60, 40, { min: 1, max: 100 }, rules, up, 1)).toEqual({
      replicas: 40,
      rule: 'scale-up limit',
    });
    expect(scaleDownLimit(10, rules.scaleDown, down, 1)).toBe(36);
    expect(limitByBehavior(5, 10, { min: 1, max: 100 }, rules, down, 1)).toEqual({
      replicas: 10,
      rule: 'scale-down limit',
    });
  });
});

const rules = fc.record({
  stabilizationWindow: fc.integer({ min: 0, max: 120 }),
  select: fc.constantFrom(...policySelections),
  policies: fc.array(
    fc.record({
      kind: fc.constantFrom('pods' as const, 'percent' as const),
      value: fc.integer({ min: 1, max: 150 }),
      period: fc.integer({ min: 1, max: 120 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
const anySettings = fc
  .record({
    min: fc.integer({ min: 1, max: 6 }),
    more: fc.nat(30),
    behavior: fc.option(fc.record({ scaleUp: rules, scaleDown: rules })),
    downscaleStabilisation: fc.integer({ min: 0, max: 120 }),
  })
  .map(({ min, more, ...rest }): AutoscalerSettings => ({ min, max: min + more, ...rest }));
const anyAsked = fc.array(fc.nat(60), { minLength: 1, maxLength: 30 });

test('whatever is asked for, the count stays in the range once it is there', () => {
  fc.assert(
    fc.property(anySettings, fc.integer({ min: 1, max: 50 }), anyAsked, (settings, start, asked) => {
      for (const count of run(settings, start, asked)) {
        expect(count).toBeGreaterThanOrEqual(settings.min);
        expect(count).toBeLessThanOrEqual(settings.max);
      }
    }),
  );
});

test('the same requests give the same counts', () => {
  fc.assert(
    fc.property(anySettings, anyAsked, (settings, asked) => {
      expect(run(settings, settings.min, asked)).toEqual(run(settings, settings.min, asked));
    }),
  );
});

test('with behavior a sync never goes against what is asked for', () => {
  const settings = anySettings.filter(({ behavior }) => behavior !== null);
  fc.assert(
    fc.property(settings, anyAsked, (settings, asked) => {
      let before = settings.min;
      run(settings, before, asked).forEach((count, index) => {
        const want = asked[index] ?? NaN;
        expect(count >= before || want < before).toBe(true);
        expect(count <= before || want > before).toBe(true);
        before = count;
      });
    }),
  );
});

test('in the first 300 s neither path goes below what it began with', () => {
  const asked = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.boolean(), fc.integer({ min: 1, max: 60 }), asked, (isWithBehavior, start, asked) => {
      for (const count of run(isWithBehavior ? withBehavior : without, start, asked)) {
        expect(count).toBeGreaterThanOrEqual(start);
      }
    }),
  );
});
