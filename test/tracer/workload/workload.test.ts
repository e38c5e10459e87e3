import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { parseMessage, startNative } from '../native-program.ts';
import type { Message, NativeProgram } from '../native-program.ts';
import { makeTestCgroup, whyNoTestCgroups } from '../test-cgroup.ts';

const program = 'build/native/scalelab-workload';
const canary = ['canary', '--rate-per-second', '200', '--work-micros', '100'];

const usage = `usage: scalelab-workload canary --rate-per-second N --work-micros N [--cgroup-procs FILE]...
       scalelab-workload spin --threads N [--cgroup-procs FILE]...
       scalelab-workload sleeper --sleep-micros N --work-micros N [--threads N] [--cgroup-procs FILE]...
       scalelab-workload exec [--cgroup-procs FILE]... -- PROGRAM [ARGUMENT]...
       scalelab-workload enter [--cgroup-procs FILE]... [--cpus LIST] -- PROGRAM [ARGUMENT]...

Threads with a known pattern of sleep and work.
  canary   wakes at a fixed rate and works a fixed time
  spin     works without a pause
  sleeper  sleeps and works in turn
  exec     runs another program, and ends with everything that it started
  enter    becomes another program, which is killed when whoever started it ends
  --cgroup-procs FILE  write the own process id to FILE before anything else; may be repeated
  --cpus LIST          run on these CPUs only, such as 0 or 1-3,5
A line \`report\` on standard input asks for the counts so far (not of exec); its end ends the program
(but not one that was entered).
`;

async function report(workload: NativeProgram): Promise<Message> {
  const from = workload.lines.length;
  workload.writeLine('report');
  return workload.line({ type: 'report' }, from);
}

const numbersOf = (message: Message): { wakeups: number; skipped: number; cpuMicros: number } => ({
  wakeups: Number(message['wakeups']),
  skipped: Number(message['skipped']),
  cpuMicros: Number(message['cpuMicros']),
});

/** Reports until one says so. */
async function reportWhen(workload: NativeProgram, isEnough: (report: Message) => boolean): Promise<Message> {
  for (;;) {
    const message = await report(workload);
    if (isEnough(message)) return message;
    await delay(10);
  }
}

/** Waits for a process to be gone; the test's own limit ends a wait for one that stays. */
async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await delay(5);
}

/** A zombie has ended, even if nobody has asked about it yet. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe.skipIf(process.platform !== 'linux')('the workload', () => {
  test.for([
    { args: [] },
    { args: ['dance'] },
    { args: ['spin'] },
    { args: ['spin', '--threads', '0'] },
    { args: ['spin', '--threads', '2', '--work-micros', '5'] },
    { args: ['canary', '--rate-per-second', '200'] },
    { args: ['canary', '--rate-per-second', '1000', '--work-micros', '1000'] },
    { args: ['canary', '--rate-per-second', '2e2', '--work-micros', '100'] },
    { args: ['sleeper', '--sleep-micros', '100'] },
    { args: ['sleeper', '--sleep-micros', '100', '--work-micros'] },
    { args: ['spin', '--threads', '1', '--', 'true'] },
    { args: ['exec'] },
    { args: ['exec', '--'] },
    { args: ['exec', 'true'] },
    { args: ['exec', '--cpus', '0', '--', 'true'] },
    { args: ['enter'] },
    { args: ['enter', '--cpus', '0', '--'] },
  ])('$args: usage on standard error, nothing on standard output, exit status 2', ({ args }) => {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input: '' });
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: usage });
  });

  test.for([
    { args: canary, threads: 1 },
    { args: ['spin', '--threads', '3'], threads: 3 },
    { args: ['sleeper', '--sleep-micros', '1000', '--work-micros', '10'], threads: 1 },
    { args: ['sleeper', '--sleep-micros', '1000', '--work-micros', '10', '--threads', '2'], threads: 2 },
  ])('$args: names its threads once all of them run', async ({ args, threads }) => {
    await using workload = await startNative(program, args);
    const ready = await workload.line({ type: 'ready' });
    const all = readdirSync(`/proc/${workload.pid}/task`).map(Number);
    expect(ready).toEqual({
      type: 'ready',
      pid: workload.pid,
      threads: all.filter((tid) => tid !== workload.pid).sort((a, b) => a - b),
    });
    expect(ready['threads']).toHaveLength(threads);
  });

  test('a canary is never ahead of its rate, and works at least as long as it says at each wakeup', async () => {
    const startedNs = process.hrtime.bigint();
    await using workload = await startNative(program, canary);
    const { wakeups, skipped, cpuMicros } = numbersOf(
      await reportWhen(workload, (message) => numbersOf(message).wakeups >= 50),
    );
    const elapsedMs = Number(process.hrtime.bigint() - startedNs) / 1e6;
    expect(wakeups + skipped).toBeLessThanOrEqual(elapsedMs / 5);
    expect(cpuMicros).toBeGreaterThanOrEqual((wakeups - 1) * 100);
  });

  test('a canary that was stopped skips what it missed instead of making up for it', async () => {
    await using workload = await startNative(program, canary);
    const before = numbersOf(await reportWhen(workload, (message) => numbersOf(message).wakeups > 0));
    process.kill(workload.pid, 'SIGSTOP');
    await delay(500);
    process.kill(workload.pid, 'SIGCONT');
    const after = numbersOf(await reportWhen(workload, (message) => numbersOf(message).wakeups >= before.wakeups + 2));
    // 500 ms are 100 periods.
    expect(after.skipped - before.skipped).toBeGreaterThanOrEqual(90);
  });

  test('a spinner works and never sleeps', async () => {
    await using workload = await startNative(program, ['spin', '--threads', '1']);
    const busy = await reportWhen(workload, (message) => numbersOf(message).cpuMicros > 50_000);
    expect(busy).toMatchObject({ wakeups: 0, skipped: 0 });
  });

  /** Each thread takes 8 MB of addresses for its stack, so that some fit and some do not: as if the system refused them. */
  const short = (args: readonly string[]): string[] => [
    '-c',
    `ulimit -s 8192; ulimit -v 60000; exec ${program} "$@"`,
    'sh',
    ...args,
  ];

  test('a spinner to whom the system refuses threads goes on with those it has, and names them', async () => {
    await using workload = await startNative('sh', short(['spin', '--threads', '20']));
    const threads = (await workload.line({ type: 'ready' }))['threads'] as number[];
    expect(threads.length).toBeGreaterThan(0);
    expect(threads.length).toBeLessThan(20);
    expect(readdirSync(`/proc/${workload.pid}/task`)).toHaveLength(threads.length + 1);
    await reportWhen(workload, (message) => numbersOf(message).cpuMicros > 20_000);
  });

  test('sleepers are all there or none', () => {
    const { status, stdout, stderr } = spawnSync(
      'sh',
      short(['sleeper', '--sleep-micros', '1000', '--work-micros', '10', '--threads', '20']),
      { encoding: 'utf8', input: '' },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scalelab-workload: starting threads: Resource temporarily unavailable\n',
    });
  });

  test('ends when its input ends, with its totals', async () => {
    await using workload = await startNative(program, canary);
    const { wakeups } = numbersOf(await reportWhen(workload, (message) => numbersOf(message).wakeups > 0));
    expect(await workload.stop()).toEqual({ exitCode: 0, signal: null, stderrTail: '' });
    const end = parseMessage(workload.lines.at(-1) ?? '');
    expect(Object.keys(end)).toEqual(['type', 'wakeups', 'skipped', 'cpuMicros']);
    expect(end['type']).toBe('end');
    expect(Number(end['wakeups'])).toBeGreaterThanOrEqual(wakeups);
  });

  test('ends at SIGTERM, with its totals', async () => {
    await using workload = await startNative(program, ['spin', '--threads', '2']);
    await workload.line({ type: 'ready' });
    process.kill(workload.pid, 'SIGTERM');
    expect(await workload.exited).toEqual({ exitCode: 0, signal: null, stderrTail: '' });
    expect(parseMessage(workload.lines.at(-1) ?? '')).toMatchObject({ type: 'end', wakeups: 0 });
  });

  test('names the cgroup file that refuses it, and exits with 3', () => {
    const file = join(temporaryFolder(), 'cgroup.procs');
    const { status, stdout, stderr } = spawnSync(program, [...canary, '--cgroup-procs', file], {
      encoding: 'utf8',
      input: '',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 3,
      stdout: '',
      stderr: `scalelab-workload: cannot enter the cgroup of ${file}: No such file or directory\n`,
    });
    expect(existsSync(file)).toBe(false);
  });

  test('is in its cgroups with all threads by the time it is ready', async (context) => {
    const whyNot = whyNoTestCgroups();
    if (whyNot !== null) context.skip(whyNot);
    await using cgroup = makeTestCgroup({ name: 'workload' });
    const args = ['spin', '--threads', '2', '--cgroup-procs', cgroup.procsFile];
    await using workload = await startNative(program, args);
    await workload.line({ type: 'ready' });
    expect(readFileSync(cgroup.procsFile, 'utf8')).toBe(`${workload.pid}\n`);
  });

  test('does not outlive its parent', async () => {
    // Its input stays open, so what ends it can only be the death of the shell.
    const script = `exec 3<&0; ${program} spin --threads 1 <&3 & wait`;
    const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const pid = Number(parseMessage(String(await once(shell.stdout, 'data')))['pid']);
    expect(isRunning(pid)).toBe(true);
    shell.kill('SIGKILL');
    await untilGone(pid);
    shell.stdin.end();
  });
});

describe.skipIf(process.platform !== 'linux')('exec', () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, ['exec', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { status, stdout, stderr };
  };

  test('passes on what the program prints and how it ends', () => {
    expect(run('--', 'sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual({
      status: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(run('--', 'sh', '-c', 'kill -KILL $$')).toEqual({ status: 137, stdout: '', stderr: '' });
  });

  test('says which program it cannot run, or which cgroup file refuses it', () => {
    expect(run('--', '/missing/program')).toEqual({
      status: 127,
      stdout: '',
      stderr: 'scalelab-workload: cannot run /missing/program: No such file or directory\n',
    });
    expect(run('--cgroup-procs', '/missing/cgroup.procs', '--', 'true')).toEqual({
      status: 3,
      stdout: '',
      stderr: 'scalelab-workload: cannot enter the cgroup of /missing/cgroup.procs: No such file or directory\n',
    });
  });

  test('puts the program into the cgroup, and nothing else', async (context) => {
    const whyNot = whyNoTestCgroups();
    if (whyNot !== null) context.skip(whyNot);
    await using cgroup = makeTestCgroup({ name: 'workload-exec' });
    await using child = await startNative(program, [
      ...['exec', '--cgroup-procs', cgroup.procsFile, '--', 'sh', '-c'],
      `printf '{"procs":"%s","self":%d}\\n' "$(tr '\\n' ' ' < ${cgroup.procsFile})" $$; exec sleep 1000`,
    ]);
    const message = await child.line({});
    const inside = String(message['procs']).trim().split(' ').map(Number);
    expect(inside).toContain(message['self']);
    expect(inside).not.toContain(child.pid);
  });

  /** A program that starts another one, as `stress` does, and would leave it behind. */
  const parentOfSleeper = ['exec', '--', 'sh', '-c', 'sleep 1000 & printf \'{"sleeper":%d}\\n\' $!; wait'];

  test.for(['its input ends', 'it is told to end', 'it is killed with its group'])(
    'leaves nothing behind when %s',
    async (what) => {
      await using child = await startNative(program, parentOfSleeper);
      const sleeper = Number((await child.line({}))['sleeper']);
      expect(isRunning(sleeper)).toBe(true);
      if (what === 'its input ends') void child.stop(10_000);
      if (what === 'it is told to end') process.kill(child.pid, 'SIGTERM');
      if (what === 'it is killed with its group') process.kill(-child.pid, 'SIGKILL');
      await untilGone(sleeper);
      expect(await child.exited).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    },
  );

  test('leaves nothing behind when its program ends before what that started', async () => {
    const script = 'sleep 1000 & printf \'{"sleeper":%d}\\n\' $!; exit 5';
    await using child = await startNative(program, ['exec', '--', 'sh', '-c', script]);
    await untilGone(Number((await child.line({}))['sleeper']));
    expect(await child.exited).toMatchObject({ exitCode: 5 });
  });

  test('leaves nothing behind when its parent is killed', async () => {
    const shell = spawn('sh', ['-c', `exec 3<&0; ${program} "$@" <&3 & wait`, 'sh', ...parentOfSleeper], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const sleeper = Number(parseMessage(String(await once(shell.stdout, 'data')))['sleeper']);
    shell.kill('SIGKILL');
    await untilGone(sleeper);
    shell.stdin.end();
  });
});

describe.skipIf(process.platform !== 'linux')('enter', () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, ['enter', ...args], { encoding: 'utf8', input: '' });
    return { status, stdout, stderr };
  };

  test('becomes the program: the same process, with its input, output and end', async () => {
    expect(run('--', 'sh', '-c', 'cat; echo err >&2; exit 7')).toEqual({ status: 7, stdout: '', stderr: 'err\n' });
    await using child = await startNative(program, ['enter', '--', 'sh', '-c', `echo "{\\"pid\\":$$}"; sleep 1000`]);
    expect(await child.line({})).toEqual({ pid: child.pid });
  });

  test('says which program it cannot become, and what refuses it', () => {
    expect(run('--', '/missing/program')).toEqual({
      status: 127,
      stdout: '',
      stderr: 'scalelab-workload: cannot run /missing/program: No such file or directory\n',
    });
    expect(run('--cgroup-procs', '/missing/cgroup.procs', '--', 'true')).toEqual({
      status: 3,
      stdout: '',
      stderr: 'scalelab-workload: cannot enter the cgroup of /missing/cgroup.procs: No such file or directory\n',
    });
    expect(run('--cpus', '1023', '--', 'true')).toEqual({
      status: 3,
      stdout: '',
      stderr: 'scalelab-workload: cannot run on the CPUs 1023: Invalid argument\n',
    });
  });

  test.for(['', 'x', '0-', '-1', '1-0', '0,', ',0', '0 ', '0--1', '1024', '0-1024', '99999999999'])(
    'a list of CPUs is not %j',
    (list) => {
      expect(run('--cpus', list, '--', 'true')).toEqual({
        status: 2,
        stdout: '',
        stderr: `scalelab-workload: ${list} is no list of CPUs\n`,
      });
    },
  );

  test('binds itself to the CPUs', () => {
    const allowed = (...args: string[]): string =>
      run(...args, '--', 'sed', '-n', 's/^Cpus_allowed_list:\t//p', '/proc/self/status').stdout;
    expect(allowed('--cpus', '0')).toBe('0\n');
    expect(allowed('--cpus', '0,0-0')).toBe('0\n');
    expect(allowed()).toBe(readFileSync('/proc/self/status', 'utf8').match(/^Cpus_allowed_list:\t(.*\n)/m)?.[1]);
  });

  test('is in its cgroups, and nobody beside it', async (context) => {
    const whyNot = whyNoTestCgroups();
    if (whyNot !== null) context.skip(whyNot);
    await using cgroup = makeTestCgroup({ name: 'workload-enter' });
    await using child = await startNative(program, [
      ...['enter', '--cgroup-procs', cgroup.procsFile, '--', 'sh', '-c', 'echo {}; read line'],
    ]);
    await child.line({});
    expect(readFileSync(cgroup.procsFile, 'utf8')).toBe(`${child.pid}\n`);
  });

  test('leaves nothing behind when its parent is killed', async () => {
    const script = `exec 3<&0; ${program} enter -- sh -c 'echo "{\\"pid\\":$$}"; read line' <&3 & wait`;
    const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const pid = Number(parseMessage(String(await once(shell.stdout, 'data')))['pid']);
    expect(isRunning(pid)).toBe(true);
    shell.kill('SIGKILL');
    await untilGone(pid);
    shell.stdin.end();
  });
});
