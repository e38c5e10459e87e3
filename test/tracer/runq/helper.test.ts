/** The tracer's helper on the kernel that runs here. What its numbers are worth is the oracle test's business (test/tracer). */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { release } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseLine } from '../../../tracer/client/line.ts';
import type { Snapshot } from '../../../tracer/client/line.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { makeTestCgroup, whyNoTestCgroups } from '../test-cgroup.ts';
import { startNative } from '../native-program.ts';
import type { NativeProgram } from '../native-program.ts';

const program = 'build/native/scalelab-runq';
const workload = 'build/native/scalelab-workload';
const slow = ['--interval-ms', '10000'];

const whyNot = ((): string | null => {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  return existsSync('/sys/kernel/btf/vmlinux') ? null : 'the kernel has no BTF';
})();

const usage = `usage: scalelab-runq --interval-ms N [--groups N] [--stats-ms N]

Prints how long threads wait for a CPU, by cgroup, as one JSON object a line.
  --interval-ms N  a snapshot each N milliseconds, 100 to 10000
  --groups N       room for N cgroups, 1 to 100000; default 512
  --stats-ms N     measure the programs' own cost for the first N milliseconds, 1 to 3600000
A line \`read\` on standard input asks for a snapshot at once; its end ends the program.
`;

/** Asks for a snapshot and waits for it. */
async function read(helper: NativeProgram): Promise<Snapshot> {
  const from = helper.lines.length;
  helper.writeLine('read');
  await helper.line({ reason: 'asked' }, from);
  return snapshots(helper).at(-1) ?? expect.fail('no snapshot');
}

/** Waits for something that is sure to come; the test's own limit ends a wait for what does not. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(10);
}

function snapshots(helper: NativeProgram): Snapshot[] {
  return helper.lines.map(parseLine).filter((line) => line.type === 'snapshot');
}

describe.skipIf(process.platform !== 'linux')('a command line that is not in the usage', () => {
  test.for([
    { args: [] },
    { args: ['--interval-ms'] },
    { args: ['--interval-ms', '99'] },
    { args: ['--interval-ms', '10001'] },
    { args: ['--interval-ms', ''] },
    { args: ['--interval-ms', '+500'] },
    { args: ['--interval-ms', '500ms'] },
    { args: ['--interval-ms', '4294967796'] },
    { args: ['--interval-ms', '500', '--groups', '0'] },
    { args: ['--interval-ms', '500', '--stats-ms', '0'] },
    { args: ['--interval-ms', '500', 'read'] },
    { args: ['--help'] },
  ])('$args: usage on standard error, nothing on standard output, exit status 2', ({ args }) => {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input: '' });
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: usage });
  });
});

describe('the helper', () => {
  test('says what it found and what it kept, once it has attached', async (context) => {
    if (whyNot !== null) context.skip(whyNot);
    await using helper = await startNative(program, ['--interval-ms', '500', '--groups', '64']);
    const cpus = Number(execFileSync('getconf', ['_NPROCESSORS_ONLN'], { encoding: 'utf8' }));
    const [major = 0, minor = 0] = release().split('.').map(Number);
    const isAtLeast = (wantedMajor: number, wantedMinor: number): boolean =>
      major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
    expect(await helper.line({ type: 'hello' })).toEqual({
      type: 'hello',
      version: 1,
      kernel: release(),
      cpus,
      intervalMs: 500,
      groups: 64,
      causeRule: isAtLeast(6, 18) ? 'throttled' : 'throttle-count',
      prevState: isAtLeast(5, 18) ? 'argument' : 'task',
      capabilities: isAtLeast(5, 19) ? 'none' : 'bpf',
      pid: helper.pid,
    });
  });

  test('has no capability left by the time it says so, and no way to get one', async (context) => {
    if (whyNot !== null) context.skip(whyNot);
    await using helper = await startNative(program, slow);
    const { capabilities } = await helper.line({ type: 'hello' });
    const status = readFileSync(`/proc/${helper.pid}/status`, 'utf8');
    const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\w+)$`, 'm').exec(status)?.[1];
    const kept = capabilities === 'bpf' ? '0000008000000000' : '0000000000000000';
    const none = '0000000000000000';
    expect({
      effective: field('CapEff'),
      permitted: field('CapPrm'),
      bounding: field('CapBnd'),
      inheritable: field('CapInh'),
      ambient: field('CapAmb'),
      noNewPrivileges: field('NoNewPrivs'),
    }).toEqual({
      effective: kept,
      permitted: kept,
      bounding: none,
      inheritable: none,
      ambient: none,
      noNewPrivileges: '1',
    });
  });

  test('takes a snapshot each interval, one when asked, and a last one when its input ends', async (context) => {
    if (whyNot !== null) context.skip(whyNot);
    await using helper = await startNative(program, ['--interval-ms', '100']);
    await helper.line({ seq: 1, reason: 'interval' });
    await read(helper);
    expect(await helper.stop()).toEqual({ exitCode: 0, signal: null, stderrTail: '' });
    const taken = snapshots(helper);
    expect(taken).toHaveLength(helper.lines.length - 1);
    expect(taken.map(({ seq }) => seq)).toEqual(taken.map((_, index) => index));
    expect(taken.filter(({ reason }) => reason === 'asked')).toHaveLength(1);
    expect(taken.map(({ reason }) => reason).indexOf('end')).toBe(taken.length - 1);
  });

  test.for(['SIGTERM', 'SIGINT'] as const)('ends after a last snapshot at %s', async (signal, context) => {
    if (whyNot !== null) context.skip(whyNot);
    await using helper = await startNative(program, slow);
    await helper.line({ type: 'hello' });
    process.kill(helper.pid, signal);
    expect(await helper.exited).toEqual({ exitCode: 0, signal: null, stderrTail: '' });
    expect(snapshots(helper)).toMatchObject([{ seq: 0, reason: 'end' }]);
  });

  test('ends when nobody reads what it prints', async (context) => {
    if (whyNot !== null) context.skip(whyNot);
    const helper = spawn(program, slow, { stdio: ['pipe', 'pipe', 'pipe'] });
    await once(helper.stdout, 'data');
    const ended = once(helper, 'exit');
    helper.stdout.destroy();
    expect(await text(helper.stderr)).toBe('scalelab-runq: writing to standard output: Broken pipe\n');
    expect(await ended).toEqual([1, null]);
  });

  test('says which command it does not know, and goes on', async (context) => {
    if (whyNot !== null) context.skip(whyNot);
    await using helper = await startNative(program, slow);
    helper.writeLine('reset');
    helper.writeLine('x'.repeat(100));
    await read(helper);
    const { exitCode, stderrTail } = await helper.stop();
    expect(exitCode).toBe(0);
    expect(stderrTail).toBe(
      'scalelab-runq: no such command on standard input: reset\n' +
        `scalelab-runq: no such command on standard input: ${'x'.repeat(63)}...\n`,
    );
  });

  test('counts only upwards, and its counts are the sums of its slots', async (context) => {
    if (whyNot !== null) context.skip(whyNot);
    await using helper = await startNative(program, slow);
    const first = await read(helper);
    execFileSync('sh', ['-c', 'for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true; done']);
    const second = await read(helper);
    for (const name of ['switches', 'wakeups', 'unknown', 'negative', 'monotonicNs', 'userMicros'] as const) {
      expect(second[name]).toBeGreaterThanOrEqual(first[name]);
    }
    expect(second.switches).toBeGreaterThan(first.switches);
    expect(second.wakeups).toBeGreaterThanOrEqual(first.wakeups + 10);
    expect(second).toMatchObject({ lostStorage: 0, lostGroups: 0, recursionMisses: 0 });
    const before = new Map(first.groups.map((group) => [group.id, group]));
    expect(second.groups.map(({ id }) => id)).toEqual(expect.arrayContaining([...before.keys()]));
    for (const group of second.groups) {
      for (const cause of ['contention', 'throttled'] as const) {
        const { count, sumNs, slots } = group[cause];
        expect(count).toBe(slots.reduce((sum, [, inSlot]) => sum + inSlot, 0));
        expect(count).toBeGreaterThanOrEqual(before.get(group.id)?.[cause].count ?? 0);
        expect(sumNs).toBeGreaterThanOrEqual(before.get(group.id)?.[cause].sumNs ?? 0n);
      }
    }
  });

  test('gives each cgroup its own waits', async (context) => {
    const why = whyNot ?? whyNoTestCgroups();
    if (why !== null) context.skip(why);
    await using helper = await startNative(program, slow);
    await using left = makeTestCgroup({ name: 'helper-left' });
    await using right = makeTestCgroup({ name: 'helper-right' });
    const canary = ['canary', '--rate-per-second', '500', '--work-micros', '10'];
    await using fast = await startNative(workload, [...canary, '--cgroup-procs', left.procsFile]);
    await using slower = await startNative(workload, ['spin', '--threads', '1', '--cgroup-procs', right.procsFile]);
    await fast.line({ type: 'ready' });
    await slower.line({ type: 'ready' });
    const countOf = (snapshot: Snapshot, { id }: { readonly id: string }): number =>
      snapshot.groups.find((group) => group.id === id)?.contention.count ?? 0;
    const before = await read(helper);
    await until(async () => {
      fast.writeLine('report');
      return Number((await fast.line({ type: 'report' }, fast.lines.length))['wakeups']) > 200;
    });
    const after = await read(helper);
    expect(countOf(after, left) - countOf(before, left)).toBeGreaterThan(100);
    expect(countOf(after, right)).toBeGreaterThan(0);
  });

  test('counts the waits of cgroups for which there is no room', async (context) => {
    const why = whyNot ?? whyNoTestCgroups();
    if (why !== null) context.skip(why);
    await using helper = await startNative(program, [...slow, '--groups', '2']);
    await using first = makeTestCgroup({ name: 'helper-first' });
    await using second = makeTestCgroup({ name: 'helper-second' });
    await using third = makeTestCgroup({ name: 'helper-third' });
    for (const { procsFile } of [first, second, third]) {
      execFileSync(workload, ['exec', '--cgroup-procs', procsFile, '--', 'sleep', '0.01'], { stdio: 'ignore' });
    }
    const { groups, lostGroups, lostStorage } = await read(helper);
    expect(groups).toHaveLength(2);
    expect(lostGroups).toBeGreaterThan(0);
    expect(lostStorage).toBe(0);
  });

  test('measures what its programs cost while it is told to', async (context) => {
    if (whyNot !== null) context.skip(whyNot);
    await using helper = await startNative(program, [...slow, '--stats-ms', '60000']);
    await read(helper);
    const { kernelRuns, kernelRunNs, switches, wakeups } = await read(helper);
    expect(kernelRuns).toBeGreaterThan(0);
    expect(kernelRuns).toBeLessThanOrEqual(switches + wakeups + 100);
    expect(kernelRunNs).toBeGreaterThan(0n);
  });

  test('says in one line that it may not trace, and exits with 3', (context) => {
    if (whyNot !== null) context.skip(whyNot);
    // Where another user can reach it, wherever the checkout is.
    const folder = join(temporaryFolder(), 'program');
    mkdirSync(folder);
    chmodSync(join(folder, '..'), 0o755);
    copyFileSync(program, join(folder, 'scalelab-runq'));
    const asNobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
    const { status, stdout, stderr } = spawnSync('setpriv', [...asNobody, join(folder, 'scalelab-runq'), ...slow], {
      encoding: 'utf8',
      input: '',
    });
    expect({ status, stdout }).toEqual({
      status: 3,
      stdout:
        '{"type":"error","code":"no-permission","message":"The kernel does not let this process trace: ' +
        'that takes root, or CAP_BPF and CAP_PERFMON."}\n',
    });
    expect(stderr).toContain('scalelab-runq: loading the programs: Operation not permitted\n');
  });

  test('runs the programs for kernels older than 5.18 as well', async (context) => {
    const why = whyNot ?? whyNoTestCgroups();
    if (why !== null) context.skip(why);
    execFileSync('make', ['-s', '-C', 'tracer/runq', 'old-kernel'], { stdio: 'pipe' });
    await using cgroup = makeTestCgroup({ name: 'helper-old', quota: { shareOfOneCpu: 0.1, periodMs: 20 } });
    await using helper = await startNative('build/native/scalelab-runq-old-kernel', slow);
    expect(await helper.line({ type: 'hello' })).toMatchObject({ causeRule: 'throttle-count', prevState: 'task' });
    await using hog = await startNative(workload, ['spin', '--threads', '1', '--cgroup-procs', cgroup.procsFile]);
    await hog.line({ type: 'ready' });
    await until(() => Promise.resolve(cgroup.throttling().times >= 10));
    const group = (await read(helper)).groups.find(({ id }) => id === cgroup.id);
    expect(group?.throttled.count).toBeGreaterThanOrEqual(5);
    expect(group?.throttled.sumNs).toBeGreaterThan(group?.contention.sumNs ?? 0n);
  });
});
