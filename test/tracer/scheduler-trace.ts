import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the kernel's own tracer (ftrace) saw, to judge the counters that the oracle compares with. */
export interface SchedulerTrace {
  /**
   * How often each thread was moved while it slept but was still queued. From 6.12 on a thread that goes to sleep may stay queued for
   * a while; if the load balancer moves it in that state, the kernel begins its wait there and counts the sleep as run_delay
   * (tracing.md, 10.1). It shows as a `sched_migrate_task` between a switch-out that blocks and the `sched_waking` after it.
   */
  readonly movesWhileQueued: ReadonlyMap<number, number>;
  /** Places where a CPU goes on with another thread than it last went to: there the kernel made a switch without a trace event. */
  readonly gaps: number;
}

export interface SchedulerRecorder extends AsyncDisposable {
  read(): SchedulerTrace;
}

/** Records into an instance of its own, so that nobody else's tracing is touched. Throws if the kernel offers none. */
export function recordScheduler(tids: readonly number[]): SchedulerRecorder {
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type]) => type === 'tracefs')?.[1];
  const own = mounted === undefined ? mkdtempSync(join(tmpdir(), 'scalelab-test-tracefs-')) : null;
  if (own !== null) execFileSync('mount', ['-t', 'tracefs', 'tracefs', own]);
  const instance = join(mounted ?? own ?? '', 'instances', `scalelab-test-${process.pid}`);
  mkdirSync(instance);
  const ofThreads = tids.map((tid) => `pid == ${tid}`).join(' || ');
  for (const [file, value] of [
    // One clock for all CPUs, so that the order of the lines is the order of the events.
    ['trace_clock', 'mono'],
    ['buffer_size_kb', '4096'],
    ['events/sched/sched_migrate_task/filter', ofThreads],
    ['events/sched/sched_waking/filter', ofThreads],
    ['events/sched/sched_migrate_task/enable', '1'],
    ['events/sched/sched_waking/enable', '1'],
    ['events/sched/sched_switch/enable', '1'],
  ] as const) {
    writeFileSync(join(instance, file), value);
  }
  return {
    read: () => {
      writeFileSync(join(instance, 'tracing_on'), '0');
      return readTrace(readFileSync(join(instance, 'trace'), 'utf8'));
    },
    [Symbol.asyncDispose]: () => {
      rmdirSync(instance);
      if (own !== null) {
        execFileSync('umount', [own]);
        rmdirSync(own);
      }
      return Promise.resolve();
    },
  };
}

/** @param text of a `trace` file: one event a line, in the order of time */
export function readTrace(text: string): SchedulerTrace {
  const asleep = new Set<string>();
  const current = new Map<string, string>();
  const movesWhileQueued = new Map<number, number>();
  let gaps = 0;
  for (const line of text.split('\n')) {
    const [, cpu = '', event = ''] = /\[(\d+)\] .* (sched_\w+): /.exec(line) ?? [];
    const tid = / (?:prev_)?pid=(\d+)/.exec(line)?.[1] ?? '';
    if (event === 'sched_switch') {
      if ((current.get(cpu) ?? tid) !== tid) gaps++;
      current.set(cpu, / next_pid=(\d+)/.exec(line)?.[1] ?? '');
      if (!line.includes(' prev_state=R')) asleep.add(tid);
    } else if (event === 'sched_waking') {
      asleep.delete(tid);
    } else if (event === 'sched_migrate_task' && asleep.has(tid)) {
      movesWhileQueued.set(Number(tid), (movesWhileQueued.get(Number(tid)) ?? 0) + 1);
    }
  }
  return { movesWhileQueued, gaps };
}
