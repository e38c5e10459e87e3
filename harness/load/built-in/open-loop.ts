import type { Dispatcher } from 'undici';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../../telemetry/request-log.ts';
import type { HttpClient } from './http-client.ts';
import type { RequestAhead } from './request-ahead.ts';

export interface OpenLoopOptions {
  readonly log: RequestLog;
  /** Number of its first request, and the distance to the next. */
  readonly first: number;
  readonly stride: number;
  readonly timeoutMs: number;
  readonly mostInFlight: number;
  /** One word, shared by all senders: requests in flight. */
  readonly inFlight: Int32Array;
  /** One number, shared by all senders: see `SharedControl`. */
  readonly fullUntilMs: Float64Array;
  readonly ahead: RequestAhead;
  readonly client: Pick<HttpClient, 'send'>;
  /** Milliseconds since the origin of the schedule. */
  readonly nowMs: () => number;
  /** Called when there is room in flight again. */
  readonly onRoom: () => void;
  /** Called once, when every request has an outcome. */
  readonly onFinished: () => void;
}

const code = (outcome: RequestOutcome): number => requestOutcomes.indexOf(outcome);
const ok = code('ok');
const errorStatus = code('error-status');
const timedOut = code('timed-out');
const connectionFailed = code('connection-failed');
const notSentInFlight = code('not-sent-in-flight');
const notSentGenerator = code('not-sent-generator');

/** The machine of the generator had no port, file or memory left: not the application's doing. */
const generatorErrors: readonly unknown[] = ['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];

/** Sends what is due, whatever became of what was sent before, and writes down what becomes of each. */
export class OpenLoop {
  readonly #options: OpenLoopOptions;
  readonly #open = new Map<number, Exchange>();
  #next: number;
  /** No request before it is open. */
  #oldest: number;
  #timer: NodeJS.Timeout | null = null;
  #isFinished = false;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
    this.#next = options.first;
    this.#oldest = options.first;
    this.#finishIfOver();
  }

  /** True while some request has not been looked at. */
  get hasMore(): boolean {
    return this.#next < this.#options.log.dueMs.length;
  }

  /** Sends all requests that are due. */
  sendDue(): void {
    const { log, stride, nowMs } = this.#options;
    for (let now = nowMs(); (log.dueMs[this.#next] ?? Infinity) <= now; now = nowMs()) {
      const index = this.#next;
      this.#next += stride;
      this.#sendOne(index, now);
    }
    this.#armTimer();
    this.#finishIfOver();
  }

  #sendOne(index: number, nowMs: number): void {
    const { log, ahead, client } = this.#options;
    const obstacle = this.#takeRoom(log.dueMs[index] ?? 0, nowMs);
    if (obstacle !== null) {
      ahead.skip(index);
      Atomics.store(log.outcome, index, obstacle);
      return;
    }
    const exchange = new Exchange(this, log, index, this.#options.nowMs);
    this.#open.set(index, exchange);
    const request = ahead.take(index);
    const sentMs = this.#options.nowMs();
    exchange.dispatchedMs = sentMs;
    // How long a connection takes to open is the application's; how long one that is kept takes to be written to is our own, and
    // `onRequestStart` sees it.
    if (client.send(request, exchange) && Number.isNaN(log.sentMs[index])) log.sentMs[index] = sentMs;
  }

  /** @returns null if there is room, which is then taken; else what becomes of the request */
  #takeRoom(dueMs: number, nowMs: number): number | null {
    const { timeoutMs, mostInFlight, inFlight, fullUntilMs } = this.#options;
    if (nowMs - dueMs > timeoutMs) return notSentGenerator;
    if (dueMs <= (fullUntilMs[0] ?? -Infinity)) return notSentInFlight;
    if (Atomics.add(inFlight, 0, 1) < mostInFlight) return null;
    Atomics.sub(inFlight, 0, 1);
    return notSentInFlight;
  }

  /** The request has been answered in full. */
  answered(index: number, status: number, bytes: number): void {
    const { log, timeoutMs, nowMs } = this.#options;
    if (!this.#open.has(index)) return;
    log.status[index] = status;
    log.bytes[index] = bytes;
    // Also if the timer, which comes by the same loop, was not first.
    const isLate = nowMs() - (log.dueMs[index] ?? 0) > timeoutMs;
    this.#close(index, isLate ? timedOut : status < 400 ? ok : errorStatus);
    // Many answers may have come at once; what is due among them does not wait for the last.
    this.sendDue();
  }

  failed(index: number, error: Error, isStarted: boolean): void {
    const isOwn = !isStarted && 'code' in error && generatorErrors.includes(error.code);
    this.#close(index, isOwn ? notSentGenerator : connectionFailed);
  }

  /** Does nothing if the request has an outcome already: an answer may still come after the time-out. */
  #close(index: number, outcome: number): void {
    const { log, inFlight, mostInFlight, fullUntilMs, nowMs } = this.#options;
    const exchange = this.#open.get(index);
    if (exchange === undefined) return;
    // What has fallen due until now found no room; only what falls due from now on does.
    const wasFull = Atomics.load(inFlight, 0) >= mostInFlight;
    if (wasFull) fullUntilMs[0] = nowMs();
    this.#open.delete(index);
    if (outcome === notSentGenerator) {
      log.sentMs[index] = NaN;
    } else {
      if (Number.isNaN(log.sentMs[index])) log.sentMs[index] = exchange.dispatchedMs;
      log.doneMs[index] = nowMs();
    }
    Atomics.sub(inFlight, 0, 1);
    // Last, because whoever reads the log goes by the outcome.
    Atomics.store(log.outcome, index, outcome);
    if (wasFull) this.#options.onRoom();
    this.#finishIfOver();
  }

  /** All time out after the same time, so they do in the order in which they are due. */
  #armTimer(): void {
    const { log, stride, timeoutMs, nowMs } = this.#options;
    while (this.#oldest < this.#next && !this.#open.has(this.#oldest)) this.#oldest += stride;
    if (this.#timer !== null || this.#oldest >= this.#next) return;
    const leftMs = (log.dueMs[this.#oldest] ?? 0) + timeoutMs - nowMs();
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#expire();
        this.#armTimer();
      },
      Math.max(0, leftMs),
    );
  }

  #expire(): void {
    const { log, stride, timeoutMs, nowMs } = this.#options;
    const now = nowMs();
    for (let index = this.#oldest; index < this.#next; index += stride) {
      if ((log.dueMs[index] ?? 0) + timeoutMs > now) break;
      const exchange = this.#open.get(index);
      if (exchange === undefined) continue;
      this.#close(index, timedOut);
      exchange.abort();
    }
  }

  #finishIfOver(): void {
    if (this.#isFinished || this.hasMore || this.#open.size > 0) return;
    this.#isFinished = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#options.onFinished();
  }
}

const givenUp = new Error('timed out');

/** One request and its answer, as the client tells of it. */
class Exchange implements Dispatcher.DispatchHandler {
  dispatchedMs = NaN;
  readonly #loop: OpenLoop;
  readonly #log: RequestLog;
  readonly #index: number;
  readonly #nowMs: () => number;
  #controller: Dispatcher.DispatchController | null = null;
  #isAborted = false;
  #status = 0;
  #bytes = 0;

  constructor(loop: OpenLoop, log: RequestLog, index: number, nowMs: () => number) {
    this.#loop = loop;
    this.#log = log;
    this.#index = index;
    this.#nowMs = nowMs;
  }

  /** Before its connection is open this can only be noted. */
  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort(givenUp);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isAborted) controller.abort(givenUp);
    else if (Number.isNaN(this.#log.sentMs[this.#index])) this.#log.sentMs[this.#index] = this.#nowMs();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
  }

  onResponseEnd(): void {
    this.#loop.answered(this.#index, this.#status, this.#bytes);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#loop.failed(this.#index, error, this.#controller !== null);
  }
}
