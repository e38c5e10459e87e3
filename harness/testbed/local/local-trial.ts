import type { Cleanup } from '../../core/cleanup.ts';
import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { TrialEvidence } from '../../telemetry/evidence.ts';
import type { Sample } from '../../telemetry/sample.ts';
import type { LiveTrial, TrialClock } from '../port.ts';
import type { Disturbance } from './disturbance.ts';
import { hostReading, readHostCounters, type HostCounters } from './host-counters.ts';
import type { MeterReading, WaitMeter } from './wait-meter.ts';
import type { Workload } from './workload.ts';

/** What a trial runs, all of it started. */
export interface TrialParts {
  readonly meter: WaitMeter;
  readonly canary: Workload | null;
  readonly disturbance: Disturbance | null;
  /** Ends everything above. */
  readonly cleanup: Cleanup;
}

interface Instant {
  readonly meterMs: number;
  readonly offsetMs: number;
  readonly host: HostCounters;
}

/** A trial on the processes of this machine. */
export class LocalTrial implements LiveTrial {
  readonly clock: TrialClock;
  readonly #clock: Clock;
  readonly #cores: number;
  readonly #parts: TrialParts;
  readonly #start: Instant;
  #last: Instant;
  #tracerDeath: string | null = null;

  private constructor(parts: TrialParts, cores: number, clock: Clock, start: Instant) {
    const startMs = clock.nowMs();
    this.clock = { advanceTo: (atMs, signal) => clock.sleep(startMs + atMs - clock.nowMs(), signal) };
    this.#parts = parts;
    this.#cores = cores;
    this.#clock = clock;
    this.#start = start;
    this.#last = start;
  }

  /** The trial starts when the meter was read for the first time. */
  static async start(parts: TrialParts, cores: number, clock: Clock, signal: AbortSignal): Promise<LocalTrial> {
    const reading = await parts.meter.read(signal);
    return new LocalTrial(parts, cores, clock, instantOf(reading.instantMs, clock));
  }

  async sample(signal: AbortSignal): Promise<Sample> {
    const reading = await this.#read(signal);
    const previous = this.#last;
    // Without a reading there is no instant of the meter; the trial's own clock stands in.
    const meterMs = reading?.instantMs ?? previous.meterMs;
    const instant = instantOf(meterMs, this.#clock);
    this.#last = instant;
    const intervalMs = meterMs - previous.meterMs;
    return {
      atMs: meterMs - this.#start.meterMs,
      intervalMs,
      clockOffsetMs: instant.offsetMs - this.#start.offsetMs,
      source: this.#parts.meter.source,
      waits: reading?.waits ?? null,
      host: reading && hostReading(previous.host, instant.host, this.#cores, intervalMs / 1000),
      tracer: reading?.tracer ?? null,
    };
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

  async finish(signal: AbortSignal): Promise<TrialEvidence> {
    const { meter, canary, disturbance } = this.#parts;
    const report = await canary?.report(signal);
    return {
      tracerDeath: this.#tracerDeath,
      disturbance: disturbance?.evidence() ?? null,
      canary: canary && { wakeups: report?.wakeups ?? 0, skipped: report?.skipped ?? 0, alive: report !== null },
      kernelNsPerEvent: meter.kernelNsPerEvent(),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.cleanup[Symbol.asyncDispose]();
  }
}

function instantOf(meterMs: number, clock: Clock): Instant {
  return { meterMs, offsetMs: clock.wallMs() - clock.nowMs(), host: readHostCounters() };
}
