import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { simulatedProfile } from '../harness/testbed/sim/simulated-plan.ts';
import { latest, runCli } from '../rig/cli.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

const allocation = { default: { cpu: '1 core', memory: '64 MiB', replicas: 1 } };
/** Without windows, so that trials can be short. */
const hpa = { name: 'hpa', metrics: [{ cpu: '50 %' }], downscaleStabilisation: '0s', cpuInitialisation: '0s' };

function folderWithProfile(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'profiles'));
  const text = simulatedProfile({
    ...{ blocks: 2, timeCompression: 30, trial: { duration: '2s', warmup: '0s' } },
    arms: [
      { name: 'fixed', policy: 'static', allocation },
      { name: 'hpa', policy: hpa, allocation },
    ],
    hypotheses: [{ arm: 'hpa', against: 'fixed', metric: 'core-seconds' }],
  });
  writeFileSync(join(folder, 'profiles', 'loop.yaml'), text);
  return folder;
}

/** As if it had been killed after its first block. */
function cutJournal(experiment: string): void {
  const journal = join(experiment, 'journal.jsonl');
  const lines = readFileSync(journal, 'utf8').split('\n');
  const secondBlock = lines.findIndex((line) => line.includes('"block-started"') && line.includes('"block":2'));
  expect(secondBlock).toBeGreaterThan(0);
  writeFileSync(journal, `${lines.slice(0, secondBlock).join('\n')}\n`);
}

test('an option of a policy that was changed after half of the experiment makes a new one, and the unfinished one is named', async () => {
  const folder = folderWithProfile();
  const first = await runCli(['run', 'profiles/loop.yaml'], { folder });
  expect(first.exitCode, first.stderr).toBe(0);
  cutJournal(latest(folder, 'loop'));

  const changed = await runCli(['run', 'profiles/loop.yaml', '--set', 'arms[1].policy.metrics=[{ cpu: 60 % }]'], {
    folder,
  });
  expect(changed.stderr).toMatch(
    /Left unfinished: results\/loop\/\S+ \(another plan\)\.\nA new experiment: results\/loop\/\S+\n\[1\/4\] block 1/,
  );
  // What changes nothing of what takes effect, is the same plan.
  const same = await runCli(['run', 'profiles/loop.yaml', '--set', 'arms[1].policy.metrics[0].cpu=50 %'], { folder });
  expect(same.stderr).toMatch(
    /Going on with results\/loop\/\S+\.\n2 of 4 trials are finished and are not run again\.\n\[3\/4\] block 2/,
  );
  expect(same.exitCode, same.stderr).toBe(0);
});

test('a rerun has the policies of the original, options and all', async () => {
  const folder = folderWithProfile();
  await runCli(['run', 'profiles/loop.yaml', '--set', 'blocks=1', '--set', 'arms[1].policy.metrics[0].cpu=70 %'], {
    folder,
  });
  const original = readFileSync(join(latest(folder, 'loop'), 'plan.json'), 'utf8');
  expect(original).toContain('"percent": 70');

  const rerun = await runCli(['rerun', 'results/loop/latest'], { folder });
  expect(rerun.exitCode, rerun.stderr).toBe(0);
  expect(readFileSync(join(latest(folder, 'loop'), 'plan.json'), 'utf8')).toBe(original);
});
