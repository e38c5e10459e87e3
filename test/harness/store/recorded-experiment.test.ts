import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import { experimentPaths } from '../../../harness/store/layout.ts';
import {
  readExperiment,
  readFrame,
  readFrameIfAny,
  type RecordedExperiment,
} from '../../../harness/store/recorded-experiment.ts';
import { readTrial } from '../../../harness/store/trial-record.ts';
import { runInRig, simPlan } from '../../rig/experiment-rig.ts';
import { folderOfThisFile, temporaryFolder } from '../../rig/temporary-folder.ts';

/** A finished experiment of two blocks and two arms, made once. Tests change copies of it. */
const results = folderOfThisFile();
const original = join(results, 'sim', 'experiment-1');
beforeAll(async () => {
  await runInRig(results, simPlan({ blocks: 2 }));
});

function copyOfExperiment(): string {
  const folder = join(temporaryFolder(), 'experiment');
  cpSync(original, folder, { recursive: true });
  return folder;
}

const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');
function change(folder: string, file: string, by: (text: string) => string): void {
  writeFileSync(join(folder, file), by(read(folder, file)));
}

const trials = ['001-idle-1', '001-busy-1-1', '002-idle-1', '002-busy-1-1'];
const readable = (recorded: RecordedExperiment): string[] => [...recorded.trials.keys()].sort();
const without = (trial: string): string[] => trials.filter((other) => other !== trial).sort();

test('an experiment that nobody touched is read without damage', async () => {
  const recorded = await readExperiment(original);
  expect(recorded).toMatchObject({ id: 'experiment-1', damage: [], settled: [] });
  expect(recorded.progress.status).toBe('complete');
  expect(readable(recorded)).toEqual([...trials].sort());
  expect(recorded.trials.get('002-idle-1')).toMatchObject({
    record: { id: '002-idle-1', block: 2, arm: 'idle', attempt: 1, load: 'low', verdict: { kind: 'valid' } },
    samples: [{ atMs: 1000 }, { atMs: 2000 }, { atMs: 3000 }],
  });
  expect(recorded.summaryText).toBe(read(original, 'summary.json'));
});

test('through the link latest it is the same experiment', async () => {
  const folder = copyOfExperiment();
  symlinkSync('experiment', join(folder, '..', 'latest'));
  expect((await readExperiment(join(folder, '..', 'latest'))).id).toBe('experiment-1');
});

test('a manifest from before the noise of the testbed was written has none', () => {
  const folder = copyOfExperiment();
  change(folder, 'manifest.json', (text) => text.replace(/,\s*"noise": \[\]/, ''));
  expect(read(folder, 'manifest.json')).not.toContain('noise');
  expect(readFrame(folder).manifest.noise).toEqual([]);
  change(folder, 'manifest.json', (text) => text.replace(/\}\s*$/, ', "noise": [{ "metric": "nothing" }] }'));
  expect(() => readFrame(folder)).toThrow('does not hold what Scalelab writes there (format 1).');
});

describe('a damaged trial is named, and the others are used', () => {
  test.each([
    ['samples.parquet is missing', 'samples.parquet', null],
    ['runqueue.parquet is missing', 'runqueue.parquet', null],
    ['trial.json is missing', 'trial.json', null],
    ['samples.parquet was changed', 'samples.parquet', (text: string) => `${text} `],
    ['trial.json was changed', 'trial.json', (text: string) => text.replace('"attempt": 1', '"attempt": 2')],
    ['trial.json was changed', 'trial.json', () => ''],
  ])('%s', async (damage, file, by) => {
    const folder = copyOfExperiment();
    const path = join('trials', '001-idle-1', file);
    if (by === null) rmSync(join(folder, path));
    else change(folder, path, by);
    const recorded = await readExperiment(folder);
    expect(recorded.damage).toEqual([`trials/001-idle-1/${damage}`]);
    expect(readable(recorded)).toEqual(without('001-idle-1'));
  });

  test('the folder of the trial is missing', async () => {
    const folder = copyOfExperiment();
    rmSync(join(folder, 'trials', '002-idle-1'), { recursive: true });
    const recorded = await readExperiment(folder);
    expect(recorded.damage).toEqual(['trials/002-idle-1/trial.json is missing']);
    expect(readable(recorded)).toEqual(without('002-idle-1'));
  });

  test('every one of several', async () => {
    const folder = copyOfExperiment();
    rmSync(join(folder, 'trials', '001-idle-1', 'runqueue.parquet'));
    rmSync(join(folder, 'trials', '002-busy-1-1', 'trial.json'));
    rmSync(join(folder, 'profile.yaml'));
    const recorded = await readExperiment(folder);
    expect([...recorded.damage].sort()).toEqual([
      'profile.yaml is missing',
      'trials/001-idle-1/runqueue.parquet is missing',
      'trials/002-busy-1-1/trial.json is missing',
    ]);
    expect(readable(recorded)).toEqual(['001-busy-1-1', '002-idle-1']);
  });

  test('a file that is there and cannot be read is no damage to go on with: it is named, and that is all', async () => {
    const folder = copyOfExperiment();
    const path = join(folder, 'trials', '001-idle-1', 'trial.json');
    rmSync(path);
    mkdirSync(path);
    await expect(readExperiment(folder)).rejects.toMatchObject({
      code: 'results-damaged',
      message: `${path} is there but cannot be read: EISDIR.`,
      hint: 'Make it readable, or restore it from a copy of the experiment.',
    });
  });
});

describe('a damaged journal is named, and the other lines are used', () => {
  test('a last line that was cut', async () => {
    const folder = copyOfExperiment();
    change(folder, 'journal.jsonl', (text) => text.slice(0, -30));
    const recorded = await readExperiment(folder);
    expect(recorded.damage).toHaveLength(1);
    expect(recorded.damage[0]).toMatch(
      /^journal\.jsonl:12: a line was cut or changed: \{"at":"[^"]+","type":"experiment-fini/,
    );
    expect(recorded.progress.status).toBe('running');
    expect(readable(recorded)).toEqual([...trials].sort());
    expect(recorded.settled).toEqual([]);
  });

  test('a line in the middle: the trial that it told of is not known to have ended, the others are', async () => {
    const folder = copyOfExperiment();
    const lines = read(folder, 'journal.jsonl').split('\n');
    const index = lines.findIndex((line) => line.includes('"trial-finished"'));
    const trial = /"trial":"([^"]+)"/.exec(lines[index] ?? '')?.[1] ?? '';
    writeFileSync(join(folder, 'journal.jsonl'), lines.with(index, '\0\0\0').join('\n'));
    const recorded = await readExperiment(folder);
    expect(recorded.damage).toEqual([`journal.jsonl:${index + 1}: a line was cut or changed: \0\0\0`]);
    expect(readable(recorded)).toEqual(without(trial));
    expect(recorded.progress.blocks[0]?.attempts.find((attempt) => attempt.trial === trial)?.outcome).toBe('running');
  });

  test('a line that was cut when Scalelab was stopped, and after which it went on, cost nothing', async () => {
    const folder = copyOfExperiment();
    const resumed = JSON.stringify({
      ...{ at: '2026-11-24T14:00:00.000Z', type: 'experiment-resumed', scalelab: '0.1.0', git: null },
    });
    const [created = '', ...others] = read(folder, 'journal.jsonl').split('\n');
    writeFileSync(join(folder, 'journal.jsonl'), [created, '{"at":"20', resumed, ...others].join('\n'));
    const recorded = await readExperiment(folder);
    expect(recorded.damage).toEqual(['journal.jsonl:2: a line was cut or changed: {"at":"20']);
    expect(recorded.settled).toEqual(recorded.damage);
  });

  test('the first line: nothing says any more what plan, manifest, profile and inputs were', async () => {
    const folder = copyOfExperiment();
    change(folder, 'journal.jsonl', (text) => text.slice(text.indexOf('\n') + 1));
    const recorded = await readExperiment(folder);
    expect(recorded.damage).toEqual([
      'journal.jsonl: the entry experiment-created is missing, so nothing says what plan, manifest, profile and inputs were',
    ]);
    expect(readable(recorded)).toEqual([...trials].sort());
  });
});

describe('plan, manifest, profile and inputs', () => {
  test('are named if they were changed, and used as they are', async () => {
    const folder = copyOfExperiment();
    change(folder, 'plan.json', (text) => text.replace('"clockJumpMs": 20', '"clockJumpMs": 21'));
    change(folder, 'manifest.json', (text) => text.replace('"rig"', '"gir"'));
    change(folder, 'profile.yaml', (text) => `${text}# later\n`);
    change(folder, 'inputs.json', (text) => text.replace('{}', '{ "a.csv": "1" }'));
    const recorded = await readExperiment(folder);
    expect(recorded.damage).toEqual([
      ...['plan.json was changed', 'manifest.json was changed'],
      ...['profile.yaml was changed', 'inputs.json was changed'],
    ]);
    expect(recorded.inputs).toEqual({ 'a.csv': '1' });
    expect(recorded.plan.limits.clockJumpMs).toBe(21);
    expect(recorded.manifest.machine.hostname).toBe('gir');
    expect(readable(recorded)).toEqual([...trials].sort());
  });

  test.each([
    ['is missing', null, 'inputs.json is missing'],
    ['is no JSON', '{', 'inputs.json was changed'],
    ['holds something else than texts', '{ "a.csv": 1 }', 'inputs.json was changed'],
  ])('inputs that %s are none, and the rest is used', async (_, text, damage) => {
    const folder = copyOfExperiment();
    if (text === null) rmSync(join(folder, 'inputs.json'));
    else writeFileSync(join(folder, 'inputs.json'), text);
    const recorded = await readExperiment(folder);
    expect(recorded).toMatchObject({ inputs: {}, damage: [damage] });
    expect(readable(recorded)).toEqual([...trials].sort());
  });

  test.each(['plan.json', 'manifest.json'])('without %s nothing can be said', async (file) => {
    const folder = copyOfExperiment();
    rmSync(join(folder, file));
    await expect(readExperiment(folder)).rejects.toMatchObject({
      code: 'results-damaged',
      message: `${join(folder, file)} is missing, and nothing can be said without it.`,
      hint: 'Restore the file from a copy of the experiment.',
    });
  });

  test.each([
    ['plan.json', 'is cut', (text: string) => text.slice(0, 200)],
    ['plan.json', 'has another format', (text: string) => text.replace('"format": 1', '"format": 2')],
    ['plan.json', 'lost its arms', (text: string) => text.replace('"arms": [', '"no": [')],
    ['plan.json', 'knows a metric that there is not', (text: string) => text.replace('canary-wait-p95', 'luck')],
    ['plan.json', 'would lead out of results', (text: string) => text.replace('"name": "sim"', '"name": "../../sim"')],
    ['plan.json', 'has samples of no length', (text: string) => text.replace(/"sampleMs": \d+/, '"sampleMs": 0')],
    ['manifest.json', 'is a list', () => '[]'],
    [
      'manifest.json',
      'would lead out of results',
      (text: string) => text.replace('"profile": "sim"', '"profile": "../x"'),
    ],
    ['manifest.json', 'lost its machine', (text: string) => text.replace('"machine"', '"engine"')],
  ])('a %s that %s is refused by name', async (file, _, by) => {
    const folder = copyOfExperiment();
    const before = read(folder, file);
    change(folder, file, by);
    expect(read(folder, file)).not.toBe(before);
    await expect(readExperiment(folder)).rejects.toMatchObject({
      code: 'results-damaged',
      message: `${join(folder, file)} does not hold what Scalelab writes there (format 1).`,
      hint: 'Restore the file from a copy of the experiment.',
    });
    expect(readFrameIfAny(folder)).toBeNull();
  });
});

test.each([
  ['that does not exist', (root: string) => join(root, 'gone')],
  ['that is a file', (root: string) => join(root, 'file')],
  ['without a journal', (root: string) => root],
])('a folder %s is not an experiment', (_, folderIn) => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'file'), '');
  const folder = folderIn(root);
  expect(() => readFrame(folder)).toThrow(
    expect.objectContaining({
      code: 'results-missing',
      message: `${folder} is not an experiment: it has no journal.jsonl.`,
      hint: 'Name a folder such as results/runqueue/latest.',
    }),
  );
  expect(readFrameIfAny(folder)).toBeNull();
});

test('a trial that takes the place of another is not believed', async () => {
  const folder = copyOfExperiment();
  const [from, to] = ['002-idle-1', '001-idle-1'].map((trial) => join(folder, 'trials', trial));
  cpSync(from ?? '', to ?? '', { recursive: true });
  expect((await readExperiment(folder)).damage).toEqual(['trials/001-idle-1/trial.json was changed']);
  // Where the journal cannot tell, because it was cut before the trial's end, the record itself does.
  expect(await readTrial(experimentPaths(folder), '001-idle-1', null)).toEqual({
    ok: false,
    damage: 'trials/001-idle-1/trial.json is not the record of this trial',
  });
});

describe('one byte that changed anywhere', () => {
  const hashed = ['plan.json', 'manifest.json', 'profile.yaml'];
  const ofTrial = ['trial.json', 'samples.parquet', 'runqueue.parquet'].map((file) =>
    join('trials', '002-idle-1', file),
  );

  async function outcomeOfChange(file: string, position: number, byte: number): Promise<readonly string[] | string> {
    const folder = copyOfExperiment();
    const bytes = readFileSync(join(folder, file));
    const index = position % bytes.length;
    bytes[index] = ((bytes[index] ?? 0) + byte) % 256;
    writeFileSync(join(folder, file), bytes);
    try {
      return (await readExperiment(folder)).damage;
    } catch (error) {
      if (error instanceof HarnessError) return error.code;
      throw error;
    }
  }

  test('is noticed in every file that has a hash', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...hashed, ...ofTrial),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (file, position, byte) => {
          expect(await outcomeOfChange(file, position, byte)).not.toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is never a fault of ours in the journal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (position, byte) => {
        await outcomeOfChange('journal.jsonl', position, byte);
      }),
      { numRuns: 40 },
    );
  });
});
