import { buildRequest, type RequestModel } from '../../application/build-request.ts';
import type { RequestLog } from '../../telemetry/request-log.ts';
import { traceParent } from '../trace-context.ts';

/** A request in the form that the client takes. */
export interface ReadyRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: string[];
  readonly body: Buffer | null;
}

/** Few enough to cost little memory, enough for a burst. */
const most = 256;

/** Builds requests before they are due, so that sending is all there is to do then. */
export class RequestAhead {
  readonly #log: RequestLog;
  readonly #requests: RequestModel;
  readonly #spanShare: number;
  readonly #stride: number;
  readonly #built = new Map<number, ReadyRequest>();
  /** The first that has not been built. */
  #next: number;

  /** @param first number of the first request @param stride to the next one of the same sender */
  constructor(log: RequestLog, requests: RequestModel, spanShare: number, first: number, stride: number) {
    this.#log = log;
    this.#requests = requests;
    this.#spanShare = spanShare;
    this.#stride = stride;
    this.#next = first;
  }

  take(index: number): ReadyRequest {
    const built = this.#built.get(index);
    this.#built.delete(index);
    if (this.#next <= index) this.#next = index + this.#stride;
    return built ?? this.#build(index);
  }

  /** Forgets a request that is not going to be sent. */
  skip(index: number): void {
    this.#built.delete(index);
    if (this.#next <= index) this.#next = index + this.#stride;
  }

  /** Builds one more. @returns false if there is no need */
  buildOne(): boolean {
    if (this.#built.size >= most || this.#next >= this.#log.dueMs.length) return false;
    this.#built.set(this.#next, this.#build(this.#next));
    this.#next += this.#stride;
    return true;
  }

  #build(index: number): ReadyRequest {
    const { endpoint, payloadSeed } = this.#log;
    const seed = payloadSeed[index] ?? 0;
    const { method, path, body, contentType } = buildRequest(this.#requests, endpoint[index] ?? 0, seed);
    const headers = ['traceparent', traceParent(index, seed, this.#spanShare)];
    if (contentType !== null) headers.push('content-type', contentType);
    return { method, path, headers, body: body === null ? null : Buffer.from(body) };
  }
}
