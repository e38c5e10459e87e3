import { expect, test } from 'vitest';
import { readTrace } from './scheduler-trace.ts';

const line = (cpu: number, event: string): string => `  some [name]-7  [00${cpu}] d..2.  9602.444353: ${event}`;
const sleeps = line(
  0,
  'sched_switch: prev_comm=a b prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=c next_pid=8 next_prio=120',
);
const preempted = sleeps.replace('prev_state=S', 'prev_state=R+');
const moves = line(1, 'sched_migrate_task: comm=a b pid=7 prio=120 orig_cpu=0 dest_cpu=1');
const wakes = line(1, 'sched_waking: comm=a b pid=7 prio=120 target_cpu=001');

test.each([
  ['a thread moved between its sleep and its waking was moved while queued', [sleeps, moves, wakes], 1],
  ['each move of it counts', [sleeps, moves, wakes, sleeps, moves, moves], 3],
  ['a thread that wakes on another CPU was not', [sleeps, wakes, moves], 0],
  ['a thread that waits may be moved', [preempted, moves], 0],
])('%s', (_, lines, count) => {
  expect(readTrace(['# tracer: nop', ...lines, ''].join('\n')).movesWhileQueued.get(7) ?? 0).toBe(count);
});

test('a CPU that goes on with another thread than it last went to has a gap', () => {
  const back = line(
    0,
    'sched_switch: prev_comm=c prev_pid=8 prev_prio=120 prev_state=S ==> next_comm=a b next_pid=7 next_prio=120',
  );
  const elsewhere = back.replace('[000]', '[001]');
  expect(readTrace([sleeps, back, sleeps].join('\n')).gaps).toBe(0);
  expect(readTrace([sleeps, elsewhere, back].join('\n')).gaps).toBe(0);
  expect(readTrace([sleeps, sleeps, back].join('\n')).gaps).toBe(1);
});
