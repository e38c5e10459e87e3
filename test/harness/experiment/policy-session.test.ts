import { describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '../../../harness/core/clock.ts';
import { HarnessError } from '../../../harness/core/errors.ts';
import { policyContext } from '../../../harness/experiment/policy-context.ts';
import { PolicySession } from '../../../harness/experiment/policy-session.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import type { Action } from '../../../harness/telemetry/action.ts';
import type { LiveTrial } from '../../../harness/testbed/port.ts';
import { deferred } from '../../../tracer/client/waiting.ts';
import {
  fakeBook,
  fakePolicy,
  fakeSpec,
  reason,
  scaleTo,
  type FakeBook,
  type FakePolicyOptions,
} from '../../rig/fake-policy.ts';
import { sampleOf } from '../../rig/recorded.ts';
import { applicationProfileText, loaded } from '../profile/profile-text.ts';

const plan = makePlan(loaded(applicationProfileText()), 'app');
const [arm] = plan.arms;
if (arm === undefined) throw new Error('no arm');
const context = policyContext(plan, arm, 1, 2);

/** A clock that stands until it is told to go on. */
class Hands implements Clock {
  #nowMs = 5000;
  readonly #sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  readonly nowMs = (): number => this.#nowMs;
  readonly wallMs = (): number => this.#nowMs;
  readonly sleep = async (ms: number): Promise<void> => {
    const { promise, resolve } = deferred<null>();
    this.#sleepers.push({
      untilMs: this.#nowMs + ms,
      wake: () => {
        resolve(null);
      },
    });
    await promise;
  };

  /** Time passes, and whoever was woken does what it does. */
  async pass(ms: number): Promise<void> {
    this.#nowMs += ms;
    for (const { untilMs, wake } of this.#sleepers) if (untilMs <= this.#nowMs) wake();
    await systemClock.sleep(0);
  }
}

interface Rig {
  readonly session: PolicySession;
  readonly clock: Hands;
  readonly book: FakeBook;
  readonly policy: ReturnType<typeof fakePolicy>;
  readonly calls: readonly string[];
  /** Samples at these instants, one after the other. */
  readonly take: (...instants: readonly number[]) => Promise<void>;
}

async function rigOf(
  options: FakePolicyOptions & { readonly time?: 'wall' | 'virtual'; readonly timeCompression?: number } = {},
  { signal = new AbortController().signal, live }: { readonly signal?: AbortSignal; readonly live?: FakeBook } = {},
): Promise<Rig> {
  const calls: string[] = [];
  const { time = 'virtual', timeCompression = 1 } = options;
  const policy = fakePolicy(calls, options);
  const [clock, book] = [new Hands(), live ?? fakeBook(calls)];
  const spec = { spec: fakeSpec, context: { ...context, timeCompression }, start: policy.start, time, clock };
  // Nothing else of a trial is asked.
  const session = await PolicySession.start(spec, book as FakeBook & LiveTrial, signal);
  session.begin(4000);
  const take = async (...instants: readonly number[]): Promise<void> => {
    for (const atMs of instants) await session.take({ ...sampleOf(1), atMs: atMs + 0.25 }, atMs);
  };
  return { session, clock, book, policy, calls, take };
}

const told = ({ id, state, note }: Action): readonly unknown[] => [id, state, note];

test.each([
  [1000, [1000, 2000, 3000], [2, 2, 2]],
  [250, [300, 500, 800, 1000], [3, 2, 3, 2]],
  [30, [100, 200, 300], [1, 1, 1]],
])(
  'with an interval of %i ms it is asked with the first sample that reaches it, and has all samples since',
  async (intervalMs, at, counts) => {
    const { policy, take } = await rigOf({ intervalMs });
    const every = intervalMs === 1000 ? 500 : 100;
    await take(...Array.from({ length: (at.at(-1) ?? 0) / every }, (_, index) => (index + 1) * every));
    expect(policy.windows.map(({ nowMs }) => nowMs)).toEqual(at.map((atMs) => atMs + 0.25));
    expect(policy.windows.map(({ samples }) => samples.length)).toEqual(counts);
  },
);

test('sums of sample intervals need not be exact for a step to be due', async () => {
  const { policy, session } = await rigOf({ intervalMs: 0.8 });
  let due = 0;
  for (let place = 1; place <= 16; place++) await session.take({ ...sampleOf(place), atMs: place }, (due += 0.1));
  expect(policy.windows.map(({ nowMs }) => nowMs)).toEqual([8, 16]);
});

describe('where time goes on', () => {
  test('a slow step delays nothing: what falls due is missed, and the next has all samples since', async () => {
    const slow = deferred<readonly unknown[]>();
    const rig = await rigOf({
      ...{ time: 'wall', intervalMs: 100 },
      answer: (_, step) => (step === 1 ? slow.promise : []),
    });
    await rig.take(100, 200, 300, 400);
    expect(rig.policy.windows).toHaveLength(1);
    await rig.clock.pass(350);
    slow.resolve([scaleTo(2)]);
    await rig.clock.pass(0);
    // When it answers, not at the next sample.
    expect(rig.calls.at(-1)).toBe('testbed: actuate replicas of echo at 1350');
    await rig.take(500);
    expect(rig.policy.windows.map(({ samples }) => samples.map(({ atMs }) => Math.floor(atMs)))).toEqual([
      [100],
      [200, 300, 400, 500],
    ]);
    const { log, evidence } = await rig.session.end();
    expect(log.steps).toEqual([
      { atMs: 100.25, samples: 1, wallMs: 350, cpuMs: 1, missed: 3, decisions: 1 },
      { atMs: 500.25, samples: 4, wallMs: 0, cpuMs: 1, missed: 0, decisions: 0 },
    ]);
    expect(evidence).toEqual({
      ...{ name: 'fake', failure: null, steps: 2, lateSteps: 1, cpuSeconds: 0.002, residentBytes: 4096 },
    });
  });

  test('what a step wants that answers after the last sample is not done', async () => {
    const slow = deferred<readonly unknown[]>();
    const rig = await rigOf({ time: 'wall', intervalMs: 100, answer: () => slow.promise });
    await rig.take(100);
    const ended = rig.session.end();
    slow.resolve([scaleTo(2), scaleTo(99, 'gate')]);
    expect((await ended).log.actions.map(told)).toEqual([
      [1, 'refused', 'the trial was over'],
      [2, 'refused', 'replicas 99 is above the bound of 10'],
    ]);
    expect(rig.book.actions()).toEqual([]);
  });
});

test('where time stands while the policy thinks, the sample waits for it', async () => {
  const rig = await rigOf({ intervalMs: 100, answer: () => systemClock.sleep(5).then(() => [scaleTo(2)]) });
  await rig.take(100);
  expect(rig.calls.at(-1)).toBe('testbed: actuate replicas of echo at 100.25');
});

test('what is refused is logged and told with its reason, under one row of numbers with what was done', async () => {
  const rig = await rigOf({
    answer: (_, step) =>
      step > 1
        ? []
        : [scaleTo(2, 'ecco'), scaleTo(3), scaleTo(NaN), scaleTo(-1), scaleTo(11), scaleTo(2, 'gate'), scaleTo(4)],
  });
  await rig.take(1000, 2000);
  const { log, evidence } = await rig.session.end();
  expect(log.actions.map(told)).toEqual([
    [1, 'refused', 'no service is called ecco'],
    [2, 'in-progress', null],
    [3, 'refused', 'replicas NaN is not a finite number'],
    [4, 'refused', 'replicas -1 is below the bound of 1'],
    [5, 'refused', 'replicas 11 is above the bound of 10'],
    [6, 'in-progress', null],
    [7, 'refused', 'a second decision about the replicas of echo in one step'],
  ]);
  expect(evidence).toMatchObject({ failure: null, steps: 2 });
  expect(rig.policy.windows[1]?.settled.map(({ id }) => id)).toEqual([1, 3, 4, 5, 7]);
});

test('a window has what is in progress, and once each what has ended since the last', async () => {
  const rig = await rigOf({ answer: (_, step) => (step === 2 ? [scaleTo(99)] : [scaleTo(step)]) });
  await rig.take(1000, 2000);
  rig.book.settle(2500);
  await rig.take(3000, 4000);
  rig.book.settle(4500);
  const ids = (actions: readonly Action[]): string => actions.map(({ id, state }) => `${id} ${state}`).join(', ');
  expect(rig.policy.windows.map(({ pending, settled }) => [ids(pending), ids(settled)])).toEqual([
    ['', ''],
    ['1 in-progress', ''],
    ['', '1 effective, 2 refused'],
    ['3 in-progress', ''],
  ]);
  const { log } = await rig.session.end();
  expect(log.actions.map(({ id, effectiveAtMs }) => [id, effectiveAtMs])).toEqual([
    ...[
      [1, 2500],
      [2, null],
      [3, 4500],
      [4, 4500],
    ],
  ]);
});

test('what others did to the application is among the actions', async () => {
  const book = fakeBook();
  const rig = await rigOf({ answer: (_, step) => (step === 2 ? [scaleTo(99)] : []) }, { live: book });
  await rig.take(1000);
  book.actuate(scaleTo(5), 1500);
  await rig.take(2000, 3000);
  expect((await rig.session.end()).log.actions.map(told)).toEqual([
    [1, 'in-progress', null],
    [2, 'refused', 'replicas 99 is above the bound of 10'],
  ]);
});

describe('a policy that cannot go on ends the trial with its last words:', () => {
  const failed = (text: string): Error => new HarnessError('policy-failed', text);
  const fails = async (rig: Rig): Promise<string | null> => {
    expect(rig.session.over.aborted).toBe(true);
    const { log, evidence } = await rig.session.end();
    expect(evidence.steps).toBe(log.steps.length);
    return evidence.failure;
  };

  test('one that throws', async () => {
    const rig = await rigOf({
      answer: (_, step) =>
        step === 1 ? [scaleTo(2)] : Promise.reject(failed('The policy fake failed in step 2: no such key')),
    });
    await rig.take(1000, 2000);
    expect(await fails(rig)).toBe('The policy fake failed in step 2: no such key');
    expect((await rig.session.end()).log.actions.map(told)).toEqual([[1, 'in-progress', null]]);
  });

  test('one whose controller throws what it should not', async () => {
    const rig = await rigOf({ answer: () => Promise.reject(new TypeError('x is undefined')) });
    await rig.take(1000);
    expect(await fails(rig)).toBe('The policy fake failed: x is undefined');
  });

  test('one that answers what is no decision: nothing of that answer is done', async () => {
    const rig = await rigOf({ answer: () => [scaleTo(2), 42] });
    await rig.take(1000);
    expect(await fails(rig)).toBe('The policy fake answered what is no decision: a decision is 42, not an object.');
    expect(rig.book.actions()).toEqual([]);
  });

  test('one whose answer cannot be looked at', async () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('hands off');
        },
      },
    );
    const rig = await rigOf({ answer: () => [trap] });
    await rig.take(1000);
    expect(await fails(rig)).toBe('The policy fake failed: hands off');
  });

  test.each([
    [200, 75, 15_000, '15.0 s'],
    [200, 20, 10_000, '10.0 s'],
  ])(
    'one that hangs, with an interval of %i ms and a time compression of %i',
    async (intervalMs, timeCompression, ms, text) => {
      const signals: AbortSignal[] = [];
      const never = (_: unknown, __: number, signal: AbortSignal): Promise<never> => {
        signals.push(signal);
        return new Promise(() => undefined);
      };
      const rig = await rigOf({ time: 'wall', intervalMs, timeCompression, answer: never });
      await rig.take(200);
      await rig.clock.pass(ms + 999);
      expect(rig.session.over.aborted).toBe(false);
      await rig.clock.pass(1);
      expect(await fails(rig)).toBe(`The policy fake did not answer within ${text}.`);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    },
  );
});

test('a testbed that fails is not the policy’s fault, and is told at the end', async () => {
  const broken: FakeBook = {
    ...fakeBook(),
    actuate: () => {
      throw new HarnessError('testbed-failed', 'No space left for a cgroup.');
    },
  };
  const rig = await rigOf({ answer: () => [scaleTo(2)] }, { live: broken });
  await rig.take(1000);
  expect(rig.session.over.aborted).toBe(true);
  await expect(rig.session.end()).rejects.toMatchObject({
    code: 'testbed-failed',
    message: 'No space left for a cgroup.',
  });
});

test('whoever stops the trial stops the step, and that says nothing of the policy', async () => {
  const stopped = new AbortController();
  const rig = await rigOf(
    {
      time: 'wall',
      answer: (_, __, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    },
    { signal: stopped.signal },
  );
  await rig.take(1000);
  stopped.abort(new Error('ctrl-C'));
  await expect(rig.session.end()).rejects.toThrow('ctrl-C');
});

test('a reason reaches the log with its numbers', async () => {
  const rig = await rigOf({ answer: () => [scaleTo(2)] });
  await rig.take(1000);
  expect((await rig.session.end()).log.actions[0]?.decision.reason).toEqual(reason);
});
