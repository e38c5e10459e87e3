import { messageOf } from '../core/all-errors.ts';
import type { Clock } from '../core/clock.ts';
import { HarnessError } from '../core/errors.ts';
import { formatSeconds } from '../core/units.ts';
import type { PolicySpec } from '../plan/plan.ts';
import { admitDecisions } from '../policy/admit-decision.ts';
import type { Controller, PolicyContext, StartPolicy, Window } from '../policy/port.ts';
import type { ControlLog, PolicyEvidence, PolicyStep } from '../telemetry/control.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { LiveTrial, Testbed } from '../testbed/port.ts';
import { ActionTickets } from './action-tickets.ts';

/** The policy of a trial, before it has begun. */
export interface TrialPolicy {
  readonly spec: PolicySpec;
  readonly context: PolicyContext;
  readonly start: StartPolicy;
  /** Of the testbed: where time is virtual, it stands while the policy thinks. */
  readonly time: Testbed['time'];
  readonly clock: Clock;
}

/** A policy that takes longer than its interval is only counted; one that takes longer than this, and longer than that as published, hangs. */
const leastPatienceMs = 10_000;
/** So much later than the controller itself gives up, which knows the last words. */
const graceMs = 1000;
/** Sums of sample intervals have some. */
const dustMs = 1e-6;

/** A policy in a trial: gives it the samples, looks at what it answers, and has that carried out. */
export class PolicySession implements AsyncDisposable {
  readonly #policy: TrialPolicy;
  readonly #controller: Controller;
  readonly #tickets: ActionTickets;
  readonly #signal: AbortSignal;
  readonly #over = new AbortController();
  readonly #steps: PolicyStep[] = [];
  /** Numbers of the actions of which the policy knows that they have ended. */
  readonly #told = new Set<number>();
  #originMs = 0;
  #unseen: Sample[] = [];
  #nextDueMs: number;
  #running: Promise<void> | null = null;
  #missed = 0;
  #isEnding = false;
  #failure: string | null = null;
  #fault: { readonly error: unknown } | null = null;

  private constructor(policy: TrialPolicy, controller: Controller, live: LiveTrial, signal: AbortSignal) {
    this.#policy = policy;
    this.#controller = controller;
    this.#tickets = new ActionTickets(live);
    this.#signal = signal;
    this.#nextDueMs = controller.intervalMs;
  }

  /** @throws HarnessError `policy-failed` if it does not begin */
  static async start(policy: TrialPolicy, live: LiveTrial, signal: AbortSignal): Promise<PolicySession> {
    return new PolicySession(policy, await policy.start(policy.spec, policy.context, signal), live, signal);
  }

  /** Aborted as soon as the policy cannot go on: then the trial is over. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** The trial's time begins. @param originMs on the clock of the harness; null for now */
  begin(originMs: number | null): void {
    this.#originMs = originMs ?? this.#policy.clock.nowMs();
  }

  /**
   * After each sample. On a testbed whose time goes on, a step runs beside the trial: what falls due meanwhile is missed, and the next step
   * has all samples since this one.
   * @param dueMs when the sample was due
   */
  async take(sample: Sample, dueMs: number): Promise<void> {
    this.#unseen.push(sample);
    if (dueMs + dustMs < this.#nextDueMs) return;
    const { intervalMs } = this.#controller;
    this.#nextDueMs = intervalMs * (Math.floor((dueMs + dustMs) / intervalMs) + 1);
    if (this.#running !== null) {
      this.#missed++;
      return;
    }
    this.#missed = 0;
    const running = this.#step(sample.atMs).finally(() => (this.#running = null));
    this.#running = running;
    if (this.#policy.time === 'virtual') await running;
  }

  /**
   * Waits for the step that is under way; nothing that it still wants is done.
   * @throws whatever the testbed threw when it was to do something
   */
  async end(): Promise<{ readonly log: ControlLog; readonly evidence: PolicyEvidence }> {
    this.#isEnding = true;
    await this.#running;
    if (this.#fault !== null) throw this.#fault.error;
    const { cpuSeconds, residentBytes } = this.#controller.usage();
    const { intervalMs } = this.#controller;
    const log = { steps: [...this.#steps], actions: this.#tickets.all() };
    const lateSteps = log.steps.filter(({ wallMs }) => wallMs > intervalMs).length;
    const { name } = this.#policy.spec;
    const evidence = { name, failure: this.#failure, steps: log.steps.length, lateSteps, cpuSeconds, residentBytes };
    return { log, evidence };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controller[Symbol.asyncDispose]();
  }

  /** Never rejects: what goes wrong ends the trial, and is told at its end. */
  async #step(nowMs: number): Promise<void> {
    try {
      const decisions = await this.#ask(nowMs);
      if (decisions !== null) this.#carryOut(decisions, nowMs);
    } catch (error) {
      this.#fault = { error };
      this.#over.abort(error);
    }
  }

  /** Null if it did not answer, which ends the trial. */
  async #ask(nowMs: number): Promise<ReturnType<typeof admitDecisions> | null> {
    const { clock, spec, context } = this.#policy;
    const window = this.#window(nowMs);
    const startedMs = clock.nowMs();
    try {
      const { decisions, cpuMs } = await this.#answer(window);
      const wallMs = clock.nowMs() - startedMs;
      const admissions = admitDecisions(decisions, context);
      const samples = window.samples.length;
      this.#steps.push({ atMs: nowMs, samples, wallMs, cpuMs, missed: this.#missed, decisions: decisions.length });
      const garbage = admissions.find((one) => one.kind === 'unreadable');
      if (garbage === undefined) return admissions;
      throw new HarnessError('policy-failed', `The policy ${spec.name} answered what is no decision: ${garbage.why}.`);
    } catch (error) {
      // Whoever stops the trial stops the step too: that says nothing of the policy.
      this.#signal.throwIfAborted();
      this.#failure = isPolicyFailure(error) ? error.message : `The policy ${spec.name} failed: ${messageOf(error)}`;
      this.#over.abort(error);
      return null;
    }
  }

  #window(nowMs: number): Window {
    const samples = this.#unseen;
    this.#unseen = [];
    const actions = this.#tickets.all();
    const pending = actions.filter(({ state }) => state === 'in-progress');
    const settled = actions.filter(({ id, state }) => state !== 'in-progress' && !this.#told.has(id));
    for (const { id } of settled) this.#told.add(id);
    return { nowMs, samples, pending, settled };
  }

  async #answer(window: Window): ReturnType<Controller['step']> {
    const { clock, spec, context } = this.#policy;
    const patienceMs = Math.max(leastPatienceMs, this.#controller.intervalMs * context.timeCompression);
    const answered = new AbortController();
    const signal = AbortSignal.any([this.#signal, answered.signal]);
    const tooLate = clock.sleep(patienceMs + graceMs, signal).then(() => {
      const text = `The policy ${spec.name} did not answer within ${formatSeconds(patienceMs / 1000)}.`;
      throw new HarnessError('policy-failed', text);
    });
    // Nobody looks at the one that comes second.
    tooLate.catch(() => undefined);
    try {
      const answer = this.#controller.step(window, signal);
      answer.catch(() => undefined);
      return await Promise.race([answer, tooLate]);
    } finally {
      answered.abort();
    }
  }

  #carryOut(admissions: ReturnType<typeof admitDecisions>, nowMs: number): void {
    const { time, clock } = this.#policy;
    const wantedAtMs = time === 'virtual' ? nowMs : clock.nowMs() - this.#originMs;
    for (const admission of admissions) {
      if (admission.kind === 'unreadable') continue;
      const { decision } = admission;
      if (admission.kind === 'refused') this.#tickets.refuse(decision, wantedAtMs, admission.why);
      else if (this.#isEnding) this.#tickets.refuse(decision, wantedAtMs, 'the trial was over');
      else this.#tickets.actuate(decision, wantedAtMs);
    }
  }
}

function isPolicyFailure(error: unknown): error is HarnessError {
  return error instanceof HarnessError && error.code === 'policy-failed';
}
