import { expect, test } from 'vitest';
import { hostReading, parseHostCounters } from '../../../../harness/testbed/local/host-counters.ts';

const stat = `cpu  3256 10 2751 1578841 390 5 61 17 100 0
cpu0 1600 5 1400 789420 200 3 30 8 50 0
cpu1 1600 5 1300 789420 190 2 30 8 50 0
cpu10 56 0 51 1 0 0 1 1 0 0
intr 123456
ctxt 987654321
btime 1764000000
`;

test('busy is user, nice, system and interrupts; stolen is apart; idle, I/O wait and guests are neither', () => {
  expect(parseHostCounters(stat, [0, 1, 10])).toEqual({
    ...{ busySeconds: 60.83, stolenSeconds: 0.17, contextSwitches: 987654321 },
  });
});

test('CPUs that the harness may not use do not count: neither what they did nor what was stolen from them', () => {
  expect(parseHostCounters(stat, [10])).toMatchObject({ busySeconds: 1.08, stolenSeconds: 0.01 });
});

test('a reading is the difference, with the capacity of all cores', () => {
  const earlier = { busySeconds: 10, stolenSeconds: 1, contextSwitches: 100 };
  const later = { busySeconds: 11.5, stolenSeconds: 1.25, contextSwitches: 350 };
  expect(hostReading(earlier, later, 2, 1)).toEqual({
    busySeconds: 1.5,
    stolenSeconds: 0.25,
    capacitySeconds: 2,
    contextSwitches: 250,
  });
});
