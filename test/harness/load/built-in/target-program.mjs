// A server for tests of the load driver, in a process of its own so that it can be stopped. What it does with a request is the first
// part of its path. It prints its port, and then a line of JSON for each request.
import { createServer } from 'node:http';

const perSecond = Number(process.argv[2] ?? Infinity);
const served = [];
let connections = 0;

const serve = {
  ok: (response) => response.end('{"ok":true}'),
  big: (response) => response.end('x'.repeat(100_000)),
  chunks: (response) => {
    response.write('x'.repeat(1000));
    setTimeout(() => response.end('y'.repeat(234)), 5);
  },
  broken: (response) => response.writeHead(503).end('no'),
  reset: (response) => response.socket.resetAndDestroy(),
  half: (response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half of it');
    setTimeout(() => response.socket.destroy(), 5);
  },
  never: () => undefined,
  // One after the other, at most so many in a second.
  limited: (response) => served.push(response),
};

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const kind = request.url.split(/[/?]/)[1];
    serve[kind](response);
    if (kind === 'limited') return;
    const { method, url, headers, socket } = request;
    const body = Buffer.concat(chunks).toString('utf8');
    process.stdout.write(
      `${JSON.stringify({ method, url, body, contentType: headers['content-type'] ?? null, traceParent: headers.traceparent, connection: socket.number, connectionHeader: headers.connection })}\n`,
    );
  });
});
server.on('connection', (socket) => (socket.number = ++connections));
// Tests open many connections at once.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.stdout.write(`${server.address().port}\n`));
if (perSecond < Infinity) {
  setInterval(() => {
    for (let each = 0; each < perSecond / 50; each++) served.shift()?.end('ok');
  }, 20);
}
