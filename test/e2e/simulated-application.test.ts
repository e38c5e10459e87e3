import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readDecisions } from '../../harness/store/decisions.ts';
import { readProjectFile } from '../guard/project-files.ts';
import { simulatedProfile } from '../harness/testbed/sim/simulated-plan.ts';
import { latest, runCli } from '../rig/cli.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

function folderWith(changes: Readonly<Record<string, unknown>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'profiles'));
  writeFileSync(join(folder, 'profiles', 'loop.yaml'), simulatedProfile(changes));
  return folder;
}

test('policies run against the simulator with all records, and whoever receives the folder can verify it', async () => {
  const allocation = { default: { cpu: '1 core', memory: '64 MiB', replicas: 2 } };
  const folder = folderWith({
    timeCompression: 30,
    trial: { duration: '20s', warmup: '2s' },
    arms: [
      { name: 'fixed', policy: 'static', allocation },
      { name: 'hpa', policy: { name: 'hpa', metrics: [{ cpu: '50 %' }] }, allocation },
    ],
    loads: [
      {
        name: 'more',
        rate: {
          shape: 'steps',
          steps: [
            { for: '5m', rate: '80/s' },
            { for: '1h', rate: '180/s' },
          ],
        },
      },
    ],
    hypotheses: [{ arm: 'hpa', against: 'fixed', metric: 'latency-p95' }],
  });
  const run = await runCli(['run', 'profiles/loop.yaml'], { folder });
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stderr).toContain('[2/2] block 1');
  const experiment = latest(folder, 'loop');
  const trial = join(experiment, 'trials', '001-hpa-1');
  for (const file of ['requests', 'samples', 'services', 'replicas', 'runqueue', 'load'])
    expect(existsSync(join(trial, `${file}.parquet`)), file).toBe(true);

  const { steps, actions } = readDecisions(join(trial, 'decisions.jsonl'));
  expect(steps).toHaveLength(39);
  expect(steps.every(({ cpuMs }) => cpuMs !== null)).toBe(true);
  expect(actions.some(({ state }) => state === 'effective')).toBe(true);
  expect(readFileSync(join(experiment, 'manifest.json'), 'utf8')).toContain(
    'The simulator kills no replica at its memory limit.',
  );
  const verify = await runCli(['verify', experiment], { folder });
  expect(verify).toMatchObject({ exitCode: 0, stderr: '' });
});

test('the example of the documentation can be run as it stands', async () => {
  const text = /```yaml\n(testbed: [^`]+)```/.exec(readProjectFile('docs/policies/README.md'))?.[1] ?? '';
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'try.yaml'), text);
  const check = await runCli(['check', 'try.yaml'], { folder });

  expect(check, check.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  expect(check.stdout).toContain('Nothing stands in the way: testbed sim, 16 cores, source sim.');
});

test('an application that the simulator does not have is refused before anything is created', async () => {
  const folder = folderWith({ application: 'echo' });
  const run = await runCli(['run', 'profiles/loop.yaml'], { folder });

  expect(run.exitCode).toBe(3);
  expect(run.stderr).toContain(
    'error: The simulator has applications of one service; echo has 2.\n  Use `testbed: { kind: local }`, or the application one-service.\n',
  );
  expect(existsSync(join(folder, 'results'))).toBe(false);
});
