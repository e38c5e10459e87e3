import type { Cleanup } from '../../core/cleanup.ts';
import type { Problem } from '../../core/errors.ts';
import { planForArm } from '../../plan/plan-for-arm.ts';
import { needsHistogram, type Plan, type PlannedArm } from '../../plan/plan.ts';
import { cgroupRoom } from '../../../tracer/client/cgroup-room.ts';
import { ownCpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import { startRunqTracer } from '../../../tracer/client/start-tracer.ts';
import { kernelAheadMs } from './kernel-clock.ts';
import type { LocalDependencies } from './local-dependencies.ts';
import { probeTracer, type TracerProbe } from './probe.ts';
import { BpfMeter, NoMeter, SchedstatMeter, type WaitMeter } from './wait-meter.ts';

export type LocalSource = 'bpf' | 'schedstat' | 'none';

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

  /** @param plan as an arm sees it, or that of the experiment */
  async of(plan: Plan): Promise<LocalSource> {
    if (plan.source !== 'auto') return plan.source;
    const probe = await this.probe();
    return probe.ok || histogramNeed(plan, plan.arms) !== null ? 'bpf' : 'schedstat';
  }

  /** What policies need that a source named by the profile cannot give, is found by what the testbed offers. */
  async check(plan: Plan): Promise<Problem[]> {
    return [...checkSchedstat(plan), ...(mayBeTraced(plan) ? await this.#checkTracer(plan) : [])];
  }

  async #checkTracer(plan: Plan): Promise<Problem[]> {
    const probe = await this.probe();
    if (probe.ok) return [];
    const { message, hint = '' } = probe.error;
    const isAsked = armsOf(plan, 'bpf').length > 0;
    const why = isAsked ? 'the profile asks for source bpf' : histogramNeed(plan, armsOf(plan, 'auto'));
    if (why === null) {
      const text = `${message} The fallback schedstat is used: means and sums, no quantiles.`;
      return [{ severity: 'warning', code: 'tracer-unavailable', message: text, hint }];
    }
    return [{ severity: 'error', code: 'tracer-unavailable', message: `${message} No fallback: ${why}.`, hint }];
  }
}

/** Is there an arm whose source is BPF, or may be? */
export const mayBeTraced = (plan: Plan): boolean => armsOf(plan, 'bpf').length > 0 || armsOf(plan, 'auto').length > 0;

function checkSchedstat(plan: Plan): Problem[] {
  const [quantile] = quantilesOf(plan, armsOf(plan, 'schedstat'));
  if (quantile === undefined) return [];
  const message = `source schedstat has no histogram, but the hypotheses need ${quantile}.`;
  const hint = 'Use `source: bpf`, or a metric such as canary-wait-mean.';
  return [{ severity: 'error', code: 'source-without-histogram', message, hint }];
}

/** Arms that have this choice, of the profile or of their own. */
const armsOf = (plan: Plan, source: Plan['source']): readonly PlannedArm[] =>
  plan.arms.filter((arm) => planForArm(plan, arm).source === source);

/** Metrics of hypotheses about these arms. */
const quantilesOf = ({ hypotheses }: Plan, arms: readonly PlannedArm[]): readonly string[] =>
  hypotheses
    .filter(({ arm, against }) => arms.some(({ name }) => name === arm || name === against))
    .map(({ metric }) => metric)
    .filter(needsHistogram);

/** Who cannot do without a histogram in these arms, as the end of a sentence; null if everybody can. */
function histogramNeed(plan: Plan, arms: readonly PlannedArm[]): string | null {
  const [quantile] = quantilesOf(plan, arms);
  if (quantile !== undefined) return `the hypotheses need ${quantile}`;
  const arm = arms.find(({ policy }) => policy?.demands.needs.includes('wait-histogram'));
  return arm === undefined ? null : `the policy of the arm ${arm.name} needs wait-histogram`;
}

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
  if (source === 'none') return new NoMeter(clock);
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
