import { availableParallelism, release } from 'node:os';
import { Cleanup } from '../../core/cleanup.ts';
import type { Clock } from '../../core/clock.ts';
import { HarnessError, type Problem } from '../../core/errors.ts';
import { isRunnable } from '../../core/find-program.ts';
import type { ProcessRunner } from '../../core/process.ts';
import type { Plan } from '../../plan/plan.ts';
import type { TestbedFacts } from '../../telemetry/evidence.ts';
import { cgroupRoom } from '../../../tracer/client/cgroup-room.ts';
import { ownCpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import { startRunqTracer } from '../../../tracer/client/start-tracer.ts';
import type { LiveTrial, Stage, Testbed, TrialRequest } from '../port.ts';
import { threadsOf } from '../../plan/thread-count.ts';
import type { Cgroup } from './cgroup.ts';
import { cgroupRemedy } from './controller-handover.ts';
import { startDisturbance } from './disturbance.ts';
import { kernelAheadMs } from './kernel-clock.ts';
import { LocalTrial } from './local-trial.ts';
import { probeCgroups, probeTracer, type TracerProbe } from './probe.ts';
import type { ResourceGroup } from './resource-group.ts';
import { busyWith, createRunGroup, removeLeftovers } from './run-group.ts';
import { ownSubtrees, type Subtree } from './subtree.ts';
import { checkThreads } from './thread-limit.ts';
import { BpfMeter, SchedstatMeter, type WaitMeter } from './wait-meter.ts';
import { startWorkload } from './workload.ts';

export interface LocalDependencies {
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  /** The programs built from `tracer/`. */
  readonly tracer: string;
  readonly workload: string;
  /** The program `stress`, or null if there is none. */
  readonly stress: string | null;
  readonly isRoot: boolean;
  /** Name of the cgroup that holds those of all runs: the runs below one of them exclude each other. */
  readonly subtree: string;
  readonly pid: number;
}

/** The helper speaks by itself only to show that it lives; samples are asked for. */
const heartbeatMs = 10_000;
/** The bound of `--stats-ms` (tracer/runq/options.c). */
const longestStatsMs = 3_600_000;

/** This machine: real processes in real cgroups, traced in the real kernel. */
export class LocalTestbed implements Testbed {
  readonly time = 'wall';
  readonly #dependencies: LocalDependencies;
  #probe: Promise<TracerProbe> | undefined;

  constructor(dependencies: LocalDependencies) {
    this.#dependencies = dependencies;
  }

  /** Loads the tracer once for real: nothing else tells whether this kernel accepts it. */
  #probeTracer(): Promise<TracerProbe> {
    this.#probe ??= probeTracer(this.#dependencies);
    return this.#probe;
  }

  async facts(plan: Plan): Promise<TestbedFacts> {
    const { stress } = this.#dependencies;
    const source = await this.#source(plan);
    const probe = plan.source === 'schedstat' ? null : await this.#probeTracer();
    const hierarchy = ownCpuHierarchy();
    const disturbs = plan.arms.some(({ disturbances }) => disturbances.cpu !== null);
    const hello = probe?.ok === true ? probe.hello : null;
    return {
      kind: 'local',
      cores: availableParallelism(),
      source,
      details: {
        kernel: release(),
        cgroupVersion: hierarchy?.version ?? null,
        cgroupHierarchy: hierarchy?.mountPoint ?? null,
        disturbanceProgram: disturbs ? (stress ?? 'spinner') : null,
        tracerCauseRule: hello?.causeRule ?? null,
        tracerPrevState: hello?.prevState ?? null,
        tracerCapabilities: hello?.capabilities ?? null,
      },
      notes: [
        ...(disturbs && stress === null ? ['`stress` is not installed: our own spinner was used in its place.'] : []),
        ...(source === 'schedstat' && probe?.ok === false ? [`source: schedstat, because ${probe.error.message}`] : []),
      ],
    };
  }

  async #source(plan: Plan): Promise<'bpf' | 'schedstat'> {
    if (plan.source !== 'auto') return plan.source;
    const probe = await this.#probeTracer();
    return probe.ok || needsHistogram(plan) ? 'bpf' : 'schedstat';
  }

  async check(plan: Plan): Promise<readonly Problem[]> {
    const { workload, stress } = this.#dependencies;
    const problems: Problem[] = [];
    if (!isRunnable(workload)) {
      const hint = 'Build it with `make -C tracer/workload` (needs gcc and make), or run `node setup.mjs`.';
      problems.push({ severity: 'error', code: 'workload-missing', message: `${workload} is not there.`, hint });
    }
    problems.push(...probeCgroups(this.#dependencies), ...this.#checkBusy());
    problems.push(...checkThreads(plan, availableParallelism()));
    problems.push(...(await this.#checkSource(plan)));
    if (plan.loads.length > 0) {
      const hint = 'Remove `loads` from the profile, or use `testbed: { kind: sim, ... }`.';
      const message = 'The local testbed has no application to offer a load to.';
      problems.push({ severity: 'error', code: 'load-without-application', message, hint });
    }
    if (stress === null && plan.arms.some(({ disturbances }) => disturbances.cpu !== null)) {
      const message = '`stress` is not installed: our own spinner is used in its place, and the report says so.';
      problems.push({ severity: 'warning', code: 'stress-missing', message, hint: 'apt-get install stress' });
    }
    return problems;
  }

  #checkBusy(): Problem[] {
    const { isRoot, subtree, pid } = this.#dependencies;
    const busy = busyWith(ownSubtrees(isRoot, subtree).subtrees, pid);
    return busy === null ? [] : [{ severity: 'error', code: 'machine-busy', ...busy }];
  }

  async #checkSource(plan: Plan): Promise<Problem[]> {
    const quantiles = plan.hypotheses.filter(({ metric }) => isQuantile(metric)).map(({ metric }) => metric);
    if (plan.source === 'schedstat') {
      if (quantiles.length === 0) return [];
      const message = `source schedstat has no histogram, but the hypotheses need ${quantiles[0] ?? ''}.`;
      const hint = 'Use `source: bpf`, or a metric such as canary-wait-mean.';
      return [{ severity: 'error', code: 'source-without-histogram', message, hint }];
    }
    const probe = await this.#probeTracer();
    if (probe.ok) return [];
    const { message, hint = '' } = probe.error;
    const isFallback = plan.source === 'auto' && quantiles.length === 0;
    if (isFallback) {
      const text = `${message} The fallback schedstat is used: means and sums, no quantiles.`;
      return [{ severity: 'warning', code: 'tracer-unavailable', message: text, hint }];
    }
    const why = quantiles[0] === undefined ? 'the profile asks for source bpf' : `the hypotheses need ${quantiles[0]}`;
    return [{ severity: 'error', code: 'tracer-unavailable', message: `${message} No fallback: ${why}.`, hint }];
  }

  async prepare(plan: Plan, signal: AbortSignal): Promise<Stage> {
    signal.throwIfAborted();
    const { clock, isRoot, subtree: name, pid } = this.#dependencies;
    const { subtrees } = ownSubtrees(isRoot, name);
    if (ownCpuHierarchy() === null) {
      throw new HarnessError('machine-lacks', 'No cgroup hierarchy is mounted.', { hint: cgroupRemedy });
    }
    refuseIfBusy(subtrees, pid);
    await removeLeftovers(subtrees, clock, signal);
    const source = await this.#source(plan);
    // Without an application nothing is limited, and nothing is touched but the hierarchy by which the tracer counts.
    const run = createRunGroup(plan.application === null ? subtrees.slice(0, 1) : subtrees, pid);
    try {
      // Another one may have looked at the same time; now each sees the other.
      refuseIfBusy(subtrees, pid);
    } catch (error) {
      await undoing(error, () => run.remove(clock));
    }
    return {
      begin: (request, trialSignal) => this.#begin(plan, source, run.group, request, trialSignal),
      [Symbol.asyncDispose]: () => run.remove(clock),
    };
  }

  async #begin(
    plan: Plan,
    source: 'bpf' | 'schedstat',
    run: ResourceGroup,
    { arm }: TrialRequest,
    signal: AbortSignal,
  ): Promise<LiveTrial> {
    const { runner, clock, workload, stress } = this.#dependencies;
    const cores = availableParallelism();
    const cleanup = new Cleanup();
    try {
      const meter = await this.#meter(source, plan.warmupMs, cleanup, signal);
      const addGroup = (name: string): Cgroup => {
        const group = run.child(name);
        cleanup.defer(() => group.remove(clock));
        meter.watch(name, group.cpu);
        return group.cpu;
      };
      const canaryGroup = plan.canary && addGroup('canary');
      const threads = threadsOf(arm.disturbances.cpu, cores);
      const disturbanceGroup = threads > 0 ? addGroup('disturbance') : null;
      const disturbance =
        disturbanceGroup &&
        cleanup.use(
          await startDisturbance({ runner, clock, workload, stress, cgroup: disturbanceGroup, threads }, signal),
        );
      const canary =
        plan.canary && canaryGroup
          ? cleanup.use(
              await startWorkload(
                { runner, clock },
                workload,
                [
                  ...['canary', '--rate-per-second', String(plan.canary.ratePerSecond)],
                  ...['--work-micros', String(plan.canary.workMicros), '--cgroup-procs', canaryGroup.processesFile],
                ],
                signal,
              ),
            )
          : null;
      signal.throwIfAborted();
      return new LocalTrial({ meter, canary, disturbance, cleanup }, cores, clock);
    } catch (error) {
      return await undoing(error, () => cleanup[Symbol.asyncDispose]());
    }
  }

  async #meter(
    source: 'bpf' | 'schedstat',
    warmupMs: number,
    cleanup: Cleanup,
    signal: AbortSignal,
  ): Promise<WaitMeter> {
    const { runner, clock, tracer } = this.#dependencies;
    if (source === 'schedstat') return new SchedstatMeter(clock);
    const hierarchy = ownCpuHierarchy();
    // The cost of a program run is measured in the warm-up only: measuring it costs too.
    const options = {
      ...{ file: tracer, intervalMs: heartbeatMs },
      ...(warmupMs > 0 ? { statsMs: Math.min(warmupMs, longestStatsMs) } : {}),
      ...(hierarchy ? { groups: cgroupRoom(hierarchy.mountPoint) } : {}),
    };
    const running = cleanup.use(await startRunqTracer(options, { runner, clock, signal }));
    return new BpfMeter(running, kernelAheadMs(clock));
  }
}

function refuseIfBusy(subtrees: readonly Subtree[], pid: number): void {
  const busy = busyWith(subtrees, pid);
  if (busy !== null) throw new HarnessError('machine-lacks', busy.message, { hint: busy.hint });
}

/** Undoes what was begun and throws why; if undoing fails too, that comes second. */
async function undoing(error: unknown, undo: () => Promise<void>): Promise<never> {
  try {
    await undo();
  } catch (failure) {
    throw new AggregateError([error, failure], 'What failed could not be undone.', { cause: failure });
  }
  throw error;
}

function needsHistogram(plan: Plan): boolean {
  return plan.hypotheses.some(({ metric }) => isQuantile(metric));
}

function isQuantile(metric: string): boolean {
  return /-p\d+$/.test(metric);
}
