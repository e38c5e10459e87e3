import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../harness/core/sha256.ts';
import { experimentPaths, trialId, trialPaths, type ExperimentPaths } from '../../../harness/store/layout.ts';
import { readTrial, writeTrial, type TrialData, type TrialRecord } from '../../../harness/store/trial-record.ts';
import type { Verdict } from '../../../harness/store/verdict.ts';
import type { ReplicaEvent } from '../../../harness/telemetry/application-reading.ts';
import type { TrialEvidence } from '../../../harness/telemetry/evidence.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { logOf } from '../../rig/arbitrary-requests.ts';
import { spanOf } from '../../rig/arbitrary-spans.ts';
import { actionOf, decisionOf, policyEvidence, stepAt } from '../../rig/control-log.ts';
import { fillDisk, smallDisk } from '../../rig/small-disk.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const trial = (changes: Partial<TrialRecord> = {}): Omit<TrialRecord, 'format' | 'files'> => ({
  id: '003-stress-1-2',
  block: 3,
  arm: 'stress-1',
  attempt: 2,
  load: null,
  seed: -7,
  startedAt: '2026-11-24T14:05:29.007Z',
  endedAt: '2026-11-24T14:05:34.011Z',
  evidence: {
    tracerDeath: null,
    disturbance: { program: 'stress', wanted: 1, started: 1, alive: 1 },
    canary: { wakeups: 1000, skipped: 2, alive: true },
    kernelNsPerEvent: 212.5,
    policy: null,
    loadFailure: null,
    application: null,
    generator: null,
  },
  verdict: { kind: 'valid' },
  ...changes,
});

const samples: readonly Sample[] = [
  {
    ...{ atMs: 1000, intervalMs: 1000, clockOffsetMs: 0.25, source: 'bpf' },
    waits: [{ group: 'all', cause: 'throttled', count: 3, waitSeconds: 0.5, slots: null }],
    host: { busySeconds: 1, stolenSeconds: 0, capacitySeconds: 2, contextSwitches: 1234 },
    tracer: null,
    services: null,
    load: null,
  },
];

const dataOf = (of: readonly Sample[]): TrialData => ({ samples: of, requests: null, spans: [], control: null });

const experimentIn = (folder: string): ExperimentPaths => experimentPaths(folder);

test('an attempt is read again as it was written, and the journal is given the hash of its record', async () => {
  const experiment = experimentIn(temporaryFolder());
  const hash = await writeTrial(experiment, trial(), dataOf(samples));
  const paths = trialPaths(experiment, trial().id);
  expect(hash).toBe(sha256(readFileSync(paths.record)));
  expect(await readTrial(experiment, trial().id, hash)).toEqual({
    ok: true,
    trial: {
      record: {
        format: 1,
        ...trial(),
        files: {
          'samples.parquet': sha256(readFileSync(paths.samples)),
          'runqueue.parquet': sha256(readFileSync(paths.runqueue)),
        },
      },
      recordSha256: hash,
      samples,
      requests: null,
      spans: [],
      control: null,
    },
  });
  expect(readdirSync(paths.folder).sort()).toEqual(['runqueue.parquet', 'samples.parquet', 'trial.json']);
});

describe('an attempt with an application', () => {
  const ofApplication = (changes: Partial<TrialEvidence> = {}): Omit<TrialRecord, 'format' | 'files'> => {
    const { evidence } = trial();
    const event: ReplicaEvent = {
      ...{ atMs: -3.5, service: 'echo', replica: 'echo-1', type: 'restarted' },
      text: 'echo-1 was started again',
    };
    const application = { events: [event], startFailure: null };
    return trial({ evidence: { ...evidence, application, generator, ...changes } });
  };
  const generator: TrialEvidence['generator'] = {
    ...{ driver: 'built-in', version: '0.1.0', cpuCores: 0.25, capacityCores: 1 },
    ...{ priority: 'normal', priorityNote: 'not allowed', death: null, scheduleSha256: 'a'.repeat(64) },
  };
  const data: TrialData = {
    samples: samples.map((sample) => ({ ...sample, services: [] })),
    control: null,
    requests: logOf([{ dueMs: 1 }, { dueMs: 2, sentMs: NaN, doneMs: NaN, outcome: 'not-sent-in-flight', status: 0 }]),
    spans: [spanOf(1, 0, 'echo', [1, 2])],
  };

  test('has five files more, and is read again as it was written', async () => {
    const experiment = experimentIn(temporaryFolder());
    const hash = await writeTrial(experiment, ofApplication(), data);
    const read = await readTrial(experiment, trial().id, hash);

    expect(read).toMatchObject({ ok: true, trial: { ...data, record: ofApplication() } });
    expect(readdirSync(trialPaths(experiment, trial().id).folder).sort()).toEqual([
      ...['load.parquet', 'replicas.parquet', 'requests.parquet', 'runqueue.parquet', 'samples.parquet'],
      ...['services.parquet', 'spans.parquet', 'trial.json'],
    ]);
  });

  test('and a policy has what that did, which is damaged like any file', async () => {
    const experiment = experimentIn(temporaryFolder());
    const action = actionOf(1, 1000, decisionOf('echo', { kind: 'cpu', limitCores: 0.5 }), { note: 'rounded up' });
    const control = { steps: [stepAt(1000, { cpuMs: null })], actions: [action] };
    const record = ofApplication({ policy: policyEvidence });
    const hash = await writeTrial(experiment, record, { ...data, control });
    const read = async (): Promise<unknown> => readTrial(experiment, trial().id, hash);
    const { decisions } = trialPaths(experiment, trial().id);

    expect(await read()).toMatchObject({ ok: true, trial: { ...data, record, control } });
    writeFileSync(decisions, '');
    expect(await read()).toEqual({ ok: false, damage: `trials/${trial().id}/decisions.jsonl was changed` });
    rmSync(decisions);
    expect(await read()).toEqual({ ok: false, damage: `trials/${trial().id}/decisions.jsonl is missing` });
  });

  test('that could not be started has no requests, which is not the same as a log without any', async () => {
    const experiment = experimentIn(temporaryFolder());
    const application = { events: [], startFailure: 'echo-1 did not answer in time' };
    const record = ofApplication({ application, generator: null });
    const hash = await writeTrial(experiment, record, { samples: [], requests: null, spans: [], control: null });

    expect(await readTrial(experiment, trial().id, hash)).toMatchObject({
      ok: true,
      trial: { samples: [], requests: null, spans: [] },
    });
  });

  test.each(['services', 'replicas', 'load', 'requests', 'spans'] as const)(
    'is damaged if %s.parquet is missing or was changed, and the file is named',
    async (file) => {
      const experiment = experimentIn(temporaryFolder());
      const hash = await writeTrial(experiment, ofApplication(), data);
      const path = trialPaths(experiment, trial().id)[file];
      const damage = async (): Promise<unknown> => readTrial(experiment, trial().id, hash);

      writeFileSync(path, 'PAR1');
      expect(await damage()).toEqual({ ok: false, damage: `trials/${trial().id}/${file}.parquet was changed` });
      rmSync(path);
      expect(await damage()).toEqual({ ok: false, damage: `trials/${trial().id}/${file}.parquet is missing` });
    },
  );

  test.each([
    ['an event that there is not', (text: string) => text.replace('"restarted"', '"reborn"')],
    ['a driver that there is not', (text: string) => text.replace('"built-in"', '"k7"')],
    ['a priority that there is not', (text: string) => text.replace('"normal"', '"idle"')],
    ['no hash of its schedule', (text: string) => text.replace('scheduleSha256', 'hash')],
  ])('is not believed with %s', async (_, by) => {
    const experiment = experimentIn(temporaryFolder());
    await writeTrial(experiment, ofApplication(), data);
    const { record } = trialPaths(experiment, trial().id);
    const before = readFileSync(record, 'utf8');
    writeFileSync(record, by(before));

    expect(readFileSync(record, 'utf8')).not.toBe(before);
    expect(await readTrial(experiment, trial().id, null)).toEqual({
      ok: false,
      damage: `trials/${trial().id}/trial.json is not the record of this trial`,
    });
  });
});

test.each<Verdict>([
  { kind: 'valid' },
  { kind: 'failed', code: 'start-failed', text: 'stress started 1 of 4 threads' },
  {
    kind: 'invalid',
    reasons: [
      { code: 'tracer-lost', text: 'a' },
      { code: 'clock-jump', text: 'b' },
    ],
  },
])('a verdict comes back: %j', async (verdict) => {
  const experiment = experimentIn(temporaryFolder());
  const hash = await writeTrial(experiment, trial({ verdict }), dataOf([]));
  expect(await readTrial(experiment, trial().id, hash)).toMatchObject({ trial: { record: { verdict } } });
});

test('an attempt without its record is not complete, whatever else is there', async () => {
  const experiment = experimentIn(temporaryFolder());
  expect(await readTrial(experiment, trial().id, null)).toEqual({
    ok: false,
    damage: 'trials/003-stress-1-2/trial.json is missing',
  });
});

test.each([
  ['no record at all', 'null'],
  ['cut', '{"format": 1, "id"'],
  ['of another format', (text: string) => text.replace('"format": 1', '"format": 2')],
  ['with a verdict that there is not', (text: string) => text.replace('"valid"', '"excellent"')],
  ['without its evidence', (text: string) => text.replace('"evidence"', '"hearsay"')],
  ['of another trial', (text: string) => text.replace('003-stress-1-2', '004-stress-1-2')],
  ['with a number that is none', (text: string) => text.replace('"attempt": 2', '"attempt": "2"')],
])('a record that is %s is not believed, even without a hash to hold it against', async (_, by) => {
  const experiment = experimentIn(temporaryFolder());
  await writeTrial(experiment, trial(), dataOf(samples));
  const { record } = trialPaths(experiment, trial().id);
  const before = readFileSync(record, 'utf8');
  writeFileSync(record, typeof by === 'string' ? by : by(before));
  expect(readFileSync(record, 'utf8')).not.toBe(before);
  expect(await readTrial(experiment, trial().id, null)).toEqual({
    ok: false,
    damage: 'trials/003-stress-1-2/trial.json is not the record of this trial',
  });
});

test('on a full disk there is no record, so the attempt is not complete', async (context) => {
  const experiment = experimentIn(smallDisk(context));
  fillDisk(experiment.folder, 8192);
  const many = Array.from({ length: 5000 }, (_, index) => ({ ...samples[0], atMs: Math.sin(index) }) as Sample);
  await expect(writeTrial(experiment, trial(), dataOf(many))).rejects.toMatchObject({ code: 'results-not-writable' });
  const paths = trialPaths(experiment, trial().id);
  expect(existsSync(paths.record)).toBe(false);
  expect(existsSync(paths.folder) ? readdirSync(paths.folder) : []).toEqual([]);
});

test('attempts are listed in the order of their blocks, and no two have one name', () => {
  expect([1, 2, 10, 100].map((block) => trialId(block, 'idle', 1))).toEqual([
    '001-idle-1',
    '002-idle-1',
    '010-idle-1',
    '100-idle-1',
  ]);
  const ids = ['a', 'a-1', 'a-1-1', 'b'].flatMap((arm) =>
    [1, 11].flatMap((attempt) => [1, 2].map((block) => trialId(block, arm, attempt))),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('every file of an experiment is inside its folder', () => {
  const { folder, ...files } = experimentPaths('/results/x');
  expect(folder).toBe('/results/x');
  for (const file of Object.values(files)) expect(file.startsWith(join(folder, '/'))).toBe(true);
});
