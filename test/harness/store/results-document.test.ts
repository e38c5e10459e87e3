/** Holds `results/README.md` against the code: every file, every column, every entry and every field is explained, and nothing else. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../../harness/analysis/summarize.ts';
import { packageRoot } from '../../../harness/core/package-root.ts';
import {
  applicationMetrics,
  metricNames,
  metricUnit,
  type ArrivalProcess,
  type Fault,
  type MetricUnit,
  type Overrides,
  type Plan,
  type PublishedResult,
  type RateShape,
} from '../../../harness/plan/plan.ts';
import { writeDecisions } from '../../../harness/store/decisions.ts';
import { entryShapes } from '../../../harness/store/journal-entry.ts';
import { experimentPaths, schedulePath, trialPaths } from '../../../harness/store/layout.ts';
import type { Manifest } from '../../../harness/store/manifest.ts';
import type { NoiseFloor } from '../../../harness/store/noise-floor.ts';
import { scheduleTable, tables } from '../../../harness/store/tables.ts';
import type { TrialRecord } from '../../../harness/store/trial-record.ts';
import type { Verdict } from '../../../harness/store/verdict.ts';
import { actionOf, decisionOf, policyEvidence, stepAt } from '../../rig/control-log.ts';
import {
  allocationOf,
  applicationOf,
  cleanGenerator,
  modelNamed,
  recordedApplication,
} from '../../rig/recorded-application.ts';
import {
  armOf,
  cleanEvidence,
  examplePlan,
  loadOf,
  recordedOf,
  type RecordedBlock,
  type Went,
} from '../../rig/recorded.ts';
import { policyOf } from '../../rig/simulated-control.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const document = readFileSync(join(packageRoot, 'results', 'README.md'), 'utf8');

/** The rows of the table under a heading, cell by cell, without its two head lines. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = document.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`));
  const rows = (section ?? '').split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const code = (text: string): string => `\`${text}\``;
const firstCells = (heading: string): readonly (string | undefined)[] => tableUnder(heading).map(([first]) => first);

test('every file of an experiment and of a trial is explained', () => {
  const { folder, ...files } = experimentPaths('/results/x');
  expect([...firstCells('The folder of an experiment')].sort()).toEqual(
    Object.values(files)
      .map((path) => code(path.slice(folder.length + 1)))
      .sort(),
  );
  const { folder: trial, ...ofTrial } = trialPaths(experimentPaths('/results/x'), '001-idle-1');
  expect(trial).toBe('/results/x/trials/001-idle-1');
  expect(firstCells('The folder of a trial')).toEqual(Object.values(ofTrial).map((path) => code(basename(path))));
});

describe.each(tables.map((table) => [table.file, table] as const))('%s', (file, table) => {
  test('has its columns with type, null and meaning as they are in the code', () => {
    expect(tableUnder(file)).toEqual(
      table.columns.map(({ name, type, nullable, meaning }) => [code(name), type, nullable ? 'yes' : 'no', meaning]),
    );
  });

  test('is explained by the sentence of the code', () => {
    const folder = file === scheduleTable.file ? 'The folder of a block' : 'The folder of a trial';
    expect(tableUnder(folder)).toContainEqual([code(file), table.meaning]);
  });
});

test('every file of a block is explained', () => {
  expect(firstCells('The folder of a block')).toEqual([code(basename(schedulePath(experimentPaths('/results/x'), 1)))]);
});

test('every type of journal entry is explained with its fields', () => {
  expect(tableUnder('journal.jsonl').map(([type, fields]) => [type, fields])).toEqual(
    Object.entries(entryShapes).map(([type, shape]) => [code(type), Object.keys(shape).map(code).join(' ')]),
  );
});

/** Whose keys are data, and what stands for them. */
const keysOf: Readonly<Record<string, string>> = {
  metrics: '<metric>',
  values: '<metric>',
  allocation: '<service>',
  files: '<name>',
  details: '<name>',
  invalidReasons: '<code>',
  bounds: '<service>',
  accepted: '<kind>',
  numbers: '<name>',
};

/** What is explained elsewhere: the model of an application, and the options of a policy. */
const opaque: ReadonlySet<string> = new Set(['model', 'written', 'options']);
/** Whose fields are those of the plan itself. */
const repeated: ReadonlySet<string> = new Set(['overrides']);

/** The path of every value in recorded JSON: `arms[].disturbances.cpu.threads`. */
function pathsIn(value: unknown, path = '', name = ''): readonly string[] {
  if (Array.isArray(value))
    return value.length === 0 ? [`${path}[]`] : value.flatMap((one) => pathsIn(one, `${path}[]`));
  if (typeof value !== 'object' || value === null || opaque.has(name)) return [path];
  if (repeated.has(name)) return Object.keys(value).map((key) => `${path}.${key}`);
  return Object.entries(value).flatMap(([key, inner]) => {
    const isData = keysOf[name] === '<metric>' ? metricNames.some((metric) => metric === key) : name in keysOf;
    return pathsIn(inner, `${path === '' ? '' : `${path}.`}${isData ? (keysOf[name] ?? key) : key}`, key);
  });
}

/** Of several examples together. Where one has nothing and another a list or an object, the inner paths are what counts. */
function fieldsOf(...examples: readonly unknown[]): readonly string[] {
  const paths = [...new Set(examples.flatMap((example) => pathsIn(JSON.parse(JSON.stringify(example)))))];
  const isOuter = (path: string): boolean =>
    paths.some((other) => other.startsWith(`${path}.`) || other.startsWith(`${path}[]`));
  return paths.filter((path) => !isOuter(path)).sort();
}

const explained = (heading: string): readonly string[] =>
  firstCells(heading)
    .map((cell) => (cell ?? '').replaceAll('`', ''))
    .sort();

const verdicts: readonly Verdict[] = [
  { kind: 'valid' },
  { kind: 'failed', code: 'start-failed', text: '' },
  { kind: 'invalid', reasons: [{ code: 'tracer-lost', text: '' }] },
];

test('every field of trial.json is explained', () => {
  const records = verdicts.map((verdict): TrialRecord => ({
    ...{ format: 1, id: '', block: 1, arm: '', attempt: 1, load: null, seed: 1, startedAt: '', endedAt: '', verdict },
    evidence: {
      ...cleanEvidence,
      disturbance: { program: '', wanted: 1, started: 1, alive: 1 },
      application: {
        events: [{ atMs: 0, service: '', replica: '', type: 'restarted', text: '' }],
        startFailure: null,
      },
      generator: cleanGenerator,
      policy: policyEvidence,
    },
    files: { 'samples.parquet': '', 'runqueue.parquet': '' },
  }));
  expect(explained('trial.json')).toEqual(fieldsOf(...records));
});

test('every field of a line of decisions.jsonl is explained', () => {
  const path = join(temporaryFolder(), 'decisions.jsonl');
  const decisions = [
    decisionOf('echo', { kind: 'replicas', replicas: 1 }),
    decisionOf('echo', { kind: 'cpu', limitCores: 1, requestCores: 1 }),
    decisionOf('echo', { kind: 'memory', limitBytes: 1 }),
    decisionOf('echo', { kind: 'placement', rule: 'apart', with: 'gate' }),
  ].map((decision) => ({ ...decision, reason: { rule: '', numbers: { waitMs: 1 } } }));
  writeDecisions(path, { steps: [stepAt(0)], actions: decisions.map((decision) => actionOf(1, 0, decision)) });
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const typed = (type: string): readonly unknown[] =>
    lines
      .map((line): unknown => JSON.parse(line))
      .filter((line) => JSON.stringify(line).startsWith(`{"type":"${type}"`));

  expect(explained('Lines of type `step`')).toEqual(fieldsOf(...typed('step')));
  expect(explained('Lines of type `action`')).toEqual(fieldsOf(...typed('action')));
});

const shapes: readonly RateShape[] = [
  { kind: 'constant', perSecond: 1 },
  { kind: 'steps', steps: [{ perSecond: 1, durationMs: 1 }] },
  { kind: 'ramp', fromPerSecond: 1, toPerSecond: 1, durationMs: 1 },
  { kind: 'sine', meanPerSecond: 1, amplitudePerSecond: 1, periodMs: 1 },
  { kind: 'diurnal', lowPerSecond: 1, highPerSecond: 1, dayMs: 1 },
  { kind: 'spike', basePerSecond: 1, peakPerSecond: 1, atMs: 1, riseMs: 1, holdMs: 1, fallMs: 1 },
  { kind: 'trace', file: '', perSecond: [1], scale: 1, stepMs: 1 },
];
const processes: readonly ArrivalProcess[] = [
  { kind: 'bursty', burstFactor: 2, burstMs: 1, calmMs: 1 },
  { kind: 'instants', file: '', atMs: [1] },
];
const range = { least: 1, most: 2 };
const published: PublishedResult = {
  ...{ claim: '', against: '', setUp: '', source: '', comparable: { metric: 'cost', against: '' } },
};
const faults: readonly Fault[] = [{ kind: 'stop', service: '', atMs: 1, durationMs: 1 }];

const overrides: Required<Overrides> = {
  ...{ source: 'none', driver: applicationOf(modelNamed('echo')).driver, canary: null, faults },
};

test('every field of plan.json is explained', () => {
  const plans: readonly Plan[] = [
    examplePlan({
      loads: [loadOf('low', 1)],
      arms: [armOf('idle', { timesCores: 2 }), armOf('busy', { threads: 1 })],
    }),
    examplePlan({ testbed: { kind: 'sim', cores: 2, workMicros: 1 } }),
    examplePlan({
      loads: shapes.map((rate, index) => ({
        ...loadOf('low', 1),
        rate,
        arrivals: processes[index % processes.length] ?? { kind: 'even' },
      })),
      application: applicationOf(modelNamed('echo'), { faults }),
      arms: [
        { ...armOf('idle', null), allocation: allocationOf(modelNamed('echo'), 1) },
        { ...armOf('busy', null), policy: policyOf('hpa', { published: [published] }), overrides },
      ],
      bounds: { echo: { replicas: range, cpuCores: range, memoryBytes: range } },
      prices: { coreHour: 1, gigabyteHour: 1 },
      hypotheses: [
        { arm: 'busy', against: 'idle', metric: 'cost', margin: { kind: 'share', share: 0.05 } },
        { arm: 'busy', against: 'idle', metric: 'cost', margin: { kind: 'value', value: 1 } },
      ],
    }),
  ];
  expect(explained('plan.json')).toEqual(fieldsOf(...plans));
});

const noise: NoiseFloor = { metric: 'cost', low: 0, high: 'infinity', blocks: 6, experiment: '' };

test('every metric of an application is explained with its unit', () => {
  const units: Readonly<Record<MetricUnit, string>> = {
    ...{
      seconds: 'seconds',
      'seconds-per-second': '',
      share: '0 to 1',
      cores: 'cores',
      'core-seconds': 'core-seconds',
    },
    ...{
      'gigabyte-seconds': 'GB-seconds',
      'replica-seconds': 'replica-seconds',
      money: 'of the prices',
      count: 'count',
    },
  };
  expect(tableUnder('Metrics of an application').map(([metric, unit]) => [metric, unit])).toEqual(
    applicationMetrics.map((metric) => [code(metric), units[metricUnit(metric)]]),
  );
});

test('every field of manifest.json is explained', () => {
  const manifest: Manifest = {
    ...{ format: 1, experiment: '', profile: '', planHash: '', seed: 1, createdAt: '', rerunOf: null },
    versions: { scalelab: '', node: '', v8: '', git: null },
    machine: { hostname: '', platform: '', kernel: '', cpuModel: '', cores: 1, memoryBytes: 1 },
    testbed: { kind: 'local', cores: 1, source: 'bpf', details: { kernel: '' }, notes: [''] },
    noise: [noise],
  };
  expect(explained('manifest.json')).toEqual(fieldsOf(manifest));
});

test('every field of summary.json is explained', () => {
  const block = (...busy: readonly Went[]): RecordedBlock => ({
    attempts: [['idle', 1e-3], ...busy.map((went) => ['busy', went] as const)],
  });
  const blocks = [block('failed'), block('invalid', 2e-3), ...Array.from({ length: 6 }, () => block(2e-3))];
  const recorded = recordedOf(examplePlan(), blocks, { damage: ['profile.yaml was changed'] });
  const trials = new Map(
    [...recorded.trials].map(([id, trial]) => {
      const evidence = { ...trial.record.evidence, kernelNsPerEvent: 200 };
      return [id, { ...trial, record: { ...trial.record, evidence } }];
    }),
  );
  const step: RateShape = {
    ...{ kind: 'steps' },
    steps: [
      { perSecond: 50, durationMs: 15_000 },
      { perSecond: 100, durationMs: 15_000 },
    ],
  };
  const scaled = recordedApplication({
    ...{ model: 'echo', policies: { tight: policyOf('showar') } },
    loads: ['steps', 'more steps'].map((name) => ({ ...loadOf(name, 50), rate: step })),
  });
  // As if the policy ran in a process of its own.
  const scaledTrials = new Map(
    [...scaled.trials].map(([id, trial]) => {
      const policy = trial.record.evidence.policy && { ...trial.record.evidence.policy, residentBytes: 1e6 };
      return [id, { ...trial, record: { ...trial.record, evidence: { ...trial.record.evidence, policy } } }];
    }),
  );
  expect(explained('summary.json')).toEqual(
    fieldsOf(
      summarize({ ...recorded, trials }),
      summarize({ ...scaled, manifest: { ...scaled.manifest, noise: [noise] }, trials: scaledTrials }),
    ),
  );
});
