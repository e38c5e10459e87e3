import type { ArrivalSchedule } from '../../load/arrival-schedule.ts';
import type { LoadOrder } from '../../load/port.ts';
import { leavesSpans } from '../../load/trace-context.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../../telemetry/request-log.ts';
import type { Span } from '../../telemetry/span.ts';
import { throttledMs, type Job, type RunningJob, type SimReplica } from './sim-replica.ts';

export type FrontOrder = Pick<LoadOrder, 'schedule' | 'timeoutMs' | 'mostInFlight' | 'spanShare'>;

/** What the front knows of the application behind it. */
export interface Behind {
  readonly service: string;
  /** By the index of the endpoint. */
  readonly operations: readonly { readonly name: string; readonly replyBytes: number }[];
  workMs(endpoint: number, payloadSeed: number): number;
  /** @returns false if no replica could take it */
  arrive(job: Job): boolean;
}

const codeOf = (outcome: RequestOutcome): number => requestOutcomes.indexOf(outcome);
const unfinished = codeOf('unfinished');

/** Sends a schedule to a simulated service, each request at the instant at which it is due, and keeps the log of it. */
export class SimFront {
  readonly log: RequestLog;
  readonly spans: Span[] = [];
  readonly #schedule: ArrivalSchedule;
  readonly #order: FrontOrder;
  readonly #behind: Behind;
  #nextToSend = 0;
  /** All before it have an outcome. */
  #firstOpen = 0;
  #inFlight = 0;

  constructor(order: FrontOrder, behind: Behind) {
    const { schedule } = order;
    const count = schedule.dueMs.length;
    this.#order = order;
    this.#schedule = schedule;
    this.#behind = behind;
    this.log = {
      ...schedule,
      sentMs: new Float64Array(count).fill(NaN),
      doneMs: new Float64Array(count).fill(NaN),
      outcome: new Uint8Array(count).fill(unfinished),
      status: new Uint16Array(count),
      bytes: new Uint32Array(count),
    };
  }

  /** When the next request is due or times out; Infinity if all have their outcome. */
  get nextMs(): number {
    const { dueMs } = this.#schedule;
    return Math.min(dueMs[this.#nextToSend] ?? Infinity, this.#nextTimeoutMs);
  }

  takeNext(): void {
    if (this.#nextTimeoutMs <= (this.#schedule.dueMs[this.#nextToSend] ?? Infinity)) {
      this.#finish(this.#firstOpen, 'timed-out', this.#nextTimeoutMs);
    } else {
      this.#send(this.#nextToSend++);
    }
  }

  answered(job: RunningJob, replica: SimReplica, nowMs: number): void {
    const { request } = job;
    const seed = this.#schedule.payloadSeed[request] ?? 0;
    const operation = this.#behind.operations[this.#schedule.endpoint[request] ?? -1];
    if (leavesSpans(seed, this.#order.spanShare)) {
      const waitMs = job.startedAtMs - job.arrivedAtMs + throttledMs(job);
      this.spans.push({
        ...{ request, id: 1, parent: 0, service: this.#behind.service, operation: operation?.name ?? '' },
        ...{ replica: replica.id, startMs: job.arrivedAtMs, endMs: nowMs, cpuMs: job.workMs, waitMs },
        ...{ connectionMs: 0, downstreamMs: 0, isError: false },
      });
    }
    // It may have been given up before.
    if (this.log.outcome[request] !== unfinished) return;
    this.log.status[request] = 200;
    this.log.bytes[request] = operation?.replyBytes ?? 0;
    this.#finish(request, 'ok', nowMs);
  }

  lost({ request }: Job, nowMs: number): void {
    if (this.log.outcome[request] === unfinished) this.#finish(request, 'connection-failed', nowMs);
  }

  get #nextTimeoutMs(): number {
    while (this.#firstOpen < this.#nextToSend && this.log.outcome[this.#firstOpen] !== unfinished) this.#firstOpen++;
    if (this.#firstOpen === this.#nextToSend) return Infinity;
    return (this.#schedule.dueMs[this.#firstOpen] ?? Infinity) + this.#order.timeoutMs;
  }

  #send(request: number): void {
    const { dueMs, endpoint, payloadSeed } = this.#schedule;
    const nowMs = dueMs[request] ?? NaN;
    if (this.#inFlight >= this.#order.mostInFlight) {
      this.log.outcome[request] = codeOf('not-sent-in-flight');
      return;
    }
    this.log.sentMs[request] = nowMs;
    this.#inFlight++;
    const workMs = this.#behind.workMs(endpoint[request] ?? -1, payloadSeed[request] ?? 0);
    const isTaken = this.#behind.arrive({ request, workMs, arrivedAtMs: nowMs });
    if (!isTaken) this.#finish(request, 'connection-failed', nowMs);
  }

  #finish(request: number, outcome: RequestOutcome, nowMs: number): void {
    this.log.doneMs[request] = nowMs;
    this.log.outcome[request] = codeOf(outcome);
    this.#inFlight--;
  }
}
