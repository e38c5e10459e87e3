import { createServer, connect } from 'node:net';
import type { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { writeFileSync, renameSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { frontAndWork } from '../small-application.ts';
import { ask, countersWhen, TwinRig, whyNoTwin } from '../twin-rig.ts';

const failed = { status: 500, body: 'A call of the application failed' };

/** A server in the place of a replica. @returns its port */
async function standIn(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  // It listens on a port.
  return (server.address() as AddressInfo).port;
}

/** The head of a reply: length of the rest, `SLRP`, version 1, kind, flags. */
function replyHead(bodyBytes: number, kind: number, flags = 0): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(8 + bodyBytes, 0);
  head.write('SLRP', 4);
  head.writeUInt16LE(1, 8);
  head.writeUInt8(kind, 10);
  head.writeUInt8(flags, 11);
  return head;
}
const reply = Buffer.concat([replyHead(16, 1), Buffer.alloc(16)]);
const leaving = replyHead(0, 3);

async function frontBefore(serve: (socket: Socket) => void) {
  const rig = await TwinRig.open(frontAndWork());
  const front = await rig.start('front');
  const port = await standIn(serve);
  await rig.publish([{ service: 'work', replica: 'work-1', port }]);
  return { rig, front };
}

describe.skipIf(whyNoTwin() !== null)('faults of others', () => {
  test('the callers of a killed replica see an error, count it, and go on', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 100_000 }));
    const front = await rig.start('front');
    const first = await rig.start('work', 'work-1');
    const answer = ask(front.port, '/ask');
    await countersWhen(first, ({ inFlight }) => inFlight === 1);
    first.kill();
    expect(await answer).toEqual(failed);
    await first.exited;
    // Nobody has noticed yet.
    expect(await ask(front.port, '/ask')).toEqual(failed);
    await rig.unregister(first);
    await rig.start('work', 'work-2');
    for (let index = 0; index < 5; index++) expect((await ask(front.port, '/ask')).status).toBe(200);
    expect(await front.counters()).toMatchObject({ requests: 7, errors: 2, busyConnections: 0, inFlight: 0 });
  });

  test('without any replica to call, a call fails', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await rig.start('front');
    expect(await ask(front.port, '/ask')).toEqual(failed);
    expect(await front.counters()).toMatchObject({ requests: 1, errors: 1, firstServedMonotonicSeconds: null });
  });

  test('a replica that stands still holds up its callers and nothing else, and all goes on when it does', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await rig.start('front');
    const work = await rig.start('work');
    await ask(front.port, '/ask');
    process.kill(work.pid, 'SIGSTOP');
    const answers = Array.from({ length: 5 }, () => ask(front.port, '/ask'));
    await countersWhen(front, ({ inFlight }) => inFlight === 5);
    expect(await work.counters()).toBeNull();
    process.kill(work.pid, 'SIGCONT');
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(new Array(5).fill(200));
    expect(await countersWhen(work, ({ requests }) => requests === 6)).toMatchObject({ errors: 0 });
  });

  test.for([
    ['ends without an answer', Buffer.alloc(0)],
    ['answers with anything', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['cuts its answer in the head', reply.subarray(0, 5)],
    ['cuts its answer in the body', reply.subarray(0, 20)],
    ['promises more than anybody sends', replyHead(2 ** 31, 1)],
    ['says that it failed', replyHead(0, 2)],
    ['says that it failed, and goes on', Buffer.concat([replyHead(4, 2), Buffer.alloc(4)])],
  ] as const)('a replica that %s: the call fails, and its connection is not used again', async ([, bytes]) => {
    const { front } = await frontBefore((socket) => {
      socket.once('data', () => socket.end(bytes));
    });
    expect(await ask(front.port, '/ask')).toEqual(failed);
    expect(await ask(front.port, '/ask')).toEqual(failed);
    expect(await front.counters()).toMatchObject({ requests: 2, errors: 2, busyConnections: 0 });
  });

  test('an answer may come byte by byte, and after the word that the replica ends', async () => {
    let connections = 0;
    const { front } = await frontBefore((socket) => {
      connections++;
      socket.setNoDelay(true).on('data', () => {
        const bytes = Buffer.concat([leaving, reply]);
        const send = (at: number): void => {
          if (at < bytes.length) socket.write(bytes.subarray(at, at + 1), () => setTimeout(send, 1, at + 1));
        };
        send(0);
      });
    });
    expect((await ask(front.port, '/ask')).status).toBe(200);
    expect((await ask(front.port, '/ask')).status).toBe(200);
    expect(connections).toBe(2);
  });

  test('a connection that the other side closed, or on which it said that it ends, is not used again', async () => {
    const connections: Socket[] = [];
    const { front } = await frontBefore((socket) => {
      connections.push(socket);
      socket.on('data', () => socket.write(reply));
    });
    const askAfter = async (act: (socket: Socket | undefined) => void): Promise<void> => {
      expect((await ask(front.port, '/ask')).status).toBe(200);
      act(connections.at(-1));
      await delay(50);
    };
    await askAfter((socket) => socket?.end());
    await askAfter((socket) => socket?.write(leaving));
    await askAfter(() => undefined);
    await askAfter(() => undefined);
    expect(connections).toHaveLength(3);
  });

  test('an answer may say that it is the last one on its connection', async () => {
    let connections = 0;
    const { front } = await frontBefore((socket) => {
      connections++;
      socket.on('data', () => socket.write(Buffer.concat([replyHead(16, 1, 1), Buffer.alloc(16)])));
    });
    expect((await ask(front.port, '/ask')).status).toBe(200);
    expect((await ask(front.port, '/ask')).status).toBe(200);
    expect(connections).toBe(2);
  });

  test('whoever finds that a replica has left before the news came calls another', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await rig.start('front');
    const work = await rig.start('work', 'work-1', { isRegistered: false });
    const left = await rig.start('work', 'work-2');
    left.kill();
    await left.exited;
    expect(await ask(front.port, '/ask')).toEqual(failed);
    // In its place and not instead of it, so that nobody is told.
    writeFileSync(rig.files.registry, `work work-1 ${work.port}\n`);
    expect((await ask(front.port, '/ask')).status).toBe(200);
  });

  test.for([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')],
    ['zeros', Buffer.alloc(4096)],
    ['an operation that there is not', operationFrame(7)],
    ['half a request', operationFrame(0).subarray(0, 20)],
  ] as const)('%s instead of a framed request ends that connection, and no other', async ([, bytes]) => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await rig.start('front');
    const work = await rig.start('work');
    expect((await ask(front.port, '/ask')).status).toBe(200);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(work.port, '127.0.0.1', () => socket.end(bytes));
      socket.resume().on('error', (error) => {
        // What was not read makes the kernel take back the connection.
        if ('code' in error && error.code === 'ECONNRESET') resolve();
        else reject(error);
      });
      socket.on('end', resolve);
    });
    expect((await ask(front.port, '/ask')).status).toBe(200);
    expect(await countersWhen(work, ({ openConnections }) => openConnections === 1)).toMatchObject({
      requests: 2,
      errors: 0,
    });
  });

  test('a registry that cannot be read is said so, and the last one that could holds', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await rig.start('front');
    await rig.start('work');
    const replace = (text: string): void => {
      writeFileSync(`${rig.files.registry}.new`, text);
      renameSync(`${rig.files.registry}.new`, rig.files.registry);
    };
    for (const text of ['work work-1', 'work work-1 0\n', 'work work-1 65536\n', 'work  4000\n', '\n', 'a b 1 2\n']) {
      replace(text);
      await delay(20);
      expect((await ask(front.port, '/ask')).status).toBe(200);
    }
    replace('');
    await delay(20);
    expect(await ask(front.port, '/ask')).toEqual(failed);
    front.drain();
    const { stderrTail } = await front.exited;
    expect(stderrTail).toBe(
      `scalelab-twin: line 1 of ${rig.files.registry} is not \`service replica port\`\n`.repeat(6),
    );
  });
});

function operationFrame(operation: number): Buffer {
  const frame = Buffer.alloc(40);
  frame.writeUInt32LE(36, 0);
  frame.write('SLRQ', 4);
  frame.writeUInt16LE(1, 8);
  frame.writeUInt32LE(operation, 12);
  frame.writeUInt32LE(1, 32);
  return frame;
}
