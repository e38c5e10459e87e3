import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../harness/core/package-root.ts';
import { readExperiment } from '../../../harness/store/recorded-experiment.ts';
import { countedAttempt, isOutcome } from '../../../harness/store/progress.ts';
import { planToKill, runInRig } from '../../rig/experiment-rig.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { verified } from '../../rig/verified.ts';

const run = promisify(execFile);
const script = join(packageRoot, 'test', 'rig', 'kill-at-entry.ts');

/** How the process ended: SIGKILL, or null for an orderly end. */
async function runKilledAt(results: string, entry: number, moment: string): Promise<string | null> {
  try {
    await run(process.execPath, ['--import', 'tsx', script, results, String(entry), moment], { cwd: packageRoot });
    return null;
  } catch (error) {
    const signal = error instanceof Error && 'signal' in error ? String(error.signal) : '';
    if (signal !== 'SIGKILL') throw error;
    return signal;
  }
}

// created, 3 x (block, 2 x (started, finished)), finished.
const entries = 17;

test('an experiment has as many journal entries as this file kills at', async () => {
  const { recorded } = await runInRig(temporaryFolder(), planToKill());
  const lines = readFileSync(recorded.paths.journal, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(entries);
});

const kills = Array.from({ length: entries }, (_, index) => index + 1).flatMap((entry) => [
  [entry, 'before'] as const,
  [entry, 'after'] as const,
]);

test.concurrent.for(kills)(
  'killed at journal entry %i, %s it is written, the same command converges and runs no finished trial twice',
  { timeout: 120_000 },
  async ([entry, moment], { expect, onTestFinished }) => {
    const results = temporaryFolder(onTestFinished);
    expect(await runKilledAt(results, entry, moment)).toBe('SIGKILL');
    const before = await readExperiment(join(results, 'sim', 'experiment-1')).catch(() => null);
    const finished = before?.progress.blocks.flatMap(({ attempts }) => attempts.filter(isOutcome)) ?? [];

    // Killed after the last entry it is finished, and the same command would begin another.
    const isFinished = before !== null && before.progress.status !== 'running';
    const { progress, plan, damage, ...after } = isFinished ? before : (await runInRig(results, planToKill())).recorded;

    expect(progress.status).toBe('complete');
    expect(damage).toEqual([]);
    // The same final set of trials: every arm of every planned block, once.
    expect(progress.blocks.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const block of progress.blocks) {
      for (const { name } of plan.arms) {
        expect(block.attempts.filter((attempt) => attempt.arm === name && isOutcome(attempt))).toHaveLength(1);
      }
    }
    // What was finished then is what counts now, and pairs are close in time: within one planned block.
    for (const { trial, arm } of finished) {
      const block = progress.blocks.find(({ attempts }) => attempts.some((attempt) => attempt.trial === trial));
      expect(block && countedAttempt(block, arm)?.trial).toBe(trial);
    }
    for (const { attempts } of progress.blocks) {
      const starts = attempts.filter(isOutcome).map(({ startedAt }) => Date.parse(startedAt));
      expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(plan.arms.length * plan.trialMs + plan.trialMs);
    }
    expect((await verified({ ...after, progress, plan, damage })).findings).toEqual([]);
  },
);
