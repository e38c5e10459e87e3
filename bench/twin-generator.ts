import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { BuiltRequest } from '../harness/application/build-request.ts';
import { traceParent } from '../harness/load/trace-context.ts';

/** What the generator asks for. */
export interface BenchRequest extends Pick<BuiltRequest, 'method' | 'path' | 'body' | 'contentType'> {
  /** 32 bits without sign. */
  readonly seed: number;
}

/** Sends requests at a fixed, modest rate to a front. */
export class HttpGenerator {
  readonly #port: number;
  readonly #isSampled: boolean;
  readonly #requestOf: (index: number) => BenchRequest;
  readonly #agent = new Agent({ keepAlive: true });
  #next = 0;

  /** @param requestOf the request with this number, from 0 on */
  constructor(port: number, isSampled: boolean, requestOf: (index: number) => BenchRequest) {
    this.#port = port;
    this.#isSampled = isSampled;
    this.#requestOf = requestOf;
  }

  /** Resolves when all are answered. */
  async send(count: number, perSecond: number): Promise<void> {
    const startMs = performance.now();
    const answers: Promise<void>[] = [];
    for (let sent = 0; sent < count; sent++) {
      await delay(Math.max(0, startMs + (sent * 1000) / perSecond - performance.now()));
      answers.push(this.#ask(this.#next++));
    }
    await Promise.all(answers);
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(index: number): Promise<void> {
    const { method, path, body, contentType, seed } = this.#requestOf(index);
    const headers = {
      traceparent: traceParent(index, seed, this.#isSampled ? 1 : 0),
      ...(contentType === null ? {} : { 'content-type': contentType }),
      ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
    };
    const target = { host: '127.0.0.1', port: this.#port, method, path, agent: this.#agent, headers };
    return new Promise((resolve, reject) => {
      const sent = httpRequest(target, (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`The front answered ${response.statusCode ?? 'nothing'}.`));
        });
      });
      sent.on('error', reject).end(body ?? undefined);
    });
  }
}
