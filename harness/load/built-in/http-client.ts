import { buildConnector, Pool, type Dispatcher } from 'undici';
import type { Connections } from '../port.ts';
import type { ReadyRequest } from './request-ahead.ts';

/** Longer than any trial: connections are dropped by their age or by the server, not for being idle. */
const keepAliveMs = 24 * 3600 * 1000;

/** One request at a time on each connection, and as many connections as there are requests in flight. */
export class HttpClient {
  readonly #pool: Pool;
  readonly #isFresh: boolean;
  #connects = 0;

  constructor(url: string, connections: Connections, timeoutMs: number) {
    // Nobody waits for a connection after the time-out of its request, which comes first by a margin, as these timers are coarse.
    const connect = buildConnector({ timeout: timeoutMs + 2000, autoSelectFamily: false });
    this.#isFresh = connections.kind === 'fresh';
    this.#pool = new Pool(url, {
      connect: (options, callback) => {
        this.#connects++;
        connect(options, callback);
      },
      pipelining: 1,
      // Time-outs count from the due instant, so they are not the client's.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      ...(connections.kind === 'kept' && connections.maxAgeMs !== null ? { clientTtl: connections.maxAgeMs } : {}),
    });
  }

  /** @returns true if a connection had to be opened for it */
  send({ method, path, headers, body }: ReadyRequest, handler: Dispatcher.DispatchHandler): boolean {
    const before = this.#connects;
    this.#pool.dispatch({ method, path, headers, body, reset: this.#isFresh }, handler);
    return this.#connects > before;
  }

  /** Drops all connections. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}
