import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { frontAndWork, lastingPool } from '../small-application.ts';
import { ask, countersWhen, TwinRig, whyNoTwin } from '../twin-rig.ts';
import type { RunningReplica } from '../twin-rig.ts';

/** Requests without a pause, on eight connections, until it is told to stop; then how many had which status. */
function load(front: RunningReplica): { stop(): Promise<ReadonlyMap<number, number>> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  onTestFinished(() => {
    agent.destroy();
  });
  const statuses = new Map<number, number>();
  let isOver = false;
  const one = async (): Promise<void> => {
    while (!isOver) {
      const { status } = await ask(front.port, '/ask', { agent });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const all = Promise.all(Array.from({ length: 8 }, one));
  return {
    stop: async () => {
      isOver = true;
      await all;
      return statuses;
    },
  };
}

/** For the first operation, with a seed of 0 and the span 1. */
const requestFrame = Buffer.from(`24000000534c525101000000${'00'.repeat(20)}0100000000000000`, 'hex');

const wholeRequest = 'GET /ask HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Its end does not come by the drain limit. */
async function frontThatMayWait(services: Parameters<typeof frontAndWork>[0] = {}) {
  const rig = await TwinRig.open(frontAndWork({ ...services, changes: { drainLimitMs: 3_600_000 } }));
  const front = await rig.start('front');
  await rig.start('work');
  // Once it knows of it.
  while ((await ask(front.port, '/ask')).status !== 200) await delay(10);
  return { rig, front };
}

/** Of a caller. Answers are so short that nothing is behind their end. */
class Connection {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = once(socket, 'close').then(() => undefined);
    socket.on('error', () => undefined).setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
    });
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** What comes until `end` has come, or until the connection is closed. */
  async answer(end = '\r\n\r\n'): Promise<string> {
    while (!this.#received.includes(end) && !this.#socket.closed) {
      await Promise.race([once(this.#socket, 'data'), this.closed]);
    }
    const received = this.#received;
    this.#received = '';
    return received;
  }

  end(): void {
    this.#socket.end();
  }
}

const served = { exitCode: 0, signal: null, stderrTail: '' };

describe.skipIf(whyNoTwin() !== null)('a replica that is told to end', () => {
  test.for([
    ['never age', lastingPool],
    ['age', { ...lastingPool, maxAgeMs: 20 }],
  ] as const)('under load, again and again, loses no request whose connections %s', async ([, pool]) => {
    const rig = await TwinRig.open(frontAndWork({ front: { pool }, micros: 300 }));
    const front = await rig.start('front');
    let oldest = await rig.start('work', 'work-0');
    const loaded = load(front);
    for (let round = 1; round <= 8; round++) {
      const next = await rig.start('work', `work-${round}`);
      await delay(50);
      await rig.unregister(oldest);
      oldest.drain();
      expect(await oldest.exited).toEqual(served);
      oldest = next;
    }
    const statuses = await loaded.stop();
    expect([...statuses.keys()]).toEqual([200]);
    expect(await front.counters()).toMatchObject({ errors: 0, inFlight: 0, queuedForConnection: 0 });
  });

  test('serves callers who hear of it late', async () => {
    const rig = await TwinRig.open(frontAndWork({ front: { pool: { ...lastingPool, maxAgeMs: 1 } }, micros: 300 }));
    const front = await rig.start('front');
    const oldest = await rig.start('work', 'work-0');
    await rig.start('work', 'work-1');
    const loaded = load(front);
    await delay(100);
    oldest.drain();
    await delay(30);
    await rig.unregister(oldest);
    expect(await oldest.exited).toEqual(served);
    expect([...(await loaded.stop()).keys()]).toEqual([200]);
  });

  test('says so on connections that nobody uses, and with the answer on those that are used', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 200_000 }));
    const work = await rig.start('work');
    const frames = (isAsking: boolean): Promise<string> =>
      new Promise((resolve, reject) => {
        const pieces: Buffer[] = [];
        const socket = connect(work.port, '127.0.0.1', () => {
          if (isAsking) socket.write(requestFrame);
        });
        socket.on('data', (piece) => {
          pieces.push(piece);
          socket.end();
        });
        socket.on('error', reject).on('close', () => {
          resolve(Buffer.concat(pieces).toString('hex'));
        });
      });
    const both = Promise.all([frames(false), frames(true)]);
    await countersWhen(work, ({ inFlight, openConnections }) => inFlight === 1 && openConnections === 2);
    work.drain();
    // The length of the rest, `SLRP`, version 1, kind (3: it ends, 1: done), whether it is the last, and the bytes of the answer.
    expect(await both).toEqual(['08000000534c525001000300', `18000000534c525001000101${'00'.repeat(16)}`]);
    expect(await work.exited).toEqual(served);
  });

  test('finishes what it has, and only then ends', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 300_000 }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    const answer = ask(front.port, '/ask');
    await countersWhen(work, ({ inFlight }) => inFlight === 1);
    await rig.unregister(work);
    work.drain();
    expect(await answer).toMatchObject({ status: 200 });
    expect(await work.exited).toEqual(served);
  });

  test('ends after the time that the model gives it, and says what it cut off; its callers see an error', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 5_000_000, changes: { drainLimitMs: 200 } }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    const answer = ask(front.port, '/ask');
    await countersWhen(work, ({ inFlight }) => inFlight === 1);
    work.drain();
    expect(await work.exited).toEqual({
      exitCode: 5,
      signal: null,
      stderrTail: 'scalelab-twin: ended in the middle of 1 request\n',
    });
    expect(await answer).toEqual({ status: 500, body: 'A call of the application failed' });
    expect(await front.counters()).toMatchObject({ requests: 1, errors: 1 });
  });

  test('ends at once when it is told twice', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 20_000_000, changes: { drainLimitMs: 60_000 } }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    const answer = ask(front.port, '/ask');
    await countersWhen(work, ({ inFlight }) => inFlight === 1);
    work.drain();
    await delay(50);
    work.drain();
    expect(await work.exited).toMatchObject({ exitCode: 5 });
    expect(await answer).toMatchObject({ status: 500 });
  });

  test('while it starts, ends without ever having answered', async () => {
    const rig = await TwinRig.open(frontAndWork({ work: { startUpMs: 60_000 } }));
    const work = await rig.startOnly('work');
    // It answers on its socket before it serves anybody.
    await countersWhen(work, () => true);
    work.drain();
    expect(await work.exited).toEqual(served);
    await expect(work.ready).rejects.toThrow('The replica work-1 did not start: it exited with 0');
  });

  test('as a front, answers the next request of a kept connection and then closes it', async () => {
    const { front } = await frontThatMayWait();
    const kept = await Connection.open(front.port);
    kept.write(wholeRequest);
    await kept.answer();
    process.kill(front.pid, 'SIGSTOP');
    front.drain();
    kept.write(wholeRequest);
    process.kill(front.pid, 'SIGCONT');
    expect(await kept.answer()).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\nConnection: close\r\n/s);
    await kept.closed;
    expect(await front.exited).toEqual(served);
  });

  test('as a front, closes connections on which nobody asks, and no others', async () => {
    const { front } = await frontThatMayWait();
    const [fresh, kept, half] = [
      await Connection.open(front.port),
      await Connection.open(front.port),
      await Connection.open(front.port),
    ];
    kept.write(wholeRequest);
    await kept.answer();
    half.write(wholeRequest.slice(0, 20));
    await countersWhen(front, ({ openConnections }) => openConnections === 3);
    // Until its thread has read it.
    await delay(50);
    front.drain();
    await Promise.all([fresh.closed, kept.closed]);
    half.write(wholeRequest.slice(20));
    expect(await half.answer()).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\nConnection: close\r\n/s);
    expect(await front.exited).toEqual(served);
  });

  test.for([
    ['front', 1],
    ['front', 64],
    ['work', 1],
    ['work', 64],
  ] as const)('as a replica of %s with %d threads, serves who had connected before', async ([service, mostThreads]) => {
    const { rig, front } = await frontThatMayWait({ [service]: { mostThreads } });
    const work = await rig.start('work', 'work-2', { isRegistered: false });
    const replica = service === 'front' ? front : work;
    // Version 1, done.
    const answered = service === 'front' ? 'HTTP/1.1 200 OK' : 'SLRP\x01\x00\x01';
    process.kill(replica.pid, 'SIGSTOP');
    const connections = await Promise.all(Array.from({ length: 5 }, () => Connection.open(replica.port)));
    for (const connection of connections) connection.write(service === 'front' ? wholeRequest : requestFrame);
    replica.drain();
    process.kill(replica.pid, 'SIGCONT');
    for (const connection of connections) {
      expect(await connection.answer(answered)).toContain(answered);
      connection.end();
    }
    expect(await replica.exited).toEqual(served);
  });

  test('as one of two fronts on one port, leaves the port to the other', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const first = await rig.start('front', 'front-1');
    const second = await rig.start('front', 'front-2', { port: first.port });
    expect(second.port).toBe(first.port);
    await rig.start('work');
    const askFresh = async (count: number): Promise<readonly number[]> => {
      const statuses: number[] = [];
      for (let index = 0; index < count; index++) statuses.push((await ask(first.port, '/ask')).status);
      return statuses;
    };
    expect(new Set(await askFresh(30))).toEqual(new Set([200]));
    const before = await second.counters();
    expect(before?.requests).toBeGreaterThan(0);
    expect(before?.requests).toBeLessThan(30);
    first.drain();
    expect(await first.exited).toEqual(served);
    expect(new Set(await askFresh(10))).toEqual(new Set([200]));
    expect((await second.counters())?.requests).toBe((before?.requests ?? 0) + 10);
  });
});
