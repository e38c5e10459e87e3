import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { buildRequest } from '../../application/build-request.ts';
import type { LoadOrder } from '../port.ts';
import { traceParent } from '../trace-context.ts';

/** So many are made in one go: some ten milliseconds. */
const chunkRequests = 500;

/**
 * Writes the requests of an order to a file, a line each: name of the endpoint, method, `traceparent`, path, content type and body, with
 * tabs between; the last two are empty for a GET. They are made here, because the JavaScript of k6 is interpreted: 2.6 ms for a post of
 * the social network, during which it would send nothing.
 * @returns the SHA-256 of the file
 */
export async function writeRequestLines(path: string, order: LoadOrder, signal: AbortSignal): Promise<string> {
  const { schedule, requests, spanShare } = order;
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  try {
    for (let from = 0; from < schedule.dueMs.length; from += chunkRequests) {
      signal.throwIfAborted();
      const lines = Array.from(schedule.endpoint.subarray(from, from + chunkRequests), (endpoint, offset) => {
        const seed = schedule.payloadSeed[from + offset] ?? 0;
        const { method, path: target, body, contentType } = buildRequest(requests, endpoint, seed);
        const name = requests.endpoints[endpoint]?.name ?? '';
        const fields = [
          name,
          method,
          traceParent(from + offset, seed, spanShare),
          target,
          contentType ?? '',
          body ?? '',
        ];
        return `${fields.join('\t')}\n`;
      });
      const chunk = lines.join('');
      hash.update(chunk);
      writeSync(file, chunk);
      await setImmediate();
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
