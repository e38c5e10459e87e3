import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../../harness/analysis/summarize.ts';
import { summaryText } from '../../../harness/analysis/summary-text.ts';
import type { LoadMetrics, Summary } from '../../../harness/analysis/summary.ts';
import { readExperiment } from '../../../harness/store/recorded-experiment.ts';
import { runInRig, simPlan } from '../../rig/experiment-rig.ts';
import { recordedApplication } from '../../rig/recorded-application.ts';
import { cleanEvidence, examplePlan, loadOf, recordedOf, type RecordedBlock } from '../../rig/recorded.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const plan = examplePlan({ blockCount: 6 });
const ms = 1e-3;

/** A block in which both arms went well; the canary waited so many milliseconds in the mean. */
const block = (idle: number, busy: number): RecordedBlock => ({
  attempts: [
    ['idle', idle * ms],
    ['busy', busy * ms],
  ],
});
const six = [1, 2, 3, 4, 5, 6].map((busy) => block(1, busy));

const summaryOf = (...blocks: readonly RecordedBlock[]): Summary => summarize(recordedOf(plan, blocks));
const armOf = (summary: Summary, name: string): Summary['arms'][number] =>
  summary.arms.find((arm) => arm.name === name) ?? expect.fail(`no arm ${name}`);
const counted = (summary: Summary): readonly string[] =>
  summary.trials.filter((trial) => trial.counted).map(({ id }) => id);
const blocksCompared = (summary: Summary): readonly number[] =>
  (summary.comparisons[0]?.differences ?? []).map((difference) => difference.block);

test('six blocks: what ran, by block, by arm and compared', () => {
  const summary = summarize(recordedOf(plan, six, { status: 'complete' }));
  expect(summary.experiment).toEqual({
    ...{ id: 'e', name: 'example', planHash: 'p', testbed: 'local', source: 'bpf', aa: false, status: 'complete' },
    startedAt: '2026-11-24T14:00:00.000Z',
    // created, then a block and four entries each.
    endedAt: '2026-11-24T14:00:30.000Z',
  });
  expect(summary.format).toBe(1);
  expect(summary.blocks).toEqual({ planned: 6, complete: 6, setAside: 0, fresh: 0, neededToRank: 6 });
  expect(summary.trials).toHaveLength(12);
  expect(summary.trials[1]).toMatchObject({
    ...{ id: '001-busy-1', block: 1, arm: 'busy', attempt: 1, counted: true, verdict: { kind: 'valid' } },
    startedAt: '2026-11-24T14:00:04.000Z',
  });
  const busy = armOf(summary, 'busy');
  expect(busy).toMatchObject({ valid: 6, failed: 0, invalid: 0, invalidReasons: {} });
  const mean = busy.metrics['canary-wait-mean'];
  expect(mean).toMatchObject({ trials: 6 });
  expect(mean?.low).toBeCloseTo(1 * ms, 12);
  expect(mean?.median).toBeCloseTo(3.5 * ms, 12);
  expect(mean?.high).toBeCloseTo(6 * ms, 12);
  expect(summary.comparisons).toMatchObject([{ arm: 'busy', against: 'idle', failedBlocks: 0, blocksMissing: 0 }]);
  expect(summary.comparisons[0]?.medianDifference).toBeCloseTo(2.5 * ms, 12);
  expect(summary.warnings).toEqual([]);
});

test('the noise of the testbed is what was known when the experiment was created', () => {
  const recorded = recordedOf(plan, six);
  const floor = { metric: 'canary-wait-mean', low: -1e-6, high: 'infinity', blocks: 8, experiment: 'aa' } as const;

  expect(summarize(recorded).noise).toEqual([]);
  expect(summarize({ ...recorded, manifest: { ...recorded.manifest, noise: [floor] } }).noise).toEqual([floor]);
});

test('under several loads each hypothesis is told once more over all of them', () => {
  const loads = [loadOf('low', 1), loadOf('high', 2)];
  const blocks = loads.flatMap(({ name }, index) => six.map(() => ({ ...block(1, index + 2), load: name })));
  const [across] = summarize(recordedOf(examplePlan({ loads, blockCount: 6 }), blocks)).acrossLoads;

  expect(across).toMatchObject({ arm: 'busy', against: 'idle', metric: 'canary-wait-mean', higher: 0, lower: 0 });
  expect(across?.medians.map(({ load }) => load)).toEqual(['low', 'high']);
  expect(across?.mean).toBeCloseTo(1.5 * ms, 12);
});

test('the cost of the tracer is that of the valid trials that count', () => {
  const { tracer } = armOf(summaryOf(...six), 'idle');
  expect(tracer).toMatchObject({ lost: 0, unknown: 0, negative: 0, kernelCores: null });
  expect(tracer.userCores).toMatchObject({ median: 0.001, trials: 6 });
  expect(tracer.residentBytes).toMatchObject({ median: 3e6 });
});

test('what the tracer could not use is added up over the valid trials that count', () => {
  const recorded = recordedOf(plan, [block(1, 2), { ...block(1, 2), setAside: 'pause' }]);
  const trials = new Map(
    [...recorded.trials].map(([id, trial]) => {
      const samples = trial.samples.map((sample) => ({
        ...sample,
        tracer: sample.tracer && { ...sample.tracer, unknown: 2, negative: 3 },
      }));
      return [id, { ...trial, samples }];
    }),
  );
  // Four measured samples of the one block that counts.
  expect(armOf(summarize({ ...recorded, trials }), 'idle').tracer).toMatchObject({ unknown: 8, negative: 12 });
});

test('without the entry that says when it was created, the manifest does', () => {
  const recorded = recordedOf(plan, six);
  const manifest = { ...recorded.manifest, createdAt: '2026-11-24T13:59:59.000Z' };
  expect(summarize({ ...recorded, manifest }).experiment.startedAt).toBe('2026-11-24T14:00:00.000Z');
  const progress = { ...recorded.progress, createdAt: null };
  expect(summarize({ ...recorded, manifest, progress }).experiment.startedAt).toBe('2026-11-24T13:59:59.000Z');
});

test('a block that was set aside is not compared, and its trials do not count', () => {
  const summary = summaryOf(block(1, 2), { ...block(1, 99), setAside: 'pause' }, { ...block(1, 3), replaces: 2 });
  expect(summary.blocks).toMatchObject({ complete: 2, setAside: 1, fresh: 1 });
  expect(counted(summary)).toEqual(['001-idle-1', '001-busy-1', '003-idle-1', '003-busy-1']);
  expect(blocksCompared(summary)).toEqual([1, 3]);
  expect(armOf(summary, 'busy').metrics['canary-wait-mean']?.high).toBeCloseTo(3 * ms, 12);
});

test('an attempt that was repeated does not count, whatever it was repeated for', () => {
  const summary = summaryOf({
    attempts: [
      ['idle', 'invalid'],
      ['busy', 2 * ms],
      ['idle', 'abandoned'],
      ['idle', 'damaged'],
      ['idle', 1 * ms],
    ],
  });
  expect(counted(summary)).toEqual(['001-busy-1', '001-idle-4']);
  expect(blocksCompared(summary)).toEqual([1]);
  expect(armOf(summary, 'idle')).toMatchObject({
    ...{ valid: 1, failed: 0, invalid: 3 },
    invalidReasons: { 'tracer-lost': 1, interrupted: 1, 'record-damaged': 1 },
  });
  expect(summary.trials.map(({ verdict }) => verdict)).toMatchObject([
    { kind: 'invalid', reasons: [{ code: 'tracer-lost' }] },
    { kind: 'valid' },
    { reasons: [{ code: 'interrupted', text: 'Scalelab was stopped before the trial ended' }] },
    { reasons: [{ code: 'record-damaged', text: 'a recorded file is damaged or missing' }] },
    { kind: 'valid' },
  ]);
});

test('a block that is not complete yet is not compared, though its trials count', () => {
  const summary = summaryOf(block(1, 2), {
    attempts: [
      ['busy', 5 * ms],
      ['idle', 'running'],
    ],
  });
  expect(summary.blocks.complete).toBe(1);
  expect(blocksCompared(summary)).toEqual([1]);
  expect(counted(summary)).toEqual(['001-idle-1', '001-busy-1', '002-busy-1']);
  expect(summary.trials.at(-1)).toMatchObject({ metrics: null, verdict: { kind: 'invalid' } });
});

test('a failed trial counts, as the worst, and lends its numbers to no arm', () => {
  const summary = summaryOf(...six.slice(0, 5), {
    attempts: [
      ['idle', 1 * ms],
      ['busy', 'failed'],
    ],
  });
  expect(armOf(summary, 'busy')).toMatchObject({ valid: 5, failed: 1, invalid: 0 });
  expect(armOf(summary, 'busy').metrics['canary-wait-mean']?.trials).toBe(5);
  expect(summary.comparisons[0]).toMatchObject({ failedBlocks: 1, interval: { high: 'infinity' } });
});

test('a verdict is judged again: what the journal once called valid does not count if the recorded samples are not', () => {
  const recorded = recordedOf({ ...plan, limits: { ...plan.limits, clockJumpMs: -1 } }, six);
  const summary = summarize(recorded);
  expect(counted(summary)).toEqual([]);
  expect(summary.blocks.complete).toBe(0);
  expect(armOf(summary, 'idle')).toMatchObject({ valid: 0, invalid: 6, invalidReasons: { 'clock-jump': 6 } });
});

describe('a trial whose files are damaged', () => {
  const lost: RecordedBlock = {
    attempts: [
      ['idle', 1 * ms],
      ['busy', 'lost'],
    ],
  };

  test('is left out with its block, and is named', () => {
    const damage = ['trials/002-busy-1/samples.parquet is missing'];
    const summary = summarize(recordedOf(plan, [block(1, 2), lost], { damage }));
    expect(blocksCompared(summary)).toEqual([1]);
    expect(summary.trials[3]).toMatchObject({
      ...{ id: '002-busy-1', counted: false, metrics: null },
      verdict: { kind: 'invalid', reasons: [{ code: 'record-damaged' }] },
    });
    expect(summary.warnings).toContainEqual({
      code: 'damaged',
      text: 'trials/002-busy-1/samples.parquet is missing',
      hint: 'The rest was used. Nothing was deleted.',
    });
  });

  test('on the disk', async () => {
    const { recorded } = await runInRig(temporaryFolder(), simPlan({ blocks: 2 }));
    rmSync(join(recorded.paths.trials, '002-idle-1', 'runqueue.parquet'));
    const summary = summarize(await readExperiment(recorded.paths.folder));
    expect(blocksCompared(summary)).toEqual([1]);
    expect(summary.warnings.filter(({ code }) => code === 'damaged')).toEqual([
      {
        code: 'damaged',
        text: 'trials/002-idle-1/runqueue.parquet is missing',
        hint: 'The rest was used. Nothing was deleted.',
      },
    ]);
  });
});

test('before anything was run there is a summary too', () => {
  const summary = summaryOf();
  expect(summary.experiment.endedAt).toBeNull();
  expect(summary.blocks).toMatchObject({ planned: 6, complete: 0 });
  expect(armOf(summary, 'idle')).toMatchObject({ valid: 0, throttledShare: null });
  expect(summary.comparisons[0]).toMatchObject({ differences: [], p: null });
});

test('the same recorded files give the same bytes, wherever they lie and whenever they are read', async () => {
  const { recorded } = await runInRig(temporaryFolder(), simPlan({ blocks: 2 }));
  const { folder, summary } = recorded.paths;
  const written = readFileSync(summary, 'utf8');
  expect(summaryText(await readExperiment(folder))).toBe(written);

  const elsewhere = join(temporaryFolder(), 'else where [1]');
  cpSync(folder, elsewhere, { recursive: true });
  expect(summaryText(await readExperiment(elsewhere))).toBe(written);
  expect(written.endsWith('}\n')).toBe(true);
});

test('the status may be told before the journal says it, and changes nothing else', () => {
  const recorded = recordedOf(plan, six);
  const [before, after] = [summarize(recorded), summarize(recorded, 'too-many-invalid')];
  expect(before.experiment.status).toBe('running');
  expect(after).toEqual({ ...before, experiment: { ...before.experiment, status: 'too-many-invalid' } });
});

describe('an application', () => {
  const recorded = recordedApplication({ model: 'echo', blocks: 6 });

  test('has its requests added up and its quantities as spreads, over the trials of each arm that count', () => {
    const summary = summarize(recorded);
    const tight = armOf(summary, 'tight');
    const own = summary.trials.flatMap(({ arm, metrics }) => (arm === 'tight' && metrics ? [metrics] : []));
    const total = (of: (load: LoadMetrics) => number): number =>
      own.reduce((sum, { load }) => sum + (load ? of(load) : NaN), 0);
    const spreadOf = (values: readonly (number | null)[]): object => {
      const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
      return { low: sorted[0], high: sorted.at(-1), trials: 6 };
    };

    expect(own).toHaveLength(6);
    expect(tight.load).toMatchObject({
      offered: total(({ offered }) => offered),
      completed: total(({ completed }) => completed),
      failed: total(({ failed }) => failed),
      notSentInFlight: total(({ notSentInFlight }) => notSentInFlight),
      notSentGenerator: 0,
      latenessP99Ms: spreadOf(own.map(({ load }) => load?.latenessP99Ms ?? null)),
      generatorCpuShare: { median: 0.12, low: 0.12, high: 0.12, trials: 6 },
    });
    expect(tight.application).toMatchObject({
      mostMemoryBytes: spreadOf(own.map(({ application }) => application?.mostMemoryBytes ?? null)),
      ...{ oomKills: 0, restarts: 0 },
    });
    expect(tight.metrics['latency-p95']).toMatchObject(spreadOf(own.map(({ values }) => values['latency-p95'])));
    // Requests, and not some of them: 20 s of some 100 per second, six times.
    expect(tight.load?.offered).toBeGreaterThan(10_000);
  });

  test('that did not start in one block has a failed trial there, which has no requests and is worse than any number', () => {
    const evidence = {
      ...cleanEvidence,
      canary: null,
      application: { events: [], startFailure: 'echo-1 was not ready' },
    };
    const trials = new Map(
      [...recorded.trials].map(([id, trial]) =>
        id === '003-tight-1'
          ? [id, { ...trial, samples: [], requests: null, record: { ...trial.record, evidence } }]
          : [id, trial],
      ),
    );
    const summary = summarize({ ...recorded, trials });

    expect(armOf(summary, 'tight')).toMatchObject({
      valid: 5,
      failed: 1,
      invalid: 0,
      load: { latenessP99Ms: { trials: 5 } },
    });
    expect(summary.trials.find(({ id }) => id === '003-tight-1')).toMatchObject({
      verdict: { kind: 'failed', code: 'start-failed', text: 'echo-1 was not ready' },
      counted: true,
      metrics: { load: null, application: null },
    });
    expect(summary.comparisons[0]).toMatchObject({ failedBlocks: 1, metric: 'latency-p95' });
    expect(summary.comparisons[0]?.differences).toContainEqual({ block: 3, difference: 'infinity' });
  });

  test('that there is not has none of it', () => {
    expect(armOf(summaryOf(...six), 'idle')).toMatchObject({ load: null, application: null });
  });
});
