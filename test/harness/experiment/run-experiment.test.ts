import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { summarize } from '../../../harness/analysis/summarize.ts';
import { systemClock, type Clock } from '../../../harness/core/clock.ts';
import type { ExperimentEvent } from '../../../harness/experiment/events.ts';
import type { TrialEvidence } from '../../../harness/telemetry/evidence.ts';
import type { Testbed, TrialRequest } from '../../../harness/testbed/port.ts';
import { runInRig, simPlan, simTestbed, startFailed, tracerDied, watchedTestbed } from '../../rig/experiment-rig.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { verified } from '../../rig/verified.ts';

test('each block runs every arm once, from a clean state, in the order that the plan drew', async () => {
  const plan = simPlan({ arms: ['idle', 'busy-1', 'busy-2'], blocks: 3 });
  const calls: string[] = [];
  const { end } = await runInRig(temporaryFolder(), plan, { testbed: watchedTestbed(simTestbed(plan), calls) });

  const planned = plan.blocks.flatMap(({ number, trials }) => trials.map(({ arm }) => `00${number}-${arm}-1`));
  expect(end).toBe('complete');
  expect(calls).toEqual([
    'prepare',
    ...planned.flatMap((trial) => [`begin ${trial}`, `finish ${trial}`, `clean ${trial}`]),
    'dispose',
  ]);
  expect(new Set(planned).size).toBe(9);
});

test('all arms of a block see the same arrivals, and another block sees others', async () => {
  const plan = simPlan({ arms: ['idle', 'calm'], blocks: 2, extra: 'aa: true\n' });
  const { recorded } = await runInRig(temporaryFolder(), plan);
  const counts = (trial: string): (number | undefined)[] | undefined =>
    recorded.trials.get(trial)?.samples.map(({ waits }) => waits?.find(({ group }) => group === 'all')?.count);
  expect(counts('001-idle-1')).toEqual(counts('001-calm-1'));
  expect(counts('001-idle-1')).not.toEqual(counts('002-idle-1'));
});

test('an invalid trial is repeated at the end of its own block, and the block counts', async () => {
  const plan = simPlan({ arms: ['idle', 'busy-1', 'busy-2'], blocks: 2 });
  const first = plan.blocks[0]?.trials[0]?.arm ?? '';
  const calls: string[] = [];
  const testbed = watchedTestbed(simTestbed(plan), calls, ({ id }) => (id === `001-${first}-1` ? tracerDied : null));
  const { end, recorded } = await runInRig(temporaryFolder(), plan, { testbed });

  const begun = calls.filter((call) => call.startsWith('begin'));
  expect(begun[3]).toBe(`begin 001-${first}-2`);
  expect(begun).toHaveLength(7);
  expect(end).toBe('complete');
  expect(summarize(recorded).blocks).toMatchObject({ complete: 2, setAside: 0, fresh: 0 });
});

test('after two repeats of one trial the block is set aside and a fresh one with the next number takes its place', async () => {
  const plan = simPlan({ blocks: 4 });
  const testbed = watchedTestbed(simTestbed(plan), [], ({ id }) => (id.startsWith('002-idle') ? tracerDied : null));
  const { end, events, recorded } = await runInRig(temporaryFolder(), plan, { testbed });

  expect(end).toBe('complete');
  expect(events.filter(({ type }) => type === 'block-set-aside')).toMatchObject([
    { block: 2, reason: 'stayed-invalid' },
  ]);
  expect(recorded.progress.blocks.map(({ number, replaces }) => [number, replaces])).toEqual([
    [1, null],
    [2, null],
    [3, null],
    [4, null],
    [5, 2],
  ]);
  expect(readdirSync(recorded.paths.trials).filter((name) => name.startsWith('002-idle'))).toEqual([
    '002-idle-1',
    '002-idle-2',
    '002-idle-3',
  ]);
  expect(summarize(recorded).blocks).toMatchObject({ planned: 4, complete: 4, setAside: 1, fresh: 1 });
});

test('at most half as many fresh blocks as planned; then the experiment ends with what it has, and says so', async () => {
  const plan = simPlan({ blocks: 4 });
  const testbed = watchedTestbed(simTestbed(plan), [], ({ arm }) => (arm.name === 'idle' ? tracerDied : null));
  const { end, recorded } = await runInRig(temporaryFolder(), plan, { testbed });
  expect(end).toBe('too-many-invalid');
  expect(recorded.progress.blocks).toHaveLength(6);
  expect(summarize(recorded).experiment.status).toBe('too-many-invalid');
});

test('a failed trial is an outcome: it is never repeated and its block counts', async () => {
  const plan = simPlan({ blocks: 6 });
  const testbed = watchedTestbed(simTestbed(plan), [], ({ arm }) => (arm.name === 'busy-1' ? startFailed : null));
  const { end, recorded } = await runInRig(temporaryFolder(), plan, { testbed });
  const { comparisons, arms } = summarize(recorded);
  expect(end).toBe('complete');
  expect(recorded.trials.size).toBe(12);
  expect(arms[1]).toMatchObject({ valid: 0, failed: 6, invalid: 0 });
  expect(comparisons[0]).toMatchObject({ medianDifference: 'infinity', ranking: 'higher', failedBlocks: 6 });
});

test('an interruption abandons the running trial, cleans up, and the same plan goes on from there', async () => {
  const results = temporaryFolder();
  const plan = simPlan({ blocks: 2 });
  const controller = new AbortController();
  const calls: string[] = [];
  let samples = 0;
  const interrupted = await runInRig(results, plan, {
    testbed: watchedTestbed(simTestbed(plan), calls),
    signal: controller.signal,
    onEvent: ({ type }) => {
      if (type === 'sample-taken' && ++samples === 5) controller.abort(new Error('interrupted'));
    },
  });
  const second = `001-${plan.blocks[0]?.trials[1]?.arm ?? ''}`;
  expect(interrupted.end).toBe('interrupted');
  expect(calls.slice(-2)).toEqual([`clean ${second}-1`, 'dispose']);
  expect(interrupted.events.slice(-2)).toMatchObject([
    { type: 'trial-abandoned', trial: `${second}-1` },
    { type: 'experiment-interrupted' },
  ]);

  const resumed = await runInRig(results, plan);
  expect(resumed.end).toBe('complete');
  expect(resumed.events[0]).toMatchObject({ type: 'experiment-started', finished: 1, trials: 4 });
  expect(resumed.events.filter(({ type }) => type === 'trial-started')).toHaveLength(3);
  expect([...resumed.recorded.trials.keys()]).toContain(`${second}-2`);
  expect((await verified(resumed.recorded)).findings).toEqual([]);
});

/** A clock whose wall time jumps when it is told to. */
function pausedClock(): Clock & { pause(ms: number): void } {
  let pausedMs = 0;
  return { ...systemClock, wallMs: () => systemClock.wallMs() + pausedMs, pause: (ms) => (pausedMs += ms) };
}

async function pauseInBlockTwo(time: 'wall' | 'virtual', pauseMs: number): Promise<readonly ExperimentEvent[]> {
  const results = temporaryFolder();
  const plan = simPlan({ blocks: 4 });
  const controller = new AbortController();
  let finished = 0;
  const testbed = { ...watchedTestbed(simTestbed(plan), []), time };
  const clock = pausedClock();
  await runInRig(results, plan, {
    ...{ testbed, clock, signal: controller.signal },
    onEvent: ({ type }) => {
      if (type === 'trial-finished' && ++finished === 3) controller.abort(new Error('interrupted'));
    },
  });
  clock.pause(pauseMs);
  return (await runInRig(results, plan, { testbed, clock })).events;
}

test('a pause longer than a planned block sets the block aside, because its pairs would be too far apart', async () => {
  // A block is two trials of 3 s.
  const events = await pauseInBlockTwo('wall', 6500);
  expect(events.filter(({ type }) => type === 'block-set-aside')).toMatchObject([{ block: 2, reason: 'pause' }]);
});

test('a shorter pause does not', async () => {
  const events = await pauseInBlockTwo('wall', 3000);
  expect(events.filter(({ type }) => type === 'block-set-aside')).toEqual([]);
});

test('the time of a virtual testbed stands while the process is down, so no pause is too long', async () => {
  const events = await pauseInBlockTwo('virtual', 3_600_000);
  expect(events.filter(({ type }) => type === 'block-set-aside')).toEqual([]);
});

test('an attempt found on the disk after a kill ended when it ended: a pause since then sets its block aside', async () => {
  const results = temporaryFolder();
  const plan = simPlan({ blocks: 2 });
  const testbed = { ...watchedTestbed(simTestbed(plan), []), time: 'wall' as const };
  const { recorded } = await runInRig(results, plan, { testbed });
  // As if it had been killed between the record of the first trial and its entry.
  const lines = readFileSync(recorded.paths.journal, 'utf8').split('\n');
  const cut = lines.findIndex((line) => line.includes('"trial-finished"'));
  writeFileSync(recorded.paths.journal, `${lines.slice(0, cut).join('\n')}\n`);
  const clock = pausedClock();
  clock.pause(36_000_000);

  const { events } = await runInRig(results, plan, { testbed, clock });
  expect(events.filter(({ type }) => type === 'block-set-aside')).toMatchObject([{ block: 1, reason: 'pause' }]);
});

test('the repeats of a block are no pause, however long they take', async () => {
  const plan = simPlan({ blocks: 2 });
  const clock = pausedClock();
  const second = plan.blocks[0]?.trials[1]?.arm ?? '';
  let attempts = 0;
  const spoil = ({ id, arm }: TrialRequest): TrialEvidence | null => {
    // Each trial takes 5 s of wall time here; a planned block is 6 s.
    clock.pause(5000);
    return id.startsWith('001') && arm.name === second && ++attempts <= 2 ? tracerDied : null;
  };
  const testbed = { ...watchedTestbed(simTestbed(plan), [], spoil), time: 'wall' as const };
  const { events, end } = await runInRig(temporaryFolder(), plan, { testbed, clock });
  expect(events.filter(({ type }) => type === 'block-set-aside')).toEqual([]);
  expect(events.filter(({ type }) => type === 'trial-started')).toHaveLength(6);
  expect(end).toBe('complete');
});

test('what was killed before its first journal entry is no experiment to go on with', async () => {
  const results = temporaryFolder();
  const plan = simPlan();
  mkdirSync(join(results, 'sim', 'experiment-1'), { recursive: true });
  writeFileSync(join(results, 'sim', 'experiment-1', 'journal.jsonl'), '{"at":"2026-11-24T12:00:0');
  const { recorded, end } = await runInRig(results, plan);
  expect(end).toBe('complete');
  expect(recorded.id).toBe('experiment-2');
  expect((await verified(recorded)).findings).toEqual([]);
});

test('an interruption whose clean-up fails is an interruption all the same, and says what could not be undone', async () => {
  const plan = simPlan();
  const controller = new AbortController();
  const inner = simTestbed(plan);
  const testbed: Testbed = {
    ...watchedTestbed(inner, []),
    prepare: async () => ({
      ...(await inner.prepare(plan)),
      [Symbol.asyncDispose]: () => Promise.reject(new Error('the cgroup stays')),
    }),
  };
  const { end, events } = await runInRig(temporaryFolder(), plan, {
    ...{ testbed, signal: controller.signal },
    onEvent: ({ type }) => {
      if (type === 'sample-taken') controller.abort(new Error('interrupted'));
    },
  });
  expect(end).toBe('interrupted');
  expect(events.filter(({ type }) => type === 'cleanup-failed')).toMatchObject([{ text: 'the cgroup stays' }]);
});

test('two processes cannot run one experiment', async () => {
  const results = temporaryFolder();
  const plan = simPlan();
  let second: Promise<unknown> | undefined;
  await runInRig(results, plan, {
    onEvent: ({ type }) => {
      if (type === 'block-started') second ??= runInRig(results, plan).catch((error: unknown) => error);
    },
  });
  expect(await second).toMatchObject({
    code: 'results-locked',
    message: `Another process is running the experiment in ${join(results, 'sim', 'experiment-1')}.`,
  });
});

test('a finished trial whose file was lost since is named, repeated, and nothing is deleted', async () => {
  const results = temporaryFolder();
  const plan = simPlan({ blocks: 2 });
  const controller = new AbortController();
  let finished = 0;
  const { recorded } = await runInRig(results, plan, {
    signal: controller.signal,
    onEvent: ({ type }) => {
      if (type === 'trial-finished' && ++finished === 3) controller.abort(new Error('interrupted'));
    },
  });
  const lost = `001-${plan.blocks[0]?.trials[0]?.arm ?? ''}-1`;
  rmSync(join(recorded.paths.trials, lost, 'runqueue.parquet'));
  const resumed = await runInRig(results, plan);
  expect(resumed.events.filter(({ type }) => type === 'damage-found')).toMatchObject([
    { damage: `trials/${lost}/runqueue.parquet is missing` },
  ]);
  expect(resumed.end).toBe('complete');
  expect(existsSync(join(recorded.paths.trials, lost, 'trial.json'))).toBe(true);
  expect(summarize(resumed.recorded).trials.find(({ id }) => id === lost)).toMatchObject({
    counted: false,
    verdict: { kind: 'invalid', reasons: [{ code: 'record-damaged' }] },
  });
});

test('an attempt that is complete on the disk but not in the journal is adopted, not run again', async () => {
  const results = temporaryFolder();
  const plan = simPlan({ blocks: 2 });
  const { recorded } = await runInRig(results, plan);
  const lines = readFileSync(recorded.paths.journal, 'utf8').split('\n');
  const cut = lines.findIndex((line) => line.includes('"trial-finished"'));
  writeFileSync(recorded.paths.journal, `${lines.slice(0, cut).join('\n')}\n${(lines[cut] ?? '').slice(0, 40)}`);

  const resumed = await runInRig(results, plan);
  const first = `001-${plan.blocks[0]?.trials[0]?.arm ?? ''}-1`;
  expect(resumed.events[0]).toMatchObject({ type: 'trial-finished', trial: first, verdict: { kind: 'valid' } });
  expect(resumed.recorded.damage).toHaveLength(1);
  expect(resumed.recorded.damage[0]).toMatch(new RegExp(`^journal.jsonl:${cut + 1}: a line was cut or changed: `));
  // The other three were run under new numbers: their folders are there, but the journal no longer knew them.
  const started = resumed.events.filter(({ type }) => type === 'trial-started');
  expect(started).toHaveLength(3);
  expect(started.every((event) => 'attempt' in event && event.attempt === 2)).toBe(true);
});
