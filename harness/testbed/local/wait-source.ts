import type { Cleanup } from '../../core/cleanup.ts';
import type { Problem } from '../../core/errors.ts';
import { needsHistogram, type Plan } from '../../plan/plan.ts';
import { cgroupRoom } from '../../../tracer/client/cgroup-room.ts';
import { ownCpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import { startRunqTracer } from '../../../tracer/client/start-tracer.ts';
import { kernelAheadMs } from './kernel-clock.ts';
import type { LocalDependencies } from './local-dependencies.ts';
import { probeTracer, type TracerProbe } from './probe.ts';
import { BpfMeter, SchedstatMeter, type WaitMeter } from './wait-meter.ts';

export type LocalSource = 'bpf' | 'schedstat';

/** The helper speaks by itself only to show that it lives; samples are asked for. */
const heartbeatMs = 10_000;
/** The bound of `--stats-ms` (tracer/runq/options.c). */
const longestStatsMs = 3_600_000;

/** Where run-queue wait comes from on this machine. */
export class WaitSourceChoice {
  readonly #dependencies: LocalDependencies;
  #probe: Promise<TracerProbe> | undefined;

  constructor(dependencies: LocalDependencies) {
    this.#dependencies = dependencies;
  }

  /** Loads the tracer once for real: nothing else tells whether this kernel accepts it. */
  probe(): Promise<TracerProbe> {
    this.#probe ??= probeTracer(this.#dependencies);
    return this.#probe;
  }

  async of(plan: Plan): Promise<LocalSource> {
    if (plan.source !== 'auto') return plan.source === 'none' ? 'schedstat' : plan.source;
    const probe = await this.probe();
    return probe.ok || quantilesOf(plan).length > 0 ? 'bpf' : 'schedstat';
  }

  async check(plan: Plan): Promise<Problem[]> {
    const [quantile] = quantilesOf(plan);
    if (plan.source === 'schedstat') {
      if (quantile === undefined) return [];
      const message = `source schedstat has no histogram, but the hypotheses need ${quantile}.`;
      const hint = 'Use `source: bpf`, or a metric such as canary-wait-mean.';
      return [{ severity: 'error', code: 'source-without-histogram', message, hint }];
    }
    const probe = await this.probe();
    if (probe.ok) return [];
    const { message, hint = '' } = probe.error;
    if (plan.source === 'auto' && quantile === undefined) {
      const text = `${message} The fallback schedstat is used: means and sums, no quantiles.`;
      return [{ severity: 'warning', code: 'tracer-unavailable', message: text, hint }];
    }
    const why = quantile === undefined ? 'the profile asks for source bpf' : `the hypotheses need ${quantile}`;
    return [{ severity: 'error', code: 'tracer-unavailable', message: `${message} No fallback: ${why}.`, hint }];
  }
}

const quantilesOf = ({ hypotheses }: Plan): readonly string[] =>
  hypotheses.map(({ metric }) => metric).filter(needsHistogram);

/**
 * Starts to measure.
 * @param warmupMs the cost of a program run in the kernel is measured for so long only: measuring it costs too
 * @param cleanup is told how to end it
 */
export async function startMeter(
  source: LocalSource,
  warmupMs: number,
  { runner, clock, tracer }: LocalDependencies,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<WaitMeter> {
  if (source === 'schedstat') return new SchedstatMeter(clock);
  const hierarchy = ownCpuHierarchy();
  const options = {
    ...{ file: tracer, intervalMs: heartbeatMs },
    ...(warmupMs > 0 ? { statsMs: Math.min(warmupMs, longestStatsMs) } : {}),
    ...(hierarchy ? { groups: cgroupRoom(hierarchy.mountPoint) } : {}),
  };
  const running = cleanup.use(await startRunqTracer(options, { runner, clock, signal }));
  return new BpfMeter(running, kernelAheadMs(clock));
}
