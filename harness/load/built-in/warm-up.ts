import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SenderTask } from './worker-message.ts';
import { HttpClient } from './http-client.ts';
import { monotonicMs } from './monotonic-time.ts';
import { OpenLoop } from './open-loop.ts';
import { RequestAhead } from './request-ahead.ts';
import { sharedLog } from './shared-log.ts';

const requests = 1000;
const milliseconds = 400;
const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/**
 * Sends a thousand requests to a server of its own on loopback, so that the code is compiled and its memory has grown before the
 * schedule begins: else the first second of a trial would be late for that. The target sees none of them.
 */
export async function warmUp({ log, requests: model, spanShare }: SenderTask): Promise<void> {
  const count = Math.min(requests, log.dueMs.length);
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => socket.write(reply));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the warm-up has no port');
  const own = sharedLog({
    dueMs: Float64Array.from({ length: count }, (_, index) => (index / requests) * milliseconds),
    endpoint: log.endpoint.slice(0, count),
    payloadSeed: log.payloadSeed.slice(0, count),
  });
  const client = new HttpClient(`http://127.0.0.1:${address.port}`, { kind: 'kept', maxAgeMs: null }, 10_000);
  const originMs = monotonicMs();
  let isOver = false;
  const loop = new OpenLoop({
    log: own,
    first: 0,
    stride: 1,
    timeoutMs: 10_000,
    mostInFlight: 64,
    inFlight: new Int32Array(new SharedArrayBuffer(4)),
    fullUntilMs: Float64Array.of(-Infinity),
    ahead: new RequestAhead(own, model, spanShare, 0, 1),
    client,
    nowMs: () => monotonicMs() - originMs,
    onRoom: () => undefined,
    onFinished: () => (isOver = true),
  });
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the call above, later
  while (!isOver) {
    loop.sendDue();
    await delay(1);
  }
  await client.destroy();
  server.close();
}
