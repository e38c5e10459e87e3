import { describe, expect, test } from 'vitest';
import { asked, chainContext, Run, seenMs, waitOf, type Doing } from './showar-rig.ts';
import { slotBoundsNs, slotOf } from '../../../../harness/telemetry/wait-slots.ts';

const alone = { one: [] };

/** The decisions of each step, in which the only service does what is told. */
function steps(horizontal: object, doings: readonly Doing[], least = 2): string[][] {
  const context = chainContext(alone);
  const { one } = context.bounds;
  if (one === undefined) throw new Error('no bounds');
  const bounds = { one: { ...one, replicas: { least, most: 30 } } };
  const run = new Run({ vertical: 'off', horizontal }, { ...context, bounds });
  return doings.map((doing) => run.step({ one: doing }).map(asked));
}

describe('with a target in the middle of a slot', () => {
  // So that an observation can be exactly at the target.
  const targetMs = seenMs(15);
  const target = `${targetMs}ms`;

  test('an observation at the target from the start makes the literal reading scale in, down to the minimum', () => {
    const doings = [5, 4, 3, 2].map((wanted) => ({ wanted, waitMs: 15 }));
    expect(steps({ target, reading: 'literal' }, doings)).toEqual([
      ['one replicas 4'],
      ['one replicas 3'],
      ['one replicas 2'],
      [],
    ]);
  });

  test('and the rebased reading does nothing', () => {
    const doings = [5, 5, 5, 5].map((wanted) => ({ wanted, waitMs: 15 }));
    expect(steps({ target, reading: 'rebased' }, doings)).toEqual([[], [], [], []]);
  });

  test('errors of 0 and one target give an output of one target: nothing to the literal reading, a step out to the other', () => {
    const wait = twiceOf(targetMs);
    const [literal, rebased] = (['literal', 'rebased'] as const).map((reading) =>
      steps({ target, reading }, [
        { wanted: 4, waitMs: 15 },
        { wanted: 4, waitMs: wait },
      ]).at(-1),
    );
    expect(literal).toEqual([]);
    expect(rebased).toEqual(['one replicas 5']);
  });

  /** A wait whose slot is seen at twice the target, or as near as slots come. */
  function twiceOf(ms: number): number {
    const slot = slotOf(2 * ms * 1e6);
    return ((slotBoundsNs[slot] ?? 0) + 1) / 1e6;
  }
});

test('above the band replicas grow by a tenth, at least one, and below it they shrink alike, never below the least', () => {
  const outAndIn = (wanted: number): (string | undefined)[] => [
    steps({ reading: 'rebased' }, [{ wanted, waitMs: 200 }])[0]?.[0],
    steps({ reading: 'rebased' }, [{ wanted, waitMs: 0.1 }])[0]?.[0],
  ];
  expect(outAndIn(20)).toEqual(['one replicas 22', 'one replicas 18']);
  expect(outAndIn(4)).toEqual(['one replicas 5', 'one replicas 3']);
  expect(outAndIn(2)).toEqual(['one replicas 3', undefined]);
});

test('a step that would leave the bounds is cut, and says so; at the bound nothing is decided', () => {
  const context = chainContext(alone);
  const run = new Run({ vertical: 'off', horizontal: { beta: '50 %' } }, context);
  const [cut] = run.step({ one: { wanted: 25, waitMs: 300 } });
  expect(cut).toMatchObject({
    kind: 'replicas',
    replicas: 30,
    reason: { numbers: { replicas: 25, step: 12, bound: 'most' } },
  });
  expect(run.step({ one: { wanted: 30, waitMs: 300 } })).toEqual([]);
});

test('the reason has the numbers of the controller', () => {
  const run = new Run({ vertical: 'off', horizontal: { reading: 'rebased' } }, chainContext(alone));
  const [decision] = run.step({ one: { wanted: 4, waitMs: 30 } });
  const errorMs = seenMs(30) - 15;
  expect(decision?.reason).toEqual({
    rule: 'above band',
    numbers: {
      ...{ observationMs: expect.closeTo(seenMs(30), 9) as number, p95s: 60, samples: 60, targetMs: 15 },
      ...{
        errorMs: expect.closeTo(errorMs, 9) as number,
        errorSumMs: expect.closeTo(errorMs, 9) as number,
        errorChangeMs: 0,
      },
      ...{ kP: 1 / 3, kI: 1 / 3, kD: 1 / 3, outputMs: expect.closeTo((2 * errorMs) / 3, 9) as number },
      ...{ comparedMs: expect.closeTo(15 + (2 * errorMs) / 3, 9) as number },
      ...{ bandLowMs: 13.5, bandHighMs: 16.5, replicas: 4, step: 1, bound: null },
    },
  });
});

test('under time compression fewer and coarser samples make the observation, and the reason says how many', () => {
  const context = chainContext(alone, {
    timeCompression: 75,
    sampleMs: 100,
    compressed: (seconds) => (seconds * 1000) / 75,
  });
  const run = new Run({ vertical: 'off' }, context);
  const [decision] = run.step((sample) => ({ one: { wanted: 4, waitMs: sample < 6 ? 300 : undefined } }));
  expect(decision?.reason.numbers).toMatchObject({ p95s: 6, samples: 8 });
});

test('a service without any wait is left alone, and its controller waits', () => {
  const quiet = steps({ reading: 'rebased' }, [{ wanted: 4 }, { wanted: 4, waitMs: 30 }]);
  expect(quiet).toEqual([[], ['one replicas 5']]);
  const context = chainContext(alone);
  const run = new Run({ vertical: 'off', horizontal: { reading: 'rebased' } }, context);
  run.step({ one: { wanted: 4 } });
  expect(run.step({ one: { wanted: 4, waitMs: 30 } })[0]?.reason.numbers['errorChangeMs']).toBe(0);
});

test('the last replica stays, also where none would be allowed: without one there are no waits that could call it back', () => {
  expect(
    steps(
      {},
      [
        { wanted: 2, waitMs: 0.1 },
        { wanted: 1, waitMs: 0.1 },
      ],
      0,
    ),
  ).toEqual([['one replicas 1'], []]);
});

test('a service without replicas stays without', () => {
  expect(steps({}, [{ wanted: 0, waitMs: 300 }])).toEqual([[]]);
});

test('adaptive gains take effect in the step after', () => {
  const run = new Run({ vertical: 'off', horizontal: { adaptation: 'adaptive' } }, chainContext(alone));
  const gains = [0, 1].map(() => run.step({ one: { wanted: 4, waitMs: 300 } })[0]?.reason.numbers['kP']);
  expect(gains).toEqual([1 / 3, (1 / 3) * 1.1]);
});

describe('several services', () => {
  const chain = { front: ['middle'], middle: ['back'], back: [] };

  test('the largest output acts first, and of equal ones the back-end', () => {
    const run = new Run({ vertical: 'off' }, chainContext(chain));
    const busy = { wanted: 4, waitMs: 200 };
    expect(run.step({ front: busy, middle: busy, back: busy }).map(asked)).toEqual([
      'back replicas 5',
      'middle replicas 5',
      'front replicas 5',
    ]);
    const other = new Run({ vertical: 'off' }, chainContext(chain));
    const decisions = other.step({ front: busy, middle: { wanted: 4, waitMs: 100 }, back: { wanted: 4, waitMs: 0.1 } });
    expect(decisions.map(asked)).toEqual(['front replicas 5', 'middle replicas 5', 'back replicas 3']);
  });

  test('one-for-each decides by the wait of each, one-for-all by the mean over all, each by its own replicas', () => {
    const doings = { front: { wanted: 20, waitMs: 100 }, middle: { wanted: 4, waitMs: 0.1 }, back: { wanted: 4 } };
    const each = new Run({ vertical: 'off', horizontal: { reading: 'rebased' } }, chainContext(chain));
    expect(each.step(doings).map(asked)).toEqual(['front replicas 22', 'middle replicas 3']);
    const all = new Run(
      { vertical: 'off', horizontal: { reading: 'rebased', design: 'one-for-all' } },
      chainContext(chain),
    );
    const decisions = all.step(doings);
    expect(decisions.map(asked)).toEqual(['back replicas 5', 'middle replicas 5', 'front replicas 22']);
    expect(decisions[0]?.reason.numbers['observationMs']).toBeCloseTo((seenMs(100) + seenMs(0.1)) / 2, 9);
  });

  test('a store is neither looked at nor scaled', () => {
    const context = chainContext({ front: ['store'], store: [] });
    const [front, store] = context.services;
    if (front === undefined || store === undefined) throw new Error('two services');
    const services = [front, { ...store, role: 'store', isScalable: false } as const];
    const run = new Run({ vertical: 'off' }, { ...context, services });
    const busy = { wanted: 4, waitMs: 200 };
    expect(run.step({ front: busy, store: busy }).map(asked)).toEqual(['front replicas 5']);
  });
});

test('the signal decides whether throttling scales out', () => {
  const waits = [waitOf('one-1', [1]), waitOf('one-1', new Array<number>(9).fill(80), 'throttled')];
  const decided = (signal: string): string | undefined => {
    const run = new Run({ vertical: 'off', signal }, chainContext(alone));
    return run.stepWith({ one: { wanted: 4 } }, waits).map(asked)[0];
  };
  expect(decided('all')).toBe('one replicas 5');
  expect(decided('contention')).toBe('one replicas 3');
});
