import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ControlConnection } from '../../../deathstarbench/client/control-connection.ts';
import { systemClock } from '../../../harness/core/clock.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

/** A replica that does this with what it is asked. */
async function server(serve: (socket: Socket, line: string) => void) {
  const path = join(temporaryFolder(), 'x.sock');
  const sockets: Socket[] = [];
  const listening = createServer((socket) => {
    sockets.push(socket);
    socket.setEncoding('utf8').on('error', () => undefined);
    socket.on('data', (text: string) => {
      for (const line of text.trimEnd().split('\n')) serve(socket, line);
    });
  }).listen(path);
  await new Promise((resolve) => listening.once('listening', resolve));
  const control = new ControlConnection(path, systemClock, 100);
  onTestFinished(() => {
    control.close();
    listening.close();
  });
  return { control, sockets };
}

describe.skipIf(process.platform === 'win32')('a control connection', () => {
  test('is one for all questions, and answers come to those who asked', async () => {
    const { control, sockets } = await server((socket, line) => socket.write(`${line}!\n`));
    expect(await Promise.all(['a', 'b', 'c'].map((line) => control.ask(line)))).toEqual(['a!', 'b!', 'c!']);
    expect(await control.ask('d')).toBe('d!');
    expect(sockets).toHaveLength(1);
  });

  test('puts pieces together', async () => {
    const { control } = await server((socket) => {
      socket.setNoDelay(true);
      for (const piece of ['{"a"', ':1}', '\n']) setTimeout(() => socket.write(piece), 5);
    });
    expect(await control.ask('counters')).toBe('{"a":1}');
  });

  test('waits for nobody who does not answer, and takes no late answer for that to the next question', async () => {
    const { control, sockets } = await server((socket, line) => {
      if (line !== 'silent') socket.write(`${line}!\n`);
    });
    expect(await Promise.all([control.ask('silent'), control.ask('silent')])).toEqual([null, null]);
    sockets[0]?.write('late\n');
    expect(await control.ask('again')).toBe('again!');
    expect(sockets).toHaveLength(2);
  });

  test('gives up when it is told to', async () => {
    const { control } = await server(() => undefined);
    const given = new AbortController();
    const answer = control.ask('silent', given.signal);
    given.abort();
    expect(await answer).toBeNull();
    expect(await control.ask('silent', given.signal)).toBeNull();
  });

  test('may be given up by one signal with many others', async () => {
    const warnings: string[] = [];
    const warn = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', warn);
    onTestFinished(() => void process.off('warning', warn));
    const { control } = await server((socket, line) => socket.write(`${line}!\n`));
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 50 }, () => control.ask('a', signal)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });

  test('has no answer where nobody listens, and tries anew the next time', async () => {
    const control = new ControlConnection(join(temporaryFolder(), 'missing.sock'), systemClock, 100);
    expect(await control.ask('a')).toBeNull();
    expect(await control.ask('a')).toBeNull();
  });

  test('has no answer when the other side closes', async () => {
    const { control, sockets } = await server((socket) => socket.end());
    expect(await control.ask('a')).toBeNull();
    expect(await control.ask('a')).toBeNull();
    expect(sockets).toHaveLength(2);
  });
});
