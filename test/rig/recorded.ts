import type { TrialMetrics } from '../../harness/analysis/summary.ts';
import { makeBlock } from '../../harness/plan/block.ts';
import {
  metricNames,
  type MetricName,
  type Plan,
  type PlannedArm,
  type PlannedLoad,
  type ThreadCount,
} from '../../harness/plan/plan.ts';
import { defaultLimits } from '../../harness/profile/default-limits.ts';
import type { JournalEntry } from '../../harness/store/journal-entry.ts';
import { experimentPaths, trialId } from '../../harness/store/layout.ts';
import type { Manifest } from '../../harness/store/manifest.ts';
import { progressOf } from '../../harness/store/progress.ts';
import type { RecordedExperiment } from '../../harness/store/recorded-experiment.ts';
import type { RecordedTrial } from '../../harness/store/trial-record.ts';
import type { Verdict } from '../../harness/store/verdict.ts';
import { noEvidence, type TrialEvidence } from '../../harness/telemetry/evidence.ts';
import type { Sample, WaitReading } from '../../harness/telemetry/sample.ts';
import { slotCount, slotOf } from '../../harness/telemetry/wait-slots.ts';

/** An arm without an application. */
export const armOf = (name: string, cpu: ThreadCount | null): PlannedArm => ({
  name,
  disturbances: { cpu },
  allocation: null,
  assumedDemand: 1,
  policy: null,
  overrides: {},
});

/** A load of Poisson arrivals at a constant rate. */
export const loadOf = (name: string, perSecond: number): PlannedLoad => ({
  name,
  rate: { kind: 'constant', perSecond },
  arrivals: { kind: 'poisson' },
  mix: null,
});

/** Arms `idle` and `busy`, 5 samples of 1 s of which the first is warm-up, one hypothesis about the canary's mean. */
export function examplePlan(changes: Partial<Plan> & { readonly blockCount?: number } = {}): Plan {
  const { blockCount = 8, ...fields } = changes;
  const arms = fields.arms ?? [armOf('idle', null), armOf('busy', { threads: 1 })];
  const loads = fields.loads ?? [];
  const loadNames = loads.length === 0 ? [null] : loads.map(({ name }) => name);
  return {
    format: 1,
    name: 'example',
    seed: 7,
    aa: false,
    testbed: { kind: 'local', applicationCpus: null, harnessCpus: null, port: null },
    source: 'auto',
    application: null,
    timeCompression: 1,
    trialMs: 5000,
    warmupMs: 1000,
    sampleMs: 1000,
    canary: { ratePerSecond: 200, workMicros: 100 },
    bounds: null,
    prices: null,
    limits: defaultLimits,
    arms,
    loads,
    hypotheses: [{ arm: 'busy', against: 'idle', metric: 'canary-wait-mean', margin: null }],
    blocks: Array.from({ length: blockCount * loadNames.length }, (_, index) =>
      makeBlock({ seed: 7, arms }, index + 1, loadNames[index % loadNames.length] ?? null),
    ),
    ...fields,
  };
}

/** Waits of so many seconds each, as a reading with a histogram. */
export function waitsOf(
  group: string,
  waitSeconds: readonly number[],
  changes: Partial<WaitReading> = {},
): WaitReading {
  const slots = new Array<number>(slotCount).fill(0);
  for (const seconds of waitSeconds) {
    const slot = slotOf(Math.round(seconds * 1e9));
    slots[slot] = (slots[slot] ?? 0) + 1;
  }
  const sum = waitSeconds.reduce((total, seconds) => total + seconds, 0);
  return { group, cause: 'contention', count: waitSeconds.length, waitSeconds: sum, slots, ...changes };
}

/** The n-th sample of a trial, from 1, as it should be. */
export function sampleOf(place: number, changes: Partial<Sample> = {}): Sample {
  return {
    atMs: place * 1000,
    intervalMs: 1000,
    clockOffsetMs: 0,
    source: 'bpf',
    waits: [waitsOf('canary', [10e-6]), waitsOf('all', [10e-6, 20e-6])],
    host: { busySeconds: 0.1, stolenSeconds: 0, capacitySeconds: 2, contextSwitches: 3000 },
    tracer: {
      ...{ helperCpuSeconds: 0.001, residentBytes: 3e6, switches: 3000, wakeups: 2000 },
      ...{ lost: 0, negative: 0, unknown: 0 },
    },
    services: null,
    load: null,
    ...changes,
  };
}

/** The five samples of a trial; each may be changed. */
export const samplesOf = (change: (place: number) => Partial<Sample> = () => ({})): readonly Sample[] =>
  [1, 2, 3, 4, 5].map((place) => sampleOf(place, change(place)));

export const cleanEvidence: TrialEvidence = {
  ...noEvidence,
  canary: { wakeups: 1000, skipped: 0, alive: true },
};

/** Numbers of a trial: those given, and nothing for the others. */
export function metricsOf(values: Partial<Readonly<Record<MetricName, number>>>): TrialMetrics {
  const entries = metricNames.map((metric) => [metric, values[metric] ?? null]);
  return {
    // One entry for each name there is.
    values: Object.fromEntries(entries) as TrialMetrics['values'],
    ...{
      load: null,
      application: null,
      control: null,
      reactions: [],
      throttledShare: null,
      canarySkippedShare: null,
      switches: null,
      stolenShare: null,
      busyShare: null,
      otherShare: null,
      tracer: null,
    },
  };
}

/** How an attempt went: the mean wait of the canary in seconds, or what went wrong. */
export type Went =
  | number
  | 'failed'
  | 'invalid'
  | 'abandoned'
  | 'running'
  /** Finished as valid, but a recorded file is gone, which the journal does not know, */
  | 'lost'
  /** or which it knows. */
  | 'damaged'
  /** Valid, but the canary did not wait once. */
  | 'waitless';

export interface RecordedBlock {
  readonly load?: string;
  readonly setAside?: 'stayed-invalid' | 'pause';
  readonly replaces?: number;
  /** In the order in which they ran. */
  readonly attempts: readonly (readonly [arm: string, went: Went])[];
}

type Untimed<T> = T extends { readonly at: string } ? Omit<T, 'at'> : never;

/** An experiment as its folder would tell it, without a folder. Blocks are numbered from 1, and each act takes a second. */
export function recordedOf(
  plan: Plan,
  blocks: readonly RecordedBlock[],
  changes: Partial<Pick<RecordedExperiment, 'damage' | 'settled' | 'summaryText'>> & {
    readonly source?: Manifest['testbed']['source'];
    readonly status?: 'complete' | 'too-many-invalid';
  } = {},
): RecordedExperiment {
  const trials = new Map<string, RecordedTrial>();
  const entries: JournalEntry[] = [];
  const now = (): string => new Date(Date.UTC(2026, 10, 24, 14, 0, entries.length)).toISOString();
  const append = (entry: Untimed<JournalEntry>): void => {
    entries.push({ at: now(), ...entry });
  };
  append({
    ...{ type: 'experiment-created', experiment: 'e', planSha256: 'p', profileSha256: 'f' },
    ...{ manifestSha256: 'm', inputsSha256: 'i' },
  });
  blocks.forEach(({ load = null, replaces = null, setAside, attempts }, index) => {
    const block = index + 1;
    append({ type: 'block-started', block, load, replaces });
    const counts = new Map<string, number>();
    for (const [arm, went] of attempts) {
      const attempt = (counts.get(arm) ?? 0) + 1;
      counts.set(arm, attempt);
      const trial = trialId(block, arm, attempt);
      append({ type: 'trial-started', trial, block, arm, attempt });
      if (went === 'running') continue;
      if (went === 'abandoned') {
        append({ type: 'trial-abandoned', trial });
        continue;
      }
      const endedAt = now();
      const recorded = trialThatWent(went, { id: trial, block, arm, attempt, load, endedAt });
      const outcome = recorded.record.verdict.kind;
      append({ type: 'trial-finished', trial, endedAt, outcome, codes: [], recordSha256: trial });
      if (went === 'damaged') append({ type: 'trial-damaged', trial, damage: `trials/${trial}/trial.json is missing` });
      if (went !== 'damaged' && went !== 'lost') trials.set(trial, recorded);
    }
    if (setAside !== undefined) append({ type: 'block-set-aside', block, reason: setAside });
  });
  const { source = 'bpf', status, damage = [], settled = [], summaryText = null } = changes;
  if (status !== undefined) append({ type: 'experiment-finished', status, summarySha256: 's' });
  return {
    id: 'e',
    paths: experimentPaths('/nowhere/e'),
    plan,
    planSha256: 'p',
    manifest: exampleManifest(source),
    progress: progressOf(entries),
    ...{ trials, damage, settled, summaryText, inputs: {} },
  };
}

function trialThatWent(
  went: Exclude<Went, 'running' | 'abandoned'>,
  trial: Pick<RecordedTrial['record'], 'id' | 'block' | 'arm' | 'attempt' | 'load' | 'endedAt'>,
): RecordedTrial {
  const waits = went === 'waitless' ? [] : [waitsOf('canary', [typeof went === 'number' ? went : 1e-3])];
  const disturbance = { program: 'stress', wanted: 4, started: 1, alive: 1 };
  const [evidence, verdict]: readonly [TrialEvidence, Verdict] =
    went === 'failed'
      ? [
          { ...cleanEvidence, disturbance },
          { kind: 'failed', code: 'start-failed', text: 'stress started 1 of 4 threads' },
        ]
      : went === 'invalid'
        ? [
            { ...cleanEvidence, tracerDeath: 'killed' },
            { kind: 'invalid', reasons: [{ code: 'tracer-lost', text: 'killed' }] },
          ]
        : [cleanEvidence, { kind: 'valid' }];
  return {
    record: {
      ...{ format: 1, ...trial, seed: 1, evidence, verdict },
      startedAt: '2026-11-24T14:00:00.000Z',
      files: { 'samples.parquet': '', 'runqueue.parquet': '' },
    },
    recordSha256: trial.id,
    samples: samplesOf(() => ({ waits: [...waits, waitsOf('all', [10e-6, 20e-6])] })),
    requests: null,
    spans: [],
    control: null,
  };
}

function exampleManifest(source: Manifest['testbed']['source']): Manifest {
  return {
    ...{ format: 1, experiment: 'e', profile: 'example', planHash: 'p', seed: 7, rerunOf: null },
    createdAt: '2026-11-24T14:00:00.000Z',
    versions: { scalelab: '0.1.0', node: '20.19.0', v8: '11.3', git: null },
    machine: { hostname: 'rig', platform: 'linux-x64', kernel: '6.18', cpuModel: 'rig', cores: 2, memoryBytes: 1e9 },
    testbed: { kind: 'local', cores: 2, source, details: {}, notes: [] },
    noise: [],
  };
}
