import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a request was when it arrived. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly contentType: string | null;
  readonly traceParent: string;
}

export interface TargetServer {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  connections(): number;
}

/** A server for a load driver to send to, until the test ends. */
export async function startTarget(
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.end('{"ok":true}'),
): Promise<TargetServer> {
  const arrivals: Arrival[] = [];
  let connections = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      arrivals.push({
        method,
        path: url,
        body: Buffer.concat(chunks).toString('utf8'),
        contentType: headers['content-type'] ?? null,
        traceParent: String(headers['traceparent']),
      });
      answer(response, request);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, arrivals, connections: () => connections };
}
