import { Cleanup } from '../../core/cleanup.ts';
import type { ProcessRunner } from '../../core/process.ts';
import { planForArm } from '../../plan/plan-for-arm.ts';
import type { Plan } from '../../plan/plan.ts';
import { threadsOf } from '../../plan/thread-count.ts';
import type { LiveTrial, Stage, TrialFindings, TrialRequest } from '../port.ts';
import { noEvidence } from '../../telemetry/evidence.ts';
import { applicationEvidence } from './application/application-evidence.ts';
import { startApplication } from './application/start-application.ts';
import { formatCpuList } from '../../core/cpu-list.ts';
import type { CpuSplit } from './cpu-split.ts';
import { startDisturbance } from './disturbance.ts';
import { setCpus } from './group-limits.ts';
import type { LocalDependencies } from './local-dependencies.ts';
import { LocalTrial, type ApplicationParts } from './local-trial.ts';
import type { ResourceGroup } from './resource-group.ts';
import { undoing } from './undoing.ts';
import { startMeter, type LocalSource } from './wait-source.ts';
import { WatchList } from './watch-list.ts';
import { boundTo, entering, startWorkload, type Workload } from './workload.ts';

export interface StageOptions {
  readonly plan: Plan;
  /** By arm. */
  readonly sources: ReadonlyMap<string, LocalSource>;
  /** Group of the run. */
  readonly group: ResourceGroup;
  /** For files of the trials; null without an application. */
  readonly folder: string | null;
  /** Null without an application: then everything runs anywhere. */
  readonly split: CpuSplit | null;
  /** Of the machine. */
  readonly allowedCpus: readonly number[];
  /** Starts replicas, also while a load is sent. */
  readonly replicaRunner: ProcessRunner;
}

/** This machine, prepared for one plan. */
export class LocalStage implements Stage {
  readonly #options: StageOptions;
  readonly #dependencies: LocalDependencies;
  readonly #cleanup: Cleanup;
  /** CPUs of what is measured; null for any. */
  readonly #cpus: string | null;

  /** @param cleanup ends all that was prepared */
  constructor(options: StageOptions, dependencies: LocalDependencies, cleanup: Cleanup) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#cleanup = cleanup;
    this.#cpus = options.split && formatCpuList(options.split.application);
  }

  async begin({ arm }: TrialRequest, signal: AbortSignal): Promise<LiveTrial | TrialFindings> {
    const { sources, split, allowedCpus } = this.#options;
    const plan = planForArm(this.#options.plan, arm);
    const source = sources.get(arm.name);
    if (source === undefined) throw new Error(`the stage was not prepared for an arm ${arm.name}`);
    const { runner, clock, workload, stress } = this.#dependencies;
    const cleanup = new Cleanup();
    try {
      const watched = new WatchList();
      const application = await this.#startApplication(plan, arm, watched, cleanup, signal);
      if (application !== null && application.application.startFailure !== null) {
        const evidence = applicationEvidence(application.application, clock.nowMs());
        await cleanup[Symbol.asyncDispose]();
        return notBegun(evidence);
      }
      const meter = await startMeter(source, plan.warmupMs, this.#dependencies, cleanup, signal);
      watched.handTo(meter);
      const addGroup = (name: string): ResourceGroup => {
        const group = this.#options.group.child(name);
        cleanup.defer(() => group.remove(clock));
        if (this.#cpus !== null) setCpus(group, this.#cpus);
        watched.watch(name, group.cpu);
        return group;
      };
      const canaryGroup = plan.canary && addGroup('canary');
      const threads = threadsOf(arm.disturbances.cpu, split?.application.length ?? allowedCpus.length);
      const disturbance =
        threads === 0
          ? null
          : cleanup.use(
              await startDisturbance(
                { runner, clock, workload, stress, group: addGroup('disturbance'), cpus: this.#cpus, threads },
                signal,
              ),
            );
      const canary = canaryGroup && cleanup.use(await this.#startCanary(plan, canaryGroup, signal));
      signal.throwIfAborted();
      const generatorCpus = split && formatCpuList(split.harness);
      return new LocalTrial({ meter, canary, disturbance, application, generatorCpus, cleanup }, allowedCpus, clock);
    } catch (error) {
      return await undoing(error, () => cleanup[Symbol.asyncDispose]());
    }
  }

  async #startApplication(
    plan: Plan,
    arm: TrialRequest['arm'],
    watched: WatchList,
    cleanup: Cleanup,
    signal: AbortSignal,
  ): Promise<ApplicationParts | null> {
    const { group, folder, split, replicaRunner } = this.#options;
    if (plan.application === null || folder === null || split === null) return null;
    const options = { plan, arm, group, folder, cpus: split.application, watched };
    return startApplication(options, { ...this.#dependencies, runner: replicaRunner }, cleanup, signal);
  }

  async #startCanary({ canary }: Plan, group: ResourceGroup, signal: AbortSignal): Promise<Workload> {
    const { runner, clock, workload } = this.#dependencies;
    if (canary === null) throw new Error('a canary that the plan does not have');
    const args = [
      ...['canary', '--rate-per-second', String(canary.ratePerSecond)],
      ...['--work-micros', String(canary.workMicros), ...entering(group.processesFiles)],
    ];
    return startWorkload({ runner, clock }, workload, boundTo(this.#cpus, workload, args), signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanup[Symbol.asyncDispose]();
  }
}

function notBegun(application: ReturnType<typeof applicationEvidence>): TrialFindings {
  return { evidence: { ...noEvidence, application }, spans: [] };
}
