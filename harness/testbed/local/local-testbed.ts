import { release } from 'node:os';
import { Cleanup } from '../../core/cleanup.ts';
import { HarnessError, type Problem } from '../../core/errors.ts';
import { startSpawner } from '../../core/spawner.ts';
import { isRunnable } from '../../core/find-program.ts';
import { planForArm } from '../../plan/plan-for-arm.ts';
import type { Plan } from '../../plan/plan.ts';
import type { TestbedFacts } from '../../telemetry/evidence.ts';
import { ownCpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import type { Stage, Testbed } from '../port.ts';
import { checkApplication } from './application/check-application.ts';
import { checkProc } from './check-proc.ts';
import { cgroupRemedy } from './controller-handover.ts';
import { formatCpuList } from '../../core/cpu-list.ts';
import { splitCpus, splitText, type CpuSplit } from './cpu-split.ts';
import { removeAllLeftovers } from './leftovers.ts';
import type { LocalDependencies } from './local-dependencies.ts';
import { LocalStage } from './local-stage.ts';
import { allowedCpus, bindOwnThreads } from './own-cpus.ts';
import { policyOffers } from './policy-offers.ts';
import { probeCgroups } from './probe.ts';
import { createRunFolder, removeFolder } from './run-folder.ts';
import { busyWith, createRunGroup } from './run-group.ts';
import { ownSubtrees, type Subtree } from './subtree.ts';
import { startUnits, stopUnits } from './systemd-unit.ts';
import { checkThreads } from './thread-limit.ts';
import { undoing } from './undoing.ts';
import { mayBeTraced, WaitSourceChoice, type LocalSource } from './wait-source.ts';

/** This machine: real processes in real cgroups, traced in the real kernel. */
export class LocalTestbed implements Testbed {
  readonly time = 'wall';
  readonly #dependencies: LocalDependencies;
  readonly #source: WaitSourceChoice;
  /** Read before the harness keeps itself to its own. */
  readonly #cpus = allowedCpus();

  constructor(dependencies: LocalDependencies) {
    this.#dependencies = dependencies;
    this.#source = new WaitSourceChoice(dependencies);
  }

  get #cores(): number {
    return Math.max(1, this.#cpus.length);
  }

  /** Null without an application: then there is nobody to keep apart. */
  #split({ application, testbed }: Plan): CpuSplit | null {
    return application === null || testbed.kind !== 'local' ? null : splitCpus(this.#cpus, testbed).split;
  }

  capacityCores(plan: Plan): number | null {
    return this.#split(plan)?.application.length ?? null;
  }

  async offers(plan: Plan): ReturnType<Testbed['offers']> {
    return policyOffers(plan, await this.#source.of(plan), ownSubtrees(this.#dependencies).lacks);
  }

  async facts(plan: Plan): Promise<TestbedFacts> {
    const { stress } = this.#dependencies;
    const source = await this.#source.of(plan);
    const probe = mayBeTraced(plan) ? await this.#source.probe() : null;
    const hierarchy = ownCpuHierarchy();
    const disturbs = plan.arms.some(({ disturbances }) => disturbances.cpu !== null);
    const hello = probe?.ok === true ? probe.hello : null;
    const split = this.#split(plan);
    const { lacks } = ownSubtrees(this.#dependencies);
    const binding = lacks.includes('cpuset') ? 'affinity' : 'cpuset';
    return {
      kind: 'local',
      cores: this.#cores,
      source,
      details: {
        kernel: release(),
        cgroupVersion: hierarchy?.version ?? null,
        cgroupHierarchy: hierarchy?.mountPoint ?? null,
        disturbanceProgram: disturbs ? (stress ?? 'spinner') : null,
        tracerCauseRule: hello?.causeRule ?? null,
        tracerPrevState: hello?.prevState ?? null,
        tracerCapabilities: hello?.capabilities ?? null,
        applicationCpus: split && formatCpuList(split.application),
        harnessCpus: split && formatCpuList(split.harness),
        cpuBinding: split && binding,
        controllersMissing: split && (lacks.join(', ') || null),
      },
      notes: [
        ...(split ? [splitText(split)] : []),
        ...(split && binding === 'affinity'
          ? ['Replicas are bound to their CPUs by affinity, for want of a cpuset.']
          : []),
        ...(disturbs && stress === null ? ['`stress` is not installed: our own spinner was used in its place.'] : []),
        ...(await this.#sourceNotes(plan)),
        ...(source === 'schedstat' && probe?.ok === false ? [`source: schedstat, because ${probe.error.message}`] : []),
      ],
    };
  }

  /** Arms that measure run-queue waits otherwise than the profile says. */
  async #sourceNotes(plan: Plan): Promise<readonly string[]> {
    const others = plan.arms.filter(({ overrides }) => overrides.source !== undefined);
    return Promise.all(
      others.map(async (arm) => `${arm.name}: source ${await this.#source.of(planForArm(plan, arm))}`),
    );
  }

  async check(plan: Plan): Promise<readonly Problem[]> {
    const { workload, stress, isRoot } = this.#dependencies;
    const { application } = plan;
    const problems: Problem[] = [];
    if (!isRunnable(workload)) {
      const hint = 'Build it with `make -C tracer/workload` (needs gcc and make), or run `node setup.mjs`.';
      problems.push({ severity: 'error', code: 'workload-missing', message: `${workload} is not there.`, hint });
    }
    problems.push(...probeCgroups(this.#dependencies), ...this.#checkBusy());
    problems.push(...checkThreads(plan, this.#split(plan)?.application.length ?? this.#cores));
    problems.push(...(await this.#source.check(plan)));
    const sources = await this.#sourcesOf(plan);
    problems.push(...checkProc(isRoot, [...sources.values()].includes('schedstat')));
    if (application !== null) {
      const { lacks } = ownSubtrees(this.#dependencies);
      problems.push(...(await checkApplication(plan, application, this.#dependencies, { cpus: this.#cpus, lacks })));
    } else if (plan.loads.length > 0) {
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

  /** By arm. */
  async #sourcesOf(plan: Plan): Promise<ReadonlyMap<string, LocalSource>> {
    const all = plan.arms.map(async (arm) => [arm.name, await this.#source.of(planForArm(plan, arm))] as const);
    return new Map(await Promise.all(all));
  }

  #checkBusy(): Problem[] {
    const busy = busyWith(ownSubtrees(this.#dependencies).subtrees, this.#dependencies.pid);
    return busy === null ? [] : [{ severity: 'error', code: 'machine-busy', ...busy }];
  }

  async prepare(plan: Plan, signal: AbortSignal): Promise<Stage> {
    signal.throwIfAborted();
    const { clock, runner, subtree: name, pid, temporaryFolder } = this.#dependencies;
    const { subtrees } = ownSubtrees(this.#dependencies);
    if (ownCpuHierarchy() === null) {
      throw new HarnessError('machine-lacks', 'No cgroup hierarchy is mounted.', { hint: cgroupRemedy });
    }
    refuseIfBusy(subtrees, pid);
    await removeAllLeftovers(this.#dependencies, signal);
    const sources = await this.#sourcesOf(plan);
    const split = this.#split(plan);
    const cleanup = new Cleanup();
    try {
      // Without an application nothing is limited, and nothing is touched but the hierarchy by which the tracer counts.
      const needed = split === null ? subtrees.slice(0, 1) : subtrees;
      cleanup.defer(() => stopUnits(needed, runner));
      await startUnits(needed, this.#dependencies, signal);
      const run = createRunGroup(needed, pid);
      cleanup.defer(() => run.remove(clock));
      // Another one may have looked at the same time; now each sees the other.
      refuseIfBusy(subtrees, pid);
      const folder = split && createRunFolder(temporaryFolder, name, pid);
      if (folder !== null) {
        cleanup.defer(() => {
          removeFolder(folder);
        });
      }
      if (split !== null) await this.#keepTo(split, cleanup);
      // It has the CPUs of the harness then; without an application nothing is started while anything is measured.
      const replicaRunner = split === null ? runner : cleanup.use(await startSpawner()).run;
      const options = { plan, sources, group: run.group, folder, split, allowedCpus: this.#cpus, replicaRunner };
      return new LocalStage(options, this.#dependencies, cleanup);
    } catch (error) {
      return await undoing(error, () => cleanup[Symbol.asyncDispose]());
    }
  }

  /** The harness, and with it all that it starts for itself, leaves the CPUs of the application. */
  async #keepTo({ harness }: CpuSplit, cleanup: Cleanup): Promise<void> {
    const { taskset, runner } = this.#dependencies;
    if (taskset === null || formatCpuList(harness) === formatCpuList(this.#cpus)) return;
    cleanup.defer(() => bindOwnThreads(taskset, this.#cpus, runner));
    await bindOwnThreads(taskset, harness, runner);
  }
}

function refuseIfBusy(subtrees: readonly Subtree[], pid: number): void {
  const busy = busyWith(subtrees, pid);
  if (busy !== null) throw new HarnessError('machine-lacks', busy.message, { hint: busy.hint });
}
