import { expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import { startRunqTracer } from '../../../tracer/client/start-tracer.ts';
import type { RunqTracer } from '../../../tracer/client/tracer.ts';
import { FakeHelper } from './fake-helper.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { hello, snapshotOf } from './snapshot-text.ts';

const options = { file: 'build/native/scalelab-runq', intervalMs: 1000 };
const schedstatInstead = 'or take the source `schedstat`, which gives counts and means but no histogram';
const buildAgain = `Build it again with \`make -C tracer/runq\`, run it by hand to see what it says, ${schedstatInstead}.`;

function begin(signal?: AbortSignal): { helper: FakeHelper; clock: ManualClock; started: Promise<RunqTracer> } {
  const helper = new FakeHelper();
  const clock = new ManualClock();
  const started = startRunqTracer(options, { runner: helper.runner, clock, ...(signal ? { signal } : {}) });
  started.catch(() => undefined);
  return { helper, clock, started };
}

async function errorOf(
  started: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string | undefined }> {
  const error: unknown = await started.catch((reason: unknown) => reason);
  if (!(error instanceof HarnessError)) throw new Error('expected a HarnessError', { cause: error });
  return { code: error.code, message: error.message, hint: error.hint };
}

test('the helper is started with its options, and only with those that are given', async () => {
  const { helper, started } = begin();
  helper.say(hello);
  expect((await started).hello).toEqual(hello);
  expect(helper.command).toEqual(['build/native/scalelab-runq', '--interval-ms', '1000']);

  const full = new FakeHelper();
  const second = startRunqTracer(
    { ...options, groups: 64, statsMs: 1000 },
    { runner: full.runner, clock: new ManualClock() },
  );
  full.say(hello);
  await second;
  expect(full.command.slice(1)).toEqual(['--interval-ms', '1000', '--groups', '64', '--stats-ms', '1000']);
});

test.each([
  [
    'no-btf',
    `Use a kernel built with CONFIG_DEBUG_INFO_BTF=y, so that /sys/kernel/btf/vmlinux exists, ${schedstatInstead}.`,
  ],
  ['no-permission', `Run as root, or give the helper the capabilities CAP_BPF and CAP_PERFMON, ${schedstatInstead}.`],
  [
    'verifier',
    `This kernel refuses a program that other kernels accept: report the message together with \`uname -r\`, ${schedstatInstead}.`,
  ],
  ['kernel-too-old', `Use Linux 5.11 or newer, ${schedstatInstead}.`],
  ['other', `Remove the cause that the message names, ${schedstatInstead}.`],
])('a start error %s names its remedy', async (code, hint) => {
  const { helper, started } = begin();
  helper.say({ type: 'error', code, message: 'The kernel said no.' });
  helper.exit({ exitCode: 3 });
  expect(await errorOf(started)).toEqual({
    code: 'tracer-unavailable',
    message: 'The run-queue tracer cannot start: The kernel said no.',
    hint,
  });
});

test('a program that is not there names the command that builds it', async () => {
  const cause = new Error('spawn build/native/scalelab-runq ENOENT');
  const started = startRunqTracer(options, { runner: () => Promise.reject(cause), clock: new ManualClock() });
  expect(await errorOf(started)).toEqual({
    code: 'tracer-unavailable',
    message: 'The run-queue tracer build/native/scalelab-runq cannot be run: spawn build/native/scalelab-runq ENOENT.',
    hint: `Build it with \`make -C tracer/runq\` (needs clang, llvm, bpftool, libbpf-dev, libelf-dev and zlib1g-dev), ${schedstatInstead}.`,
  });
});

const beginnings: readonly (readonly [what: string, act: (helper: FakeHelper) => void, message: string])[] = [
  [
    'ends at once',
    (helper) => {
      helper.exit({ exitCode: 127, stderrTail: 'a\nb: cannot open shared object\n' });
    },
    'ended with exit code 127; its last words were: a | b: cannot open shared object',
  ],
  [
    'is killed',
    (helper) => {
      helper.exit({ exitCode: null, signal: 'SIGKILL' });
    },
    'was ended by SIGKILL',
  ],
  [
    'speaks another version',
    (helper) => {
      helper.say({ ...hello, version: 2 });
    },
    'speaks version 2 of the protocol, not 1',
  ],
  [
    'is another program',
    (helper) => {
      helper.say('Usage: runq [-h]');
    },
    'began with a line that is not of the protocol (not JSON): Usage: runq [-h]',
  ],
  [
    'forgets its hello',
    (helper) => {
      helper.say(snapshotOf());
    },
    'gave a snapshot before its hello',
  ],
];

test.each(beginnings)('a helper that %s cannot be used', async (_, act, message) => {
  const { helper, started } = begin();
  act(helper);
  expect(await errorOf(started)).toEqual({
    code: 'tracer-unavailable',
    message: `The run-queue tracer build/native/scalelab-runq was started but ${message}.`,
    hint: buildAgain,
  });
  expect(helper.hasEnded).toBe(true);
});

test('a helper that says nothing is given up and ended', async () => {
  const { helper, clock, started } = begin();
  await clock.advance(9_999);
  expect(helper.hasEnded).toBe(false);
  await clock.advance(1);
  expect(await errorOf(started)).toEqual({
    code: 'tracer-unavailable',
    message: 'The run-queue tracer build/native/scalelab-runq was started but said nothing within 10 s.',
    hint: buildAgain,
  });
  expect(helper.hasEnded).toBe(true);
});

test('an abort during the start ends the helper and gives its own reason', async () => {
  const abort = new AbortController();
  const { helper, started } = begin(abort.signal);
  await settle();
  abort.abort(new Error('enough'));
  await expect(started).rejects.toThrow(new Error('enough'));
  expect(helper.hasEnded).toBe(true);

  const never = new FakeHelper();
  const aborted = startRunqTracer(options, { runner: never.runner, clock: new ManualClock(), signal: abort.signal });
  await expect(aborted).rejects.toThrow(new Error('enough'));
  expect(never.command).toEqual([]);
});

test('a snapshot right behind the hello is not lost', async () => {
  const { helper, started } = begin();
  helper.say(hello);
  helper.snapshot('interval');
  helper.snapshot('interval');
  const tracer = await started;
  helper.snapshot('interval');
  expect(tracer.faults).toEqual({ broken: 0, missed: 0 });
  expect((await tracer.stop())?.seq).toBe(3);
});
