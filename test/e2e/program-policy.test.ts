import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../harness/core/package-root.ts';
import { simulatedProfile } from '../harness/testbed/sim/simulated-plan.ts';
import { runCli, startCli } from '../rig/cli.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

test('an experiment does not go on with another version of the program that is its policy', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'profiles'));
  copyFileSync(join(packageRoot, 'profiles/policies/threshold.py'), join(folder, 'threshold.py'));
  const allocation = { default: { cpu: '1 core', memory: '64 MiB' } };
  const program = { name: 'process', command: ['python3', 'threshold.py'], interval: '15s', acts: ['replicas'] };
  const profile = simulatedProfile({
    blocks: 100,
    timeCompression: 30,
    trial: { duration: '20s', warmup: '2s' },
    arms: [
      { name: 'fixed', policy: 'static', allocation },
      { name: 'program', policy: { ...program, needs: ['cpu-usage', 'cpu-request'], window: '60s' }, allocation },
    ],
    hypotheses: [{ arm: 'program', against: 'fixed', metric: 'latency-p95' }],
  });
  writeFileSync(join(folder, 'profiles', 'loop.yaml'), profile);
  const cli = startCli(['run', 'profiles/loop.yaml'], { folder });
  await cli.saw(/\[ +1\/200\]/);
  process.kill(cli.pid, 'SIGKILL');
  await cli.ended;
  appendFileSync(join(folder, 'threshold.py'), '# It decides otherwise now.\n');

  const again = await runCli(['run', 'profiles/loop.yaml'], { folder });
  expect(again.exitCode).toBe(3);
  expect(again.stderr).toMatch(
    /error: \S+ was begun under other conditions: program threshold\.py: [0-9a-f]{64} then, [0-9a-f]{64} now\.\n {2}Restore what it was begun with, or start a new experiment with --new\.\n$/,
  );
});
