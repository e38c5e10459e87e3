import { Pool } from 'undici';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../../../harness/core/clock.ts';

/** What became of requests. */
export interface Answers {
  readonly ok: number;
  readonly failed: number;
}

/** Asks `say` of the application echo, on connections of its own. Answers the HTTP status, or 0 if there was no answer. */
export function echoClient(url: string): () => Promise<number> {
  const pool = new Pool(url, { connections: 16 });
  onTestFinished(() => pool.destroy());
  return async () => {
    try {
      const { statusCode, body } = await pool.request({
        path: '/say',
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'user_id=1&text=hello',
      });
      await body.dump();
      return statusCode;
    } catch {
      return 0;
    }
  };
}

/** A steady load until it is stopped: a request every few milliseconds, whatever becomes of those before. */
export function steadyLoad(url: string, everyMs = 5): { stop(): Promise<Answers> } {
  const ask = echoClient(url);
  const over = new AbortController();
  const statuses: Promise<number>[] = [];
  const going = (async () => {
    while (!over.signal.aborted) {
      statuses.push(ask());
      await systemClock.sleep(everyMs);
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await going;
      const all = await Promise.all(statuses);
      const ok = all.filter((status) => status === 200).length;
      return { ok, failed: all.length - ok };
    },
  };
}
