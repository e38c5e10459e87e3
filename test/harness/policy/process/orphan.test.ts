import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../../../harness/core/package-root.ts';
import { startChild } from '../../../../harness/core/process.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { writeProgram } from './example.ts';

const isPossible =
  process.platform === 'linux' && existsSync(join(packageRoot, 'build', 'native', 'scalelab-workload'));

/** False for a process that is gone or only waits to be buried. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

test.skipIf(!isPossible)(
  'a policy dies with the harness, also if that was killed and it listens to nobody',
  async () => {
    const folder = temporaryFolder();
    writeProgram(
      folder,
      'policy',
      `#!/bin/sh
trap '' TERM HUP PIPE
echo $$ > pid
echo '{"type":"ready","protocol":1,"name":"stubborn"}'
while :; do sleep 0.05; done
`,
    );
    const lines: string[] = [];
    const tsx = join(packageRoot, 'node_modules', 'tsx', 'dist', 'loader.mjs');
    const holder = join(packageRoot, 'test', 'rig', 'hold-policy.ts');
    const harness = await startChild(process.execPath, ['--import', tsx, holder, folder, './policy'], {
      onLine: (line) => lines.push(line),
    });
    onTestFinished(async () => {
      await harness.stop(0);
    });
    while (lines.length === 0)
      await Promise.race([delay(10), harness.exited.then((exit) => expect.fail(exit.stderrTail))]);

    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    onTestFinished(() => {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    });
    expect(isRunning(pid)).toBe(true);
    process.kill(harness.pid, 'SIGKILL');
    expect(await harness.exited).toMatchObject({ signal: 'SIGKILL' });
    while (isRunning(pid)) await delay(5);
  },
);
