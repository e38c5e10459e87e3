/** The golden sequences of events, run through the very code that runs in the kernel (tracer/runq/rule.h and slots.h). */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slotBoundsNs, slotCount, slotLowerNs, slotOf, log2View } from '../../../harness/telemetry/wait-slots.ts';
import { buildRuleProgram, idle } from './rule-replay.ts';
import type { Leaving, Replay, RuleProgram, SchedulerEvent } from './rule-replay.ts';

let rule: RuleProgram;

beforeAll(() => {
  rule = buildRuleProgram();
});
afterAll(() => {
  rule[Symbol.dispose]();
});

const [a, b] = [1, 2];

const runnable: Leaving = { preempt: false, stateArgument: 0, state: 0, throttled: false };
const asleep: Leaving = { preempt: false, stateArgument: 1, state: 1, throttled: false };

const wakeup = (thread: number, atNs: number, throttled = false): SchedulerEvent => ({
  kind: 'wakeup',
  thread,
  atNs,
  throttled,
});
const created = (thread: number, atNs: number): SchedulerEvent => ({ kind: 'new', thread, atNs, throttled: false });
const exit = (thread: number): SchedulerEvent => ({ kind: 'exit', thread });
const turn = (from: number, to: number, atNs: number, leaving: Leaving = runnable): SchedulerEvent => ({
  kind: 'switch',
  from,
  to,
  atNs,
  ...leaving,
});

/** "A running": woken and switched in before the sequence begins. This gives one wait of 1 ns. */
const running: readonly SchedulerEvent[] = [wakeup(a, 1), turn(idle, a, 2)];
const waitOf = (thread: number, ns: number, cause = 'contention') => ({ thread, ns, cause });
const firstRun = waitOf(a, 1);

interface Golden {
  readonly name: string;
  readonly events: readonly SchedulerEvent[];
  readonly waits: Replay['waits'];
  readonly unknown?: number;
  readonly negative?: number;
}

const firstSequence = [wakeup(a, 100), turn(idle, a, 350)];

const golden: readonly Golden[] = [
  { name: '1: a thread waits from its wakeup to its switch-in', events: firstSequence, waits: [waitOf(a, 250)] },
  {
    name: '2: a thread that is switched out while runnable waits from then on',
    events: [...firstSequence, wakeup(b, 900), turn(a, b, 1000), turn(b, a, 1700, asleep)],
    waits: [waitOf(a, 250), waitOf(b, 100), waitOf(a, 700)],
  },
  {
    name: '3: a second wakeup does not shorten the wait',
    events: [wakeup(a, 100), wakeup(a, 200), turn(idle, a, 350)],
    waits: [waitOf(a, 250)],
  },
  {
    name: '4: a wakeup of a running thread begins no wait',
    events: [...running, wakeup(a, 100), turn(a, b, 500, { ...runnable, preempt: true }), turn(b, a, 600, asleep)],
    waits: [firstRun, waitOf(a, 100)],
    unknown: 1,
  },
  {
    name: '5: sleeping ends whatever wait was noted',
    events: [...running, wakeup(a, 100), turn(a, b, 500, asleep), wakeup(a, 900), turn(b, a, 950, asleep)],
    waits: [firstRun, waitOf(a, 50)],
    unknown: 1,
  },
  {
    name: '6: a thread that is preempted on its way to sleep waits',
    events: [...running, turn(a, b, 1000, { ...asleep, preempt: true }), turn(b, a, 1400, asleep)],
    waits: [firstRun, waitOf(a, 400)],
    unknown: 1,
  },
  {
    name: '7: a thread that was never woken is unknown, not a wait',
    events: [...running, turn(a, b, 1000, asleep), turn(b, a, 1500, asleep)],
    waits: [firstRun],
    unknown: 2,
  },
  {
    name: '8: the idle thread never waits',
    events: [...running, wakeup(idle, 100), turn(a, idle, 200, asleep), wakeup(a, 250), turn(idle, a, 300)],
    waits: [firstRun, waitOf(a, 50)],
  },
  {
    name: '9: a wait that ends before it began is counted as negative',
    events: [wakeup(a, 500), turn(idle, a, 480)],
    waits: [],
    negative: 1,
  },
  {
    name: '10: a new thread waits like a woken one',
    events: [created(a, 10), turn(idle, a, 40)],
    waits: [waitOf(a, 30)],
  },
  {
    name: '11: a new thread inherits nothing from one that had its number',
    events: [wakeup(a, 100), exit(a), created(a, 900), turn(idle, a, 950)],
    waits: [waitOf(a, 50)],
  },
  {
    name: '12: a thread that leaves throttled waits for its quota',
    events: [...running, turn(a, b, 1000, { ...runnable, throttled: true }), turn(b, a, 81_000, asleep)],
    waits: [firstRun, waitOf(a, 80_000, 'throttled')],
    unknown: 1,
  },
  { name: '13: the first event of all may be a switch-in', events: [turn(idle, a, 10)], waits: [], unknown: 1 },
  {
    name: '14: a thread that a signal keeps awake waits, although the event calls it asleep',
    events: [...running, turn(a, b, 1000, { ...asleep, state: 0 }), turn(b, a, 1300, asleep)],
    waits: [firstRun, waitOf(a, 300)],
    unknown: 1,
  },
  {
    name: '15: a wakeup of a thread that was switched out while runnable does not shorten the wait',
    events: [...running, turn(a, b, 1000), wakeup(a, 1200), turn(b, a, 1500, asleep)],
    waits: [firstRun, waitOf(a, 500)],
    unknown: 1,
  },
  {
    name: '16: before 6.18 a thread that is woken in a throttled group waits for its quota',
    events: [wakeup(a, 100, true), turn(idle, a, 350)],
    waits: [waitOf(a, 250, 'throttled')],
  },
  {
    name: '17: the cause is the one of the beginning of the wait',
    events: [wakeup(a, 100), wakeup(a, 200, true), turn(idle, a, 350)],
    waits: [waitOf(a, 250)],
  },
  {
    name: '18: a wakeup of a running thread begins no wait, even if the kernel keeps its switch-out from us',
    events: [...running, wakeup(a, 100), turn(idle, a, 5000)],
    waits: [firstRun],
    unknown: 1,
  },
];

describe('golden sequence', () => {
  test.for(golden)('$name', ({ events, waits, unknown = 0, negative = 0 }) => {
    expect(rule.replay([events])).toEqual([{ waits, unknown, negative }]);
  });
});

/** What one CPU may do next: each number picks one of the things that are possible then. */
function eventsOf(choices: readonly number[]): SchedulerEvent[] {
  const threads = [1, 2, 3, 4];
  const isAwake = new Set<number>();
  const events: SchedulerEvent[] = [];
  let current = idle;
  let atNs = 10;
  for (const choice of choices) {
    atNs += 1 + (choice % 97);
    const thread = threads[choice % threads.length] ?? 1;
    if (choice % 3 === 0) {
      events.push(wakeup(thread, atNs));
      isAwake.add(thread);
      continue;
    }
    const leaving: Leaving = choice % 5 === 0 ? asleep : { ...runnable, preempt: choice % 2 === 0 };
    if (leaving === asleep) isAwake.delete(current);
    const next = [...isAwake].find((candidate) => candidate !== current && candidate >= thread) ?? idle;
    if (next === current) continue;
    events.push(turn(current, next, atNs, leaving));
    current = next;
  }
  return events;
}

test('every switch-in of a thread is a wait, unknown or negative, and no thread waits while it runs', () => {
  const choices = fc.array(fc.nat({ max: 100_000 }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.array(choices.map(eventsOf), { minLength: 1, maxLength: 20 }), (sequences) => {
      const replays = rule.replay(sequences);
      sequences.forEach((events, index) => {
        const { waits, unknown, negative } = replays[index] ?? { waits: [], unknown: NaN, negative: NaN };
        const switchIns = events.filter((event) => event.kind === 'switch' && event.to !== idle).length;
        expect(waits.length + unknown + negative).toBe(switchIns);
        for (const thread of [1, 2, 3, 4]) {
          const waited = waits.filter((wait) => wait.thread === thread).reduce((sum, { ns }) => sum + ns, 0);
          expect(waited).toBeLessThanOrEqual(spanNs(events) - runNs(events, thread));
        }
      });
    }),
    { numRuns: 50 },
  );
});

const instants = (events: readonly SchedulerEvent[]): number[] =>
  events.flatMap((event) => (event.kind === 'exit' ? [] : [event.atNs]));
const spanNs = (events: readonly SchedulerEvent[]): number =>
  (instants(events).at(-1) ?? 0) - (instants(events)[0] ?? 0);

function runNs(events: readonly SchedulerEvent[], thread: number): number {
  let ranNs = 0;
  let sinceNs: number | null = null;
  for (const event of events) {
    if (event.kind !== 'switch') continue;
    if (event.to === thread) sinceNs = event.atNs;
    if (event.from === thread && sinceNs !== null) ranNs += event.atNs - sinceNs;
  }
  return ranNs;
}

describe('slots', () => {
  const log2SlotOf = (slot: number): number =>
    log2View(Array.from({ length: slotCount }, (_, index) => Number(index === slot))).indexOf(1);

  test.for([
    { waitNs: 999, slot: 7, log2Slot: 0 },
    { waitNs: 1999, slot: 15, log2Slot: 0 },
    { waitNs: 2000, slot: 16, log2Slot: 1 },
    { waitNs: 3900, slot: 23, log2Slot: 1 },
    { waitNs: 1_023_000, slot: 87, log2Slot: 9 },
    { waitNs: 1_024_000, slot: 88, log2Slot: 10 },
    { waitNs: 13_500_000, slot: 117, log2Slot: 13 },
    { waitNs: 15_000_000, slot: 118, log2Slot: 13 },
    { waitNs: 16_500_000, slot: 120, log2Slot: 14 },
    { waitNs: 60_000_000_000, slot: 191, log2Slot: 22 },
  ])('a wait of $waitNs ns falls into slot $slot, and into slot $log2Slot of the log2 view', (expected) => {
    expect(rule.slotsOf([expected.waitNs])).toEqual([expected.slot]);
    expect(log2SlotOf(expected.slot)).toBe(expected.log2Slot);
  });

  test('slot 117 ends at 14.336 ms', () => {
    expect(slotLowerNs(118)).toBe(14_336_000);
    expect(rule.slotsOf([14_335_999, 14_336_000])).toEqual([117, 118]);
  });

  test('kernel and TypeScript agree at every bound of a slot, and right before and after it', () => {
    const finite = slotBoundsNs.filter((bound) => Number.isFinite(bound));
    const waitsNs = finite.flatMap((bound) => [Math.max(0, bound - 1), bound, bound + 1]);
    expect(finite).toHaveLength(slotCount);
    expect(rule.slotsOf(waitsNs)).toEqual(waitsNs.map(slotOf));
    expect(rule.slotsOf(finite)).toEqual(finite.map((_, slot) => slot));
  });

  test('kernel and TypeScript agree on waits of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 100 }), (waitsNs) => {
        expect(rule.slotsOf(waitsNs)).toEqual(waitsNs.map(slotOf));
      }),
      { numRuns: 20 },
    );
  });

  test('the longest wait that 64 bits hold falls into the last slot', () => {
    expect(rule.slotsOf([2n ** 64n - 1n])).toEqual([191]);
  });
});
