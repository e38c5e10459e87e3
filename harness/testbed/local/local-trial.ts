import type { Cleanup } from '../../core/cleanup.ts';
import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Fault } from '../../plan/plan.ts';
import type { Action, Decision } from '../../telemetry/action.ts';
import type { ReplicaEvent } from '../../telemetry/application-reading.ts';
import type { Sample } from '../../telemetry/sample.ts';
import type { Span } from '../../telemetry/span.ts';
import type { Target } from '../../load/port.ts';
import type { LiveTrial, TrialClock, TrialFindings } from '../port.ts';
import { ActionBook } from './action-book.ts';
import { applicationEvidence } from './application/application-evidence.ts';
import type { LocalApplication } from './application/local-application.ts';
import type { ServiceReader } from './application/service-reader.ts';
import type { Disturbance } from './disturbance.ts';
import { hostReading, readHostCounters, type HostCounters } from './host-counters.ts';
import type { MeterReading, WaitMeter } from './wait-meter.ts';
import type { Workload } from './workload.ts';

/** What a trial runs, all of it started. */
export interface TrialParts {
  readonly meter: WaitMeter;
  readonly canary: Workload | null;
  readonly disturbance: Disturbance | null;
  readonly application: ApplicationParts | null;
  /** CPUs for the load generator; null to leave that to the system. */
  readonly generatorCpus: string | null;
  /** Ends everything above. */
  readonly cleanup: Cleanup;
}

export interface ApplicationParts {
  readonly application: LocalApplication;
  readonly reader: ServiceReader;
  /** At their instants of the trial as it runs: its time compressed. */
  readonly faults: readonly Fault[];
  readonly trialMs: number;
  /** For the load driver; not made yet. */
  readonly workFolder: string;
  /** Of the application, ascending. */
  readonly cpus: readonly number[];
  /** False where there is no memory controller for us. */
  readonly hasMemoryLimits: boolean;
  /** Spans that requests have left so far. @param originMs start of the trial, on `Clock.nowMs` */
  readSpans(originMs: number): Promise<readonly Span[]>;
}

interface Instant {
  readonly meterMs: number;
  readonly offsetMs: number;
  readonly host: HostCounters;
}

/** A trial on the processes of this machine. */
export class LocalTrial implements LiveTrial {
  readonly target: Target | null;
  readonly generatorCpus: string | null;
  readonly workFolder: string | null;
  readonly clock: TrialClock;
  readonly #clock: Clock;
  readonly #cpus: readonly number[];
  readonly #parts: TrialParts;
  /** Null without an application. */
  readonly #book: ActionBook | null;
  #originMs = 0;
  #startOffsetMs = 0;
  /** Null before the start. */
  #last: Instant | null = null;
  #tracerDeath: string | null = null;

  /** @param cpus that the harness may use */
  constructor(parts: TrialParts, cpus: readonly number[], clock: Clock) {
    const url = parts.application?.application.url ?? null;
    this.target = url === null ? null : { url };
    this.generatorCpus = parts.generatorCpus;
    this.workFolder = parts.application?.workFolder ?? null;
    this.clock = { advanceTo: (atMs, signal) => clock.sleep(this.#originMs + atMs - clock.nowMs(), signal) };
    this.#parts = parts;
    this.#cpus = cpus;
    this.#clock = clock;
    this.#book =
      parts.application && new ActionBook({ ...parts.application, nowMs: () => clock.nowMs() - this.#originMs });
  }

  /** What was counted before the first reading is of no trial. */
  async start(originMs: number | null, signal: AbortSignal): Promise<void> {
    const { application } = this.#parts;
    if (originMs !== null) await this.#clock.sleep(Math.max(0, originMs - this.#clock.nowMs()), signal);
    const instantMs = (await this.#read(signal))?.instantMs ?? this.#clock.nowMs();
    this.#originMs = originMs ?? instantMs;
    this.#last = this.#instantOf(instantMs);
    this.#startOffsetMs = this.#last.offsetMs;
    if (application === null) return;
    application.application.schedule(application.faults, this.#originMs, application.trialMs);
    await application.reader.read(this.#originMs, 1, signal);
  }

  async sample(signal: AbortSignal): Promise<Sample> {
    const { application, meter } = this.#parts;
    application?.application.throwFaults();
    const reading = await this.#read(signal);
    const previous = this.#last;
    if (previous === null) throw new Error('a trial was sampled before its start');
    // Without a reading there is no instant of the meter; the trial's own clock stands in.
    const meterMs = reading?.instantMs ?? previous.meterMs;
    const instant = this.#instantOf(meterMs);
    this.#last = instant;
    const intervalMs = meterMs - previous.meterMs;
    const services = reading && application ? await application.reader.read(this.#originMs, intervalMs, signal) : null;
    return {
      atMs: meterMs - this.#originMs,
      intervalMs,
      clockOffsetMs: instant.offsetMs - this.#startOffsetMs,
      source: meter.source,
      waits: reading?.waits ?? null,
      host: reading && hostReading(previous.host, instant.host, this.#cpus.length, intervalMs / 1000),
      tracer: reading?.tracer ?? null,
      services,
      load: null,
    };
  }

  #instantOf(meterMs: number): Instant {
    const clock = this.#clock;
    return { meterMs, offsetMs: clock.wallMs() - clock.nowMs(), host: readHostCounters(this.#cpus) };
  }

  /** null if the tracer is lost; why goes into the evidence. */
  async #read(signal: AbortSignal): Promise<MeterReading | null> {
    try {
      return await this.#parts.meter.read(signal);
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== 'tracer-unavailable') throw error;
      this.#tracerDeath = error.message;
      return null;
    }
  }

  actuate(decision: Decision, wantedAtMs: number): Action {
    if (this.#book === null) throw new Error('a decision about an application that is not there');
    return this.#book.actuate(decision, wantedAtMs);
  }

  actions(): readonly Action[] {
    return this.#book?.actions() ?? [];
  }

  events(): readonly ReplicaEvent[] {
    const application = this.#parts.application?.application;
    return application === undefined ? [] : applicationEvidence(application, this.#originMs).events;
  }

  async finish(signal: AbortSignal): Promise<TrialFindings> {
    const { meter, canary, disturbance, application } = this.#parts;
    application?.application.throwFaults();
    application?.application.endFaults();
    const report = await canary?.report(signal);
    const evidence = {
      tracerDeath: this.#tracerDeath,
      disturbance: disturbance?.evidence() ?? null,
      canary: canary && { wakeups: report?.wakeups ?? 0, skipped: report?.skipped ?? 0, alive: report !== null },
      kernelNsPerEvent: meter.kernelNsPerEvent(),
      policy: null,
      loadFailure: null,
      application: application && applicationEvidence(application.application, this.#originMs),
      generator: null,
    };
    return { evidence, spans: (await application?.readSpans(this.#originMs)) ?? [] };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.cleanup[Symbol.asyncDispose]();
  }
}
