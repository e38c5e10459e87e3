import { existsSync } from 'node:fs';
import { judge } from '../analysis/judge.ts';
import { summaryText } from '../analysis/summary-text.ts';
import { allErrors, messageOf } from '../core/all-errors.ts';
import { isoTime, type Clock } from '../core/clock.ts';
import { sha256 } from '../core/sha256.ts';
import { unreachable } from '../core/unreachable.ts';
import { writeWholeFile } from '../core/whole-file.ts';
import { makeBlock } from '../plan/block.ts';
import { planForArm } from '../plan/plan-for-arm.ts';
import type { Plan, PlannedBlock } from '../plan/plan.ts';
import type { LoadDriver } from '../load/port.ts';
import type { StartPolicy } from '../policy/port.ts';
import { schedulePath, trialId, trialPaths, type ExperimentPaths } from '../store/layout.ts';
import { isOutcome, type Progress } from '../store/progress.ts';
import { readExperiment } from '../store/recorded-experiment.ts';
import { writeSchedule } from '../store/schedule.ts';
import { readTrial, writeTrial } from '../store/trial-record.ts';
import type { Verdict } from '../store/verdict.ts';
import type { Stage, Testbed, TrialRequest } from '../testbed/port.ts';
import { blockSchedule } from './block-schedule.ts';
import type { EventSink, ExperimentEvent } from './events.ts';
import { nextStep, type Step } from './next-step.ts';
import type { OpenExperiment } from './open-experiment.ts';
import { policyContext } from './policy-context.ts';
import type { TrialPolicy } from './policy-session.ts';
import { runTrial } from './run-trial.ts';
import { trialLoad, type TrialLoad } from './trial-load.ts';

export type ExperimentEnd = 'complete' | 'too-many-invalid' | 'interrupted';

export interface ExperimentDependencies {
  readonly testbed: Testbed;
  /** Who sends the load of an arm; null without an application. @param plan as the arm sees it */
  driverFor(plan: Plan): Promise<LoadDriver | null>;
  readonly startPolicy: StartPolicy;
  readonly clock: Clock;
  readonly sink: EventSink;
  /** Aborted once: the running trial is abandoned, everything is cleaned up and saved. */
  readonly signal: AbortSignal;
}

/**
 * Runs an experiment, new or begun, to its end: journal before act, one writer of its course.
 * @throws HarnessError if the testbed fails outside a trial or the results cannot be written; what was finished stays valid
 */
export async function runExperiment(
  experiment: OpenExperiment,
  dependencies: ExperimentDependencies,
): Promise<ExperimentEnd> {
  const { plan } = experiment;
  const { testbed, clock, signal } = dependencies;
  const course = new Course(experiment, dependencies);
  await course.settleLeftovers();
  course.emit({
    type: 'experiment-started',
    experiment: experiment.id,
    folder: experiment.paths.folder,
    ...course.count(),
  });
  try {
    await using stage = await testbed.prepare(plan, signal);
    for (;;) {
      signal.throwIfAborted();
      const wallMs = testbed.time === 'wall' ? clock.wallMs() : null;
      const step = nextStep(plan, course.progress, (number, load) => blockOf(plan, number, load), wallMs);
      if (step.kind === 'finish') return await course.finish(step.status);
      await course.take(step, stage, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    course.interrupt(allErrors(error).filter((one) => one !== signal.reason));
    return 'interrupted';
  }
}

/** A planned block, or a fresh one drawn from its number. */
function blockOf(plan: Plan, number: number, load: string | null): PlannedBlock {
  return plan.blocks.find((block) => block.number === number) ?? makeBlock(plan, number, load);
}

/** The attempt's number; higher if a folder of that name is there that the journal no longer knows. Nothing is overwritten. */
function freeAttempt(paths: ExperimentPaths, { block, arm, attempt }: Extract<Step, { kind: 'trial' }>): number {
  return existsSync(trialPaths(paths, trialId(block, arm, attempt)).folder)
    ? freeAttempt(paths, { kind: 'trial', block, arm, attempt: attempt + 1 })
    : attempt;
}

type WithoutInstant<T> = T extends { readonly at: string } ? Omit<T, 'at'> : never;

/** The single writer of an experiment's course. */
class Course {
  readonly #experiment: OpenExperiment;
  readonly #dependencies: ExperimentDependencies;
  readonly #clock: Clock;
  /** Wall time that a trial took, its start and clean-up included. */
  #trialWallMs: number;

  constructor(experiment: OpenExperiment, dependencies: ExperimentDependencies) {
    this.#experiment = experiment;
    this.#dependencies = dependencies;
    this.#clock = dependencies.clock;
    this.#trialWallMs = experiment.plan.trialMs;
  }

  get progress(): Progress {
    return this.#experiment.progress;
  }

  emit(event: WithoutInstant<ExperimentEvent>): void {
    // The instant completes the member of the union that was given.
    this.#dependencies.sink({ ...event, at: isoTime(this.#clock) });
  }

  count(): { readonly trials: number; readonly finished: number } {
    const { plan } = this.#experiment;
    const outcomes = this.progress.blocks
      .filter(({ setAside }) => setAside === null)
      .flatMap(({ attempts }) => attempts);
    const fresh = this.progress.blocks.filter(({ replaces }) => replaces !== null).length;
    const lost = this.progress.blocks.filter(({ setAside }) => setAside !== null).length;
    const blocks = plan.blocks.length + fresh - lost;
    return { trials: blocks * plan.arms.length, finished: outcomes.filter(isOutcome).length };
  }

  #leftMs(): number {
    const { trials, finished } = this.count();
    return (trials - finished) * this.#trialWallMs;
  }

  /**
   * What an earlier process left: an attempt that was running is complete on the disk or abandoned, and a finished one whose files
   * were damaged since is repeated.
   */
  async settleLeftovers(): Promise<void> {
    const { paths, plan } = this.#experiment;
    const attempts = this.progress.blocks
      .filter(({ setAside }) => setAside === null)
      .flatMap((block) => block.attempts);
    for (const attempt of attempts) {
      const { trial } = attempt;
      if (attempt.outcome !== 'running' && !isOutcome(attempt)) continue;
      const read = await readTrial(paths, trial, attempt.recordSha256);
      if (attempt.outcome !== 'running') {
        if (!read.ok) this.#damaged(trial, read.damage);
      } else if (read.ok) {
        const { record, recordSha256 } = read.trial;
        this.#finishTrial(trial, record.endedAt, judge(plan, read.trial, record.evidence), recordSha256);
      } else {
        this.#abandon(trial);
      }
    }
  }

  async take(step: Exclude<Step, { kind: 'finish' }>, stage: Stage, signal: AbortSignal): Promise<void> {
    switch (step.kind) {
      case 'start-block': {
        const { block, load, replaces } = step;
        this.#experiment.append({ type: 'block-started', block, load, replaces });
        this.emit({ type: 'block-started', block, replaces });
        return;
      }
      case 'set-block-aside': {
        const { block, reason } = step;
        this.#experiment.append({ type: 'block-set-aside', block, reason });
        this.emit({ type: 'block-set-aside', block, reason });
        return;
      }
      case 'trial':
        await this.#runTrial(step, stage, signal);
        return;
      default:
        unreachable(step);
    }
  }

  async #runTrial(step: Extract<Step, { kind: 'trial' }>, stage: Stage, signal: AbortSignal): Promise<void> {
    const { plan, paths } = this.#experiment;
    const { block, arm: armName } = step;
    const attempt = freeAttempt(paths, step);
    const load = this.progress.blocks.find(({ number }) => number === block)?.load ?? null;
    const arm = plan.arms.find(({ name }) => name === armName);
    const { seed: blockSeed, trials } = blockOf(plan, block, load);
    const seed = trials.find((planned) => planned.arm === armName)?.seed;
    if (arm === undefined || seed === undefined)
      throw new Error(`block ${block} names arm ${armName}, which the plan lacks`);
    const trial = trialId(block, armName, attempt);
    const startedAt = isoTime(this.#clock);
    const startedMs = this.#clock.nowMs();
    const { trials: of, finished } = this.count();
    const leftMs = this.#leftMs();
    this.#experiment.append({ type: 'trial-started', trial, block, arm: armName, attempt });
    this.emit({ type: 'trial-started', trial, block, arm: armName, attempt, place: finished + 1, of, leftMs });
    const request = { id: trial, arm, load: plan.loads.find(({ name }) => name === load) ?? null, seed, blockSeed };
    const onSample = ({ atMs }: { readonly atMs: number }): void => {
      this.emit({ type: 'sample-taken', trial, atMs, trialMs: plan.trialMs });
    };
    const armPlan = planForArm(plan, arm);
    const options = {
      load: await this.#loadOf(armPlan, block, request),
      policy: this.#policyOf(armPlan, request),
      onSample,
    };
    const { evidence, ...data } = await runTrial(armPlan, stage, request, options, signal);
    const verdict = judge(plan, data, evidence);
    const endedAt = isoTime(this.#clock);
    const record = { id: trial, block, arm: armName, attempt, load, seed, startedAt, endedAt, evidence, verdict };
    const recordSha256 = await writeTrial(paths, record, data);
    this.#trialWallMs = this.#clock.nowMs() - startedMs;
    this.#finishTrial(trial, endedAt, verdict, recordSha256);
  }

  /** Makes the arrivals of the block, and writes them down once. */
  async #loadOf(armPlan: Plan, block: number, { load, blockSeed }: TrialRequest): Promise<TrialLoad | null> {
    const { plan, paths } = this.#experiment;
    const schedule = blockSchedule(plan, load, blockSeed);
    if (schedule === null || armPlan.application === null) return null;
    const driver = await this.#dependencies.driverFor(armPlan);
    if (driver === null) throw new Error('a plan with an application needs a load driver');
    if (!existsSync(schedulePath(paths, block))) await writeSchedule(paths, block, schedule);
    return trialLoad(armPlan.application, schedule, driver);
  }

  #policyOf(armPlan: Plan, { arm, seed }: TrialRequest): TrialPolicy | null {
    const { testbed, startPolicy: start, clock } = this.#dependencies;
    if (arm.policy === null) return null;
    const capacityCores = testbed.capacityCores(armPlan);
    if (capacityCores === null) throw new Error('a policy needs a testbed that has an application');
    const context = policyContext(armPlan, arm, seed, capacityCores);
    return { spec: arm.policy, context, start, time: testbed.time, clock };
  }

  #finishTrial(trial: string, endedAt: string, verdict: Verdict, recordSha256: string): void {
    const codes =
      verdict.kind === 'invalid'
        ? verdict.reasons.map(({ code }) => code)
        : verdict.kind === 'failed'
          ? [verdict.code]
          : [];
    this.#experiment.append({ type: 'trial-finished', trial, endedAt, outcome: verdict.kind, codes, recordSha256 });
    this.emit({ type: 'trial-finished', trial, verdict, leftMs: this.#leftMs() });
  }

  #abandon(trial: string): void {
    this.#experiment.append({ type: 'trial-abandoned', trial });
    this.emit({ type: 'trial-abandoned', trial });
  }

  #damaged(trial: string, damage: string): void {
    this.#experiment.append({ type: 'trial-damaged', trial, damage });
    this.emit({ type: 'damage-found', damage });
  }

  /** @param failures what else went wrong on the way out */
  interrupt(failures: readonly unknown[]): void {
    for (const { attempts } of this.progress.blocks) {
      for (const { trial, outcome } of attempts) if (outcome === 'running') this.#abandon(trial);
    }
    for (const failure of failures) this.emit({ type: 'cleanup-failed', text: messageOf(failure) });
    this.#experiment.append({ type: 'experiment-interrupted' });
    this.emit({ type: 'experiment-interrupted', experiment: this.#experiment.id });
  }

  async finish(status: 'complete' | 'too-many-invalid'): Promise<ExperimentEnd> {
    const { paths, id } = this.#experiment;
    const recorded = await readExperiment(paths.folder);
    const summary = summaryText(recorded, status);
    writeWholeFile(paths.summary, summary);
    this.#experiment.append({ type: 'experiment-finished', status, summarySha256: sha256(summary) });
    this.emit({ type: 'experiment-finished', experiment: id, status });
    return status;
  }
}
