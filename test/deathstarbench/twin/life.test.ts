import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startNative } from '../../tracer/native-program.ts';
import { frontAndWork } from '../small-application.ts';
import { ask, launcherProgram, twinProgram, TwinRig, whyNoTwin } from '../twin-rig.ts';

const usage = `usage: scalelab-twin serve --model FILE --service NAME --replica ID --port N --registry FILE
                     --control SOCKET --spans FILE --spans-most-bytes N [--start-up-ms N]
       scalelab-twin check --model FILE

Plays one service of a modelled application, on 127.0.0.1.
  --model FILE          the application
  --service NAME        which of its services
  --replica ID          its name in the registry and in spans
  --port N              0 lets the system choose
  --registry FILE       who is there to be called; read again whenever it is replaced
  --control SOCKET      answers \`counters\` with a line of JSON
  --spans FILE          spans of sampled requests
  --spans-most-bytes N  the largest size of that file
  --start-up-ms N       instead of the model's start-up time
It finishes what it has at SIGTERM, and ends at once at a second one.
`;

function run(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(twinProgram, args, { encoding: 'utf8', input: '', timeout: 20_000 });
  return { status, stdout, stderr };
}

const orderOf = (rig: TwinRig, changes: Readonly<Record<string, string>> = {}): string[] => [
  'serve',
  ...Object.entries({
    '--model': rig.files.model,
    '--service': 'work',
    '--replica': 'work-1',
    '--port': '0',
    '--registry': rig.files.registry,
    '--control': rig.files.controlOf('work-1'),
    '--spans': rig.files.spansOf('work-1'),
    '--spans-most-bytes': '1000',
    ...changes,
  }).flat(),
];

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe.skipIf(whyNoTwin() !== null)('a replica', () => {
  test.for([
    { args: [] },
    { args: ['dance'] },
    { args: ['serve'] },
    { args: ['check'] },
    { args: ['check', '--model'] },
    { args: ['check', '--service', 'x'] },
    { args: ['check', '--model', 'x', '--port', '1'] },
  ])('$args: usage on standard error, nothing on standard output, exit status 2', ({ args }) => {
    expect(run(args)).toEqual({ status: 2, stdout: '', stderr: usage });
  });

  test.for([
    ['--port', '65536'],
    ['--port', '-1'],
    ['--port', ''],
    ['--spans-most-bytes', '1e6'],
    ['--start-up-ms', '1.5'],
    ['--replica', 'a b'],
    ['--replica', 'x'.repeat(64)],
    ['--model', ''],
    ['--colour', 'red'],
  ] as const)('%s %s is an error of usage', async ([option, value]) => {
    const rig = await TwinRig.open(frontAndWork());
    expect(run(orderOf(rig, { [option]: value }))).toEqual({ status: 2, stdout: '', stderr: usage });
  });

  test('says what it cannot use: exit status 3', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const missing = join(rig.folder, 'missing', 'x');
    const long = `/tmp/${'x'.repeat(103)}`;
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
    });
    await once(server, 'listening');
    // It listens on a port.
    const { port } = server.address() as AddressInfo;
    const said = (changes: Readonly<Record<string, string>>): string => {
      const { status, stdout, stderr } = run(orderOf(rig, changes));
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      return stderr;
    };
    expect(said({ '--model': missing })).toBe(`scalelab-twin: ${missing}: No such file or directory\n`);
    expect(said({ '--service': 'play' })).toBe('scalelab-twin: play: no service of the model\n');
    expect(said({ '--port': String(port) })).toBe(`scalelab-twin: 127.0.0.1:${port}: Address already in use\n`);
    expect(said({ '--port': String(port), '--service': 'front' })).toBe(
      `scalelab-twin: 127.0.0.1:${port}: Address already in use\n`,
    );
    expect(said({ '--control': missing })).toBe(`scalelab-twin: ${missing}: No such file or directory\n`);
    expect(said({ '--control': long })).toBe(`scalelab-twin: ${long}: File name too long\n`);
    expect(said({ '--spans': missing })).toBe(`scalelab-twin: ${missing}: No such file or directory\n`);
    expect(said({ '--registry': missing })).toBe(`scalelab-twin: ${missing}: No such file or directory\n`);
  });

  test('answers nobody before its start-up time is over', async () => {
    const rig = await TwinRig.open(frontAndWork({ work: { startUpMs: 400 } }));
    const startedMs = performance.now();
    const first = await rig.startOnly('work', 'work-1');
    const port = await first.ready;
    // A sleep may take longer, never less.
    expect(performance.now() - startedMs).toBeGreaterThan(399);
    first.kill();
    await first.exited;
    const second = await rig.startOnly('work', 'work-2', { port });
    // Its control socket is there once it has its port.
    while (!existsSync(rig.files.controlOf('work-2'))) await delay(5);
    const refused = await new Promise<unknown>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        resolve(null);
        socket.destroy();
      });
      socket.on('error', resolve);
    });
    // Both had the port; only one can listen on it.
    const third = await rig.startOnly('work', 'work-3', { port });
    await expect(third.ready).rejects.toThrow(`127.0.0.1:${port}: Address already in use`);
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    expect(await second.ready).toBe(port);
  });

  test('may be given another start-up time than the model has', async () => {
    const rig = await TwinRig.open(frontAndWork({ work: { startUpMs: 3_600_000 } }));
    await using work = await startNative(twinProgram, orderOf(rig, { '--start-up-ms': '0' }));
    expect(await work.line({ type: 'ready' })).toMatchObject({ pid: work.pid });
  });

  test('does not mind the end of its input', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const child = spawn(twinProgram, orderOf(rig, { '--service': 'front' }), { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const ready: unknown = JSON.parse(String(await once(child.stdout, 'data')));
    child.stdin.end();
    await delay(100);
    expect(await ask((ready as { port: number }).port, '/missing')).toMatchObject({ status: 404 });
  });

  test('dies with whoever started it, through its launcher too', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const command = [launcherProgram, 'enter', '--', twinProgram, ...orderOf(rig)];
    // The shell waits for it, so that it is not replaced by it.
    const shell = spawn('sh', ['-c', '"$@" & wait', 'sh', ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ready: unknown = JSON.parse(String(await once(shell.stdout, 'data')));
    const { pid } = ready as { pid: number };
    expect(isRunning(pid)).toBe(true);
    shell.kill('SIGKILL');
    while (isRunning(pid)) await delay(5);
  });

  test('is the very process that was started', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const work = await rig.start('work');
    expect(readFileSync(`/proc/${work.pid}/cmdline`, 'utf8').split('\0')[0]).toBe(twinProgram);
  });

  test('answers on its socket whoever asks, and nothing but its counters', async () => {
    const rig = await TwinRig.open(frontAndWork());
    await rig.start('work');
    const answerTo = (text: string): Promise<string> =>
      new Promise((resolve) => {
        let answer = '';
        const socket = connect(rig.files.controlOf('work-1'), () => socket.end(text));
        socket.setEncoding('utf8').on('data', (piece: string) => {
          answer += piece;
        });
        // What it did not read makes the kernel take back the connection.
        socket
          .on('error', () => undefined)
          .on('close', () => {
            resolve(answer);
          });
      });
    expect(await answerTo('reset\n')).toBe('{"error":"the only command is `counters`"}\n');
    expect(await answerTo('x'.repeat(1000))).toBe('');
    expect((await answerTo('counters\ncounters\ncounters')).match(/"requests":0/g)).toHaveLength(2);
    const many = await Promise.all(Array.from({ length: 20 }, () => answerTo('counters\n')));
    expect(many.filter((line) => line.includes('"requests":0'))).toHaveLength(20);
  });

  test('replaces what a replica of its name left behind', async () => {
    const rig = await TwinRig.open(frontAndWork());
    writeFileSync(rig.files.controlOf('work-1'), '');
    const work = await rig.start('work');
    expect(await work.counters()).toMatchObject({ requests: 0, errors: 0, spansDropped: 0 });
    work.drain();
    await work.exited;
    expect(existsSync(rig.files.controlOf('work-1'))).toBe(false);
  });
});
