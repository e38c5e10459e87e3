import { allErrors } from '../core/all-errors.ts';
import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { cgroupFiles, CgroupNames } from '../../tracer/client/cgroup-names.ts';
import { cgroupRoom } from '../../tracer/client/cgroup-room.ts';
import { ownCpuHierarchy } from '../../tracer/client/cpu-hierarchy.ts';
import { difference } from '../../tracer/client/difference.ts';
import { startRunqTracer } from '../../tracer/client/start-tracer.ts';
import { renderTrace } from '../../tracer/client/trace-view.ts';
import type { Composition } from './compose.ts';
import { onInterruption } from './interruption.ts';

export interface TraceOptions {
  /** Milliseconds. */
  readonly interval?: number | undefined;
  /** Milliseconds; undefined until the user stops it. */
  readonly for?: number | undefined;
  /** Cgroups to show. */
  readonly top: number;
}

export async function traceCommand(options: TraceOptions, world: Composition): Promise<ExitStatus> {
  using interruption = onInterruption(world.terminal, 'Stopping.');
  const signal = AbortSignal.any([interruption.signal, world.terminal.unread]);
  try {
    await trace(options, world, signal);
    return 0;
  } catch (error) {
    // Ctrl-C is how a trace without an end is ended.
    if (signal.aborted && allErrors(error).every((one) => one === signal.reason)) {
      return world.terminal.unread.aborted || options.for === undefined ? 0 : 130;
    }
    throw error;
  }
}

async function trace(options: TraceOptions, world: Composition, signal: AbortSignal): Promise<void> {
  const { runner, clock, terminal, programs } = world;
  const intervalMs = Math.round(options.interval ?? 1000);
  if (intervalMs < 100 || intervalMs > 10_000) {
    throw new HarnessError('usage', `The interval is ${intervalMs} ms; the tracer takes 100 ms to 10 s.`);
  }
  const hierarchy = ownCpuHierarchy();
  if (hierarchy === null) throw new HarnessError('machine-lacks', 'No cgroup hierarchy is mounted.');
  const names = new CgroupNames(hierarchy, cgroupFiles, clock);
  await using tracer = await startRunqTracer(
    { file: programs.tracer, intervalMs, groups: cgroupRoom(hierarchy.mountPoint) },
    { runner, clock, signal },
  );
  terminal.err(`Tracing run-queue wait on kernel ${tracer.hello.kernel}, ${tracer.hello.cpus} CPUs; ctrl-C ends it.\n`);
  const count = options.for === undefined ? Infinity : Math.max(1, Math.floor(options.for / intervalMs));
  let earlier = await tracer.snapshot(signal);
  let faults = tracer.faults;
  const startMs = clock.nowMs();
  for (let number = 1; number <= count; number++) {
    await clock.sleep(startMs + number * intervalMs - clock.nowMs(), signal);
    const later = await tracer.snapshot(signal);
    const interval = difference(earlier, later);
    const active = interval.groups.filter(({ contention, throttled }) => contention.count + throttled.count > 0);
    const resolved = await names.resolve(active.map(({ id }) => id));
    const broken = tracer.faults.broken - faults.broken;
    const missed = tracer.faults.missed - faults.missed;
    faults = tracer.faults;
    earlier = later;
    const width = Math.min(terminal.columns, 120);
    terminal.out(`${new Date(clock.wallMs()).toISOString()}\n`);
    const shown = { interval, names: resolved, faults: { broken, missed } };
    terminal.out(`${renderTrace(shown, { width, top: options.top })}\n`);
  }
}
