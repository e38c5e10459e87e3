import type { RequestModel } from '../application/build-request.ts';
import type { Problem } from '../core/errors.ts';
import type { GeneratorEvidence } from '../telemetry/evidence.ts';
import type { LoadReading } from '../telemetry/load-reading.ts';
import type { RequestLog } from '../telemetry/request-log.ts';
import type { ArrivalSchedule } from './arrival-schedule.ts';

/** Where the load goes: a front of the application. */
export interface Target {
  /** `http://127.0.0.1:8080`, without a path; of a simulated application it leads nowhere. */
  readonly url: string;
  /** Of a simulated application; missing elsewhere. */
  readonly front?: VirtualFront;
}

/** Takes a whole schedule, whose requests arrive as virtual time passes. */
export interface VirtualFront {
  /** Once, before time begins. @returns the log, which is written while time passes */
  offer(order: Pick<LoadOrder, 'schedule' | 'timeoutMs' | 'mostInFlight' | 'spanShare'>): RequestLog;
  /** Lets time pass until every request has its outcome. */
  settle(signal: AbortSignal): Promise<void>;
}

/** How connections to the target are kept: `fresh` opens one for each request. */
export type Connections = { readonly kind: 'kept'; readonly maxAgeMs: number | null } | { readonly kind: 'fresh' };

export interface DriverOptions {
  /** A request without an answer after this long counts as timed out; from its due instant. */
  readonly timeoutMs: number;
  /** Beyond it a request is recorded as not sent. */
  readonly mostInFlight: number;
  readonly connections: Connections;
  /** Share of requests that ask for spans by their trace context, 0 to 1. */
  readonly spanShare: number;
}

export interface LoadOrder extends DriverOptions {
  readonly schedule: ArrivalSchedule;
  readonly requests: RequestModel;
  readonly target: Target;
  /** CPUs for the generator, such as `1` or `0-3`; null to leave that to the system. */
  readonly cpus: string | null;
  /** A folder that is there, for files the driver needs while it runs. Empty where the testbed has none: then it has a driver that needs none. */
  readonly workFolder: string;
}

/** Sends a schedule open-loop: it never waits for an answer before the next request (design 3.4). */
export interface LoadDriver {
  readonly name: 'built-in' | 'k6' | 'sim';
  /** What keeps it from running here; changes nothing. */
  check(): Promise<readonly Problem[]>;
  /** Gets everything ready to send, and sends nothing yet. @throws HarnessError `load-failed` */
  prepare(order: LoadOrder, signal: AbortSignal): Promise<PreparedLoad>;
}

export interface PreparedLoad extends AsyncDisposable {
  /**
   * Starts the schedule. Answers its origin, the instant from which due instants count, on the monotonic clock of the harness
   * (`Clock.nowMs`): within a second from now, so that the trial can start with it.
   */
  go(signal: AbortSignal): Promise<RunningLoad>;
}

export interface RunningLoad {
  readonly originMs: number;
  /** Everything since the last call, or since the origin. Never waits for an answer. @param untilMs from the origin, not later than now */
  reading(untilMs: number): Promise<LoadReading>;
  /**
   * Waits until every request that was sent has been answered or has timed out, and gives the whole log. It also answers if the
   * generator died on the way: then with what it had, and the evidence says so.
   */
  finish(signal: AbortSignal): Promise<LoadOutcome>;
}

export interface LoadOutcome {
  readonly log: RequestLog;
  readonly generator: GeneratorEvidence;
}
