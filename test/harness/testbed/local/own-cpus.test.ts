import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startChild, type ProcessRunner } from '../../../../harness/core/process.ts';
import { allowedCpus, bindOwnThreads } from '../../../../harness/testbed/local/own-cpus.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';

const taskset = '/usr/bin/taskset';

const reason = whyNoKernelTests() ?? (allowedCpus().length < 2 ? 'needs two CPUs' : null);
describe.skipIf(reason !== null)(`binding ourselves${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const boundTo = (): ReadonlySet<string> =>
    new Set(
      readdirSync('/proc/self/task').map(
        (thread) =>
          /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/self/task/${thread}/status`, 'utf8'))?.[1] ?? '',
      ),
    );

  test('moves every thread, and what is started later; and back', async () => {
    const before = allowedCpus();
    onTestFinished(() => bindOwnThreads(taskset, before, startChild));
    const last = before.slice(-1);
    await bindOwnThreads(taskset, last, startChild);
    expect([...boundTo()]).toEqual([String(last[0])]);
    const lines: string[] = [];
    const child = await startChild('/usr/bin/grep', ['Cpus_allowed_list', '/proc/self/status'], {
      onLine: (line) => lines.push(line),
    });
    await child.exited;
    expect(lines).toEqual([`Cpus_allowed_list:\t${last[0] ?? ''}`]);
    await bindOwnThreads(taskset, before, startChild);
    expect(allowedCpus()).toEqual(before);
  });

  test('that does not work is told, with the last words', async () => {
    const runner: ProcessRunner = (_file, _args, options) =>
      startChild('/bin/sh', ['-c', 'echo taskset: no such luck >&2; exit 1'], options);
    const [first] = allowedCpus();
    await expect(bindOwnThreads(taskset, [first ?? 0], runner)).rejects.toMatchObject({
      code: 'testbed-failed',
      message: `The harness cannot be bound to CPUs ${first ?? 0}: taskset: no such luck.`,
      hint: 'Run `npx scalelab check` to see which CPUs there are for us.',
    });
  });
});
