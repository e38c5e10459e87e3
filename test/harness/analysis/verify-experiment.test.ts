import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Verification } from '../../../harness/analysis/verify-experiment.ts';
import { sha256 } from '../../../harness/core/sha256.ts';
import { readExperiment } from '../../../harness/store/recorded-experiment.ts';
import { runInRig, simPlan } from '../../rig/experiment-rig.ts';
import { folderOfThisFile, temporaryFolder } from '../../rig/temporary-folder.ts';
import { verified } from '../../rig/verified.ts';

/** A finished experiment of two blocks and two arms, made once. Tests change copies of it. */
const results = folderOfThisFile();
beforeAll(async () => {
  await runInRig(results, simPlan({ blocks: 2 }));
});

function copyOfExperiment(): string {
  const folder = join(temporaryFolder(), 'experiment');
  cpSync(join(results, 'sim', 'experiment-1'), folder, { recursive: true });
  return folder;
}

function change(folder: string, file: string, by: (text: string) => string): void {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const after = by(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

/** Lets the journal say that the file is as it is now, as somebody would who wants it to be believed. */
function forgeHash(folder: string, file: string): void {
  const isSummary = file === 'summary.json';
  const trial = file.split('/')[1] ?? '';
  const hash = sha256(readFileSync(join(folder, file)));
  change(folder, 'journal.jsonl', (text) =>
    isSummary
      ? text.replace(/"summarySha256":"\w+"/, `"summarySha256":"${hash}"`)
      : text.replace(new RegExp(`("trial":"${trial}","endedAt":.*"recordSha256":)"\\w+"`), `$1"${hash}"`),
  );
}

const verify = async (folder: string): Promise<Verification> => verified(await readExperiment(folder));
const record = join('trials', '002-idle-1', 'trial.json');

test('a folder that nobody touched holds what it says', async () => {
  expect(await verify(copyOfExperiment())).toEqual({
    checked: [
      'hashes of plan, profile, inputs and manifest, and of the files of 4 finished trials',
      'verdicts of 4 trials, computed again',
      'summary, computed again, byte for byte',
    ],
    findings: [],
  });
});

describe('what is found', () => {
  test('a file whose hash is another, and what is said of it no more', async () => {
    const folder = copyOfExperiment();
    change(folder, join('trials', '001-idle-1', 'samples.parquet'), (text) => `${text} `);
    change(folder, 'plan.json', (text) => text.replace('\n', '\n\n'));
    expect((await verify(folder)).findings).toEqual([
      'plan.json was changed',
      'trials/001-idle-1/samples.parquet was changed',
      'summary.json differs from the summary computed again',
    ]);
  });

  test('a verdict that does not follow from what was recorded, though every hash is right', async () => {
    const folder = copyOfExperiment();
    const failed = '"verdict": {\n    "kind": "failed",\n    "code": "start-failed",\n    "text": "so it is said"\n  }';
    change(folder, record, (text) => text.replace(/"verdict": \{\s*"kind": "valid"\s*\}/, failed));
    forgeHash(folder, record);
    expect((await verify(folder)).findings).toEqual([
      'trials/002-idle-1: the verdict computed again is valid, recorded is failed',
    ]);
  });

  test('evidence that was changed, so that the verdict would be another', async () => {
    const folder = copyOfExperiment();
    change(folder, record, (text) => text.replace('"tracerDeath": null', '"tracerDeath": "killed"'));
    forgeHash(folder, record);
    expect((await verify(folder)).findings).toEqual([
      'trials/002-idle-1: the verdict computed again is invalid, recorded is valid',
      'summary.json differs from the summary computed again',
    ]);
  });

  test('a reason that is another than the one recorded', async () => {
    const folder = copyOfExperiment();
    const reasons = '"verdict": { "kind": "invalid", "reasons": [{ "code": "tracer-lost", "text": "rust" }] }';
    change(folder, record, (text) =>
      text
        .replace('"tracerDeath": null', '"tracerDeath": "killed"')
        .replace(/"verdict": \{\s*"kind": "valid"\s*\}/, reasons),
    );
    forgeHash(folder, record);
    expect((await verify(folder)).findings).toContain(
      'trials/002-idle-1: the verdict computed again is invalid, as recorded, but for another reason',
    );
  });

  test('a journal that tells another outcome than the record', async () => {
    const folder = copyOfExperiment();
    change(folder, 'journal.jsonl', (text) =>
      text.replace(/("trial":"002-idle-1","endedAt":"[^"]+","outcome":)"valid"/, '$1"failed"'),
    );
    expect((await verify(folder)).findings).toEqual([
      'trials/002-idle-1: journal and record disagree about its verdict',
    ]);
  });

  test('a summary that was changed', async () => {
    const folder = copyOfExperiment();
    change(folder, 'summary.json', (text) => text.replace(/"medianDifference": [^,]+/, '"medianDifference": 0'));
    expect((await verify(folder)).findings).toEqual(['summary.json was changed']);
  });

  test('a summary that was changed with its hash, but does not follow from the trials', async () => {
    const folder = copyOfExperiment();
    change(folder, 'summary.json', (text) => text.replace(/"medianDifference": [^,]+/, '"medianDifference": 0'));
    forgeHash(folder, 'summary.json');
    expect((await verify(folder)).findings).toEqual(['summary.json differs from the summary computed again']);
  });

  test('a summary that is missing', async () => {
    const folder = copyOfExperiment();
    rmSync(join(folder, 'summary.json'));
    expect((await verify(folder)).findings).toEqual(['summary.json is missing']);
  });
});

test('an experiment that is not finished has no summary to verify, and the rest is', async () => {
  const folder = copyOfExperiment();
  change(folder, 'journal.jsonl', (text) => text.split('\n').slice(0, -2).join('\n') + '\n');
  rmSync(join(folder, 'summary.json'));
  expect(await verify(folder)).toEqual({
    checked: [
      'hashes of plan, profile, inputs and manifest, and of the files of 4 finished trials',
      'verdicts of 4 trials, computed again',
      'no summary yet: the experiment is unfinished',
    ],
    findings: [],
  });
});

test('a line that a stop cut and after which the experiment went on is told, and is no finding', async () => {
  const results = temporaryFolder();
  const plan = simPlan({ blocks: 2 });
  const controller = new AbortController();
  const { recorded } = await runInRig(results, plan, {
    signal: controller.signal,
    onEvent: ({ type }) => {
      if (type === 'trial-finished') controller.abort(new Error('stopped'));
    },
  });
  writeFileSync(recorded.paths.journal, '{"at":"2026-11-24T14:', { flag: 'a' });
  expect((await verify(recorded.paths.folder)).findings).toHaveLength(1);

  const { end } = await runInRig(results, plan);
  expect(end).toBe('complete');
  expect(await verify(recorded.paths.folder)).toEqual({
    checked: expect.arrayContaining([
      'journal, but for 1 line cut when Scalelab was stopped, after which it went on',
    ]) as unknown,
    findings: [],
  });
});
