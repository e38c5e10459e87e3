import type { FigureData, SeriesPoint, WaitHistogram } from '../../../harness/analysis/figure-data.ts';
import type {
  ArmSummary,
  Comparison,
  Extended,
  Spread,
  Summary,
  TrialMetrics,
  TrialRow,
} from '../../../harness/analysis/summary.ts';
import type { Verdict } from '../../../harness/store/verdict.ts';
import { stream } from '../../../harness/core/random.ts';
import {
  type Hypothesis,
  isApplicationMetric,
  type MetricName,
  metricNames,
  type Plan,
  type PlannedArm,
} from '../../../harness/plan/plan.ts';
import { defaultLimits } from '../../../harness/profile/default-limits.ts';
import type { ReportInput } from '../../../harness/report/report-input.ts';
import type { Manifest } from '../../../harness/store/manifest.ts';
import { log2SlotCount } from '../../../harness/telemetry/wait-slots.ts';
import { armOf } from '../../rig/recorded.ts';

/** Waits of one population in one arm: shares of log-normal parts. */
type Mixture = readonly { readonly share: number; readonly medianMicros: number; readonly sigma: number }[];
interface Behaviour {
  readonly canary: Mixture;
  readonly all: Mixture;
  readonly switchesPerSecond: number;
}
type Group = 'canary' | 'all';

const quiet: Behaviour = {
  canary: [{ share: 1, medianMicros: 7, sigma: 0.62 }],
  all: [
    { share: 0.9, medianMicros: 5, sigma: 0.8 },
    { share: 0.1, medianMicros: 40, sigma: 1 },
  ],
  switchesPerSecond: 2900,
};
const behaviours: Readonly<Record<string, Behaviour>> = {
  idle: quiet,
  'stress-1': {
    canary: [
      { share: 0.86, medianMicros: 9, sigma: 0.6 },
      { share: 0.14, medianMicros: 48, sigma: 0.5 },
    ],
    all: [
      { share: 0.8, medianMicros: 6, sigma: 0.8 },
      { share: 0.2, medianMicros: 300, sigma: 1.4 },
    ],
    switchesPerSecond: 3100,
  },
  'stress-cores': {
    canary: [
      { share: 0.6, medianMicros: 12, sigma: 0.7 },
      { share: 0.4, medianMicros: 900, sigma: 0.8 },
    ],
    all: [
      { share: 0.5, medianMicros: 9, sigma: 0.8 },
      { share: 0.5, medianMicros: 1500, sigma: 1 },
    ],
    switchesPerSecond: 3600,
  },
  'stress-2x': {
    canary: [
      { share: 0.35, medianMicros: 14, sigma: 0.7 },
      { share: 0.65, medianMicros: 2100, sigma: 0.7 },
    ],
    all: [
      { share: 0.4, medianMicros: 10, sigma: 0.8 },
      { share: 0.6, medianMicros: 3400, sigma: 0.9 },
    ],
    switchesPerSecond: 4100,
  },
};

export interface ExampleOptions {
  /** Complete blocks of 8 planned. */
  readonly blocks?: number;
  readonly source?: 'bpf' | 'schedstat' | 'sim';
  /** Blocks in which `stress-2x` failed. */
  readonly failedBlocks?: readonly number[];
  /** Instead of idle and stress: two arms alike. */
  readonly aa?: boolean;
  /** Names for the four arms, in order. */
  readonly names?: readonly string[];
  /** Text that stands where a testbed, a warning or a verdict may say anything. */
  readonly remark?: string;
}

/** A finished experiment as the report gets it: 4 arms, 8 blocks, one invalid attempt that was repeated. Always the same. */
export function exampleInput(options: ExampleOptions = {}): ReportInput {
  const plan = examplePlan(options);
  const trials = exampleTrials(plan, options);
  const summary = exampleSummary(plan, trials, options);
  return {
    summary,
    figureData: exampleFigureData(plan, options),
    manifest: exampleManifest(plan, options),
    plan,
    description: null,
    pageScript: '',
  };
}

const localTestbed = { kind: 'local', applicationCpus: null, harnessCpus: null, port: null } as const;
const sampleMs = 200;
const names = (options: ExampleOptions): readonly string[] =>
  options.names ?? (options.aa === true ? ['idle-a', 'idle-b'] : Object.keys(behaviours));

function behaviourOf(arm: string, options: ExampleOptions): Behaviour {
  const index = names(options).indexOf(arm);
  return options.aa === true ? quiet : (Object.values(behaviours)[index] ?? quiet);
}

function examplePlan(options: ExampleOptions): Plan {
  const cpu: readonly PlannedArm['disturbances'][] = [
    { cpu: null },
    { cpu: options.aa === true ? null : { threads: 1 } },
    { cpu: { timesCores: 1 } },
    { cpu: { timesCores: 2 } },
  ];
  const arms = names(options).map((name, index) => armOf(name, cpu[index]?.cpu ?? null));
  const [against = '', ...others] = names(options);
  const metric: MetricName = options.source === 'schedstat' ? 'canary-wait-mean' : 'canary-wait-p95';
  return {
    format: 1,
    name: 'runqueue',
    seed: 20261124,
    aa: options.aa ?? false,
    testbed: options.source === 'sim' ? { kind: 'sim', cores: 2, workMicros: 400 } : localTestbed,
    source: 'auto',
    application: null,
    timeCompression: 1,
    trialMs: 5000,
    warmupMs: 1000,
    sampleMs,
    canary: { ratePerSecond: 200, workMicros: 100 },
    bounds: null,
    prices: null,
    limits: defaultLimits,
    arms,
    loads: [],
    hypotheses: others.map((arm): Hypothesis => ({ arm, against, metric, margin: null })),
    blocks: Array.from({ length: 8 }, (_, index) => ({
      number: index + 1,
      load: null,
      seed: 7_000_001 + index,
      trials: stream(20261124, `order/block-${index + 1}`)
        .shuffle(names(options))
        .map((arm, place) => ({ arm, seed: 40_000 + 10 * index + place })),
    })),
  };
}

/** How much worse than usual a block was for an arm. */
function weather(arm: number, block: number): number {
  const random = stream(block * 100 + arm, 'weather');
  return Math.exp(0.22 * (random.uniform() + random.uniform() + random.uniform() - 1.5));
}

/** Abramowitz and Stegun 7.1.26, good to 1.5e-7. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.3275911 * (Math.abs(z) / Math.SQRT2));
  const tail =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) *
    t *
    Math.exp((-z * z) / 2);
  return z < 0 ? tail / 2 : 1 - tail / 2;
}

function cdf(mixture: Mixture, micros: number, stretch: number): number {
  return mixture.reduce(
    (sum, part) => sum + part.share * normalCdf(Math.log(micros / (part.medianMicros * stretch)) / part.sigma),
    0,
  );
}

function quantileSeconds(mixture: Mixture, share: number, stretch: number): number {
  let [low, high] = [0.01, 1e7];
  for (let round = 0; round < 60; round++) {
    const middle = Math.sqrt(low * high);
    if (cdf(mixture, middle, stretch) < share) low = middle;
    else high = middle;
  }
  return high / 1e6;
}

function meanSeconds(mixture: Mixture, stretch: number): number {
  return (
    mixture.reduce((sum, part) => sum + part.share * part.medianMicros * stretch * Math.exp(part.sigma ** 2 / 2), 0) /
    1e6
  );
}

function trialMetrics(arm: string, block: number, options: ExampleOptions): TrialMetrics {
  const behaviour = behaviourOf(arm, options);
  const stretch = weather(names(options).indexOf(arm), block);
  const quantiles = options.source !== 'schedstat';
  const values = Object.fromEntries(
    metricNames.map((metric) => {
      if (isApplicationMetric(metric)) return [metric, null];
      const group: Group = metric.startsWith('canary') ? 'canary' : 'all';
      const rate = group === 'canary' ? 200 : behaviour.switchesPerSecond;
      const statistic = metric.split('-')[2] ?? '';
      if (statistic === 'mean') return [metric, meanSeconds(behaviour[group], stretch)];
      if (statistic === 'total') return [metric, rate * meanSeconds(behaviour[group], stretch)];
      return [metric, quantiles ? quantileSeconds(behaviour[group], Number(statistic.slice(1)) / 100, stretch) : null];
    }),
    // The keys are those of `metricNames`, all of them.
  ) as TrialMetrics['values'];
  return {
    ...{ values, load: null, application: null, control: null, reactions: [] },
    throttledShare: 0,
    canarySkippedShare: 0.002 * names(options).indexOf(arm),
    switches: 4 * behaviour.switchesPerSecond,
    stolenShare: 0.001,
    busyShare: 0.12 + 0.3 * names(options).indexOf(arm),
    otherShare: 0.12,
    tracer: {
      userCores: 0.0031 * stretch,
      residentBytes: 6.2 * 1024 * 1024,
      kernelCores: behaviour.switchesPerSecond * 3.1e-7,
      coverage: 0.998,
      lost: 0,
      unknown: block === 1 ? 3 : 0,
      negative: 0,
    },
  };
}

function exampleTrials(plan: Plan, options: ExampleOptions): TrialRow[] {
  const trials: TrialRow[] = [];
  const add = (block: number, arm: string, attempt: number, verdict: Verdict, counted: boolean): void => {
    const second = String(trials.length * 7);
    trials.push({
      id: `${block}-${arm}-${attempt}`,
      block,
      load: null,
      arm,
      attempt,
      startedAt: new Date(Date.UTC(2026, 10, 24, 13, 0, Number(second))).toISOString(),
      verdict,
      counted,
      metrics: verdict.kind === 'failed' ? null : trialMetrics(arm, block, options),
    });
  };
  const last = names(options).at(-1) ?? '';
  for (const block of plan.blocks.slice(0, options.blocks ?? 8)) {
    for (const { arm } of block.trials) {
      if (arm === last && options.failedBlocks?.includes(block.number) === true)
        add(
          block.number,
          arm,
          1,
          { kind: 'failed', code: 'start-failed', text: options.remark ?? '4 of 4 threads could not be started' },
          true,
        );
      else if (arm === names(options)[1] && block.number === 3 && options.aa !== true) {
        const text = options.remark ?? 'stolen 3.1 % of CPU time, at most 2 %';
        add(3, arm, 1, { kind: 'invalid', reasons: [{ code: 'cpu-stolen', text }] }, false);
        add(3, arm, 2, { kind: 'valid' }, true);
      } else add(block.number, arm, 1, { kind: 'valid' }, true);
    }
  }
  return trials;
}

const sortedMiddle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
};

function spread(values: readonly (number | null)[]): Spread | null {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length === 0) return null;
  return {
    median: sortedMiddle(numbers),
    low: Math.min(...numbers),
    high: Math.max(...numbers),
    trials: numbers.length,
  };
}

function armSummary(name: string, trials: readonly TrialRow[]): ArmSummary {
  const own = trials.filter((trial) => trial.arm === name);
  const valid = own.filter((trial) => trial.verdict.kind === 'valid').flatMap((trial) => trial.metrics ?? []);
  const invalid = own.filter((trial) => trial.verdict.kind === 'invalid').length;
  return {
    name,
    valid: valid.length,
    failed: own.filter((trial) => trial.verdict.kind === 'failed').length,
    invalid,
    invalidReasons: invalid === 0 ? {} : { 'cpu-stolen': invalid },
    // The keys are those of `metricNames`, all of them.
    metrics: Object.fromEntries(
      metricNames.map((metric) => [metric, spread(valid.map((metrics) => metrics.values[metric]))]),
    ) as ArmSummary['metrics'],
    ...{ load: null, application: null, control: null, reactions: [] },
    throttledShare: spread(valid.map((metrics) => metrics.throttledShare)),
    busyShare: spread(valid.map((metrics) => metrics.busyShare)),
    otherShare: spread(valid.map((metrics) => metrics.otherShare)),
    canarySkippedShare: spread(valid.map((metrics) => metrics.canarySkippedShare)),
    tracer: {
      userCores: spread(valid.map((metrics) => metrics.tracer?.userCores ?? null)),
      residentBytes: spread(valid.map((metrics) => metrics.tracer?.residentBytes ?? null)),
      kernelCores: spread(valid.map((metrics) => metrics.tracer?.kernelCores ?? null)),
      coverage: spread(valid.map((metrics) => metrics.tracer?.coverage ?? null)),
      lost: 0,
      unknown: valid.length === 0 ? 0 : 3,
      negative: 0,
    },
  };
}

const order = (value: Extended): number =>
  value === 'infinity' ? Infinity : value === '-infinity' ? -Infinity : value;
const extended = (value: number): Extended => (Number.isFinite(value) ? value : value > 0 ? 'infinity' : '-infinity');

function comparison(hypothesis: Hypothesis, trials: readonly TrialRow[], hypotheses: number): Comparison {
  const counted = trials.filter((trial) => trial.counted);
  const blocks = [...new Set(counted.map((trial) => trial.block))];
  const value = (block: number, arm: string): number => {
    const trial = counted.find((row) => row.block === block && row.arm === arm);
    return trial?.metrics?.values[hypothesis.metric] ?? Infinity;
  };
  const differences = blocks.map((block) => ({
    block,
    difference: extended(value(block, hypothesis.arm) - value(block, hypothesis.against)),
  }));
  const sorted = differences.map((row) => order(row.difference)).sort((a, b) => a - b);
  const n = sorted.length;
  const needed = Math.ceil(Math.log2(40 * hypotheses));
  const median = n === 0 ? null : extended(sortedMiddle(sorted));
  const against = sortedMiddle(blocks.map((block) => value(block, hypothesis.against)));
  const level = (arm: string): Extended | null =>
    n === 0 ? null : extended(sortedMiddle(blocks.map((block) => value(block, arm))));
  const sameSign = sorted.every((difference) => difference > 0);
  const p = n === 0 ? null : sameSign ? 2 / 2 ** n : 0.5547;
  const pHolm = p === null ? null : Math.min(1, p * hypotheses);
  return {
    ...hypothesis,
    ...{ margin: null, equivalence: null },
    load: null,
    differences,
    failedBlocks: sorted.filter((difference) => difference === Infinity).length,
    levels: { arm: level(hypothesis.arm), against: level(hypothesis.against) },
    medianDifference: median,
    relativeDifference: typeof median === 'number' ? median / against : null,
    interval:
      n < 6 ? null : { low: extended(sorted[0] ?? 0), high: extended(sorted[n - 1] ?? 0), level: 1 - 2 / 2 ** n },
    p,
    pHolm,
    hodgesLehmann: typeof median === 'number' ? median * 1.01 : null,
    rankBiserial: n === 0 ? null : sameSign ? 1 : 0.22,
    ranking: n < needed ? 'too-few-blocks' : (pHolm ?? 1) <= 0.05 ? 'higher' : 'not-shown',
    blocksMissing: Math.max(0, needed - n),
  };
}

function exampleSummary(plan: Plan, trials: readonly TrialRow[], options: ExampleOptions): Summary {
  const complete = options.blocks ?? 8;
  const neededToRank = Math.ceil(Math.log2(40 * plan.hypotheses.length));
  return {
    format: 1,
    experiment: {
      id: '20261124-130000-3f9c2a',
      name: 'runqueue',
      planHash: '3f9c2a71d0b84e6c5a1f0e9d8c7b6a5948372615f0e1d2c3b4a5968778695a4b',
      testbed: plan.testbed.kind,
      source: options.source ?? 'bpf',
      aa: plan.aa,
      startedAt: '2026-11-24T13:00:00.000Z',
      endedAt: complete === 8 ? '2026-11-24T13:04:12.000Z' : null,
      status: complete === 8 ? 'complete' : 'running',
    },
    blocks: { planned: 8, complete, setAside: 0, fresh: 0, neededToRank },
    arms: plan.arms.map((arm) => armSummary(arm.name, trials)),
    comparisons: plan.hypotheses.map((hypothesis) => comparison(hypothesis, trials, plan.hypotheses.length)),
    ...{ acrossLoads: [], noise: [] },
    trials,
    warnings:
      options.remark === undefined ? [] : [{ code: 'remark', text: options.remark, hint: `Hint: ${options.remark}` }],
  };
}

function exampleManifest(plan: Plan, options: ExampleOptions): Manifest {
  return {
    format: 1,
    experiment: '20261124-130000-3f9c2a',
    profile: 'runqueue',
    planHash: '3f9c2a71d0b84e6c5a1f0e9d8c7b6a5948372615f0e1d2c3b4a5968778695a4b',
    seed: plan.seed,
    createdAt: '2026-11-24T13:00:00.000Z',
    rerunOf: null,
    versions: { scalelab: '0.1.0', node: '20.20.2', v8: '11.3.244.8-node.38', git: '9b70d21-dirty' },
    machine: {
      hostname: 'bench-1',
      platform: 'linux x64',
      kernel: '6.18.2',
      cpuModel: options.remark ?? 'Example CPU @ 2.60GHz',
      cores: 2,
      memoryBytes: 16 * 1024 ** 3,
    },
    testbed: {
      kind: plan.testbed.kind,
      cores: 2,
      source: options.source ?? 'bpf',
      details: { cgroup: 'hybrid', btf: options.source !== 'schedstat', stress: options.remark ?? '/usr/bin/stress' },
      notes: options.remark === undefined ? [] : [options.remark],
    },
    noise: [],
  };
}

function exampleFigureData(plan: Plan, options: ExampleOptions): FigureData {
  const blocks = plan.blocks.slice(0, options.blocks ?? 8).map((block) => block.number);
  const last = names(options).at(-1);
  const validBlocks = (arm: string): number[] =>
    blocks.filter((block) => arm !== last || options.failedBlocks?.includes(block) !== true);
  if (options.source === 'schedstat') return { histograms: [], series: [], application: null };
  const groups: readonly Group[] = ['canary', 'all'];
  return {
    application: null,
    histograms: groups.flatMap((group) =>
      names(options).map((arm) => histogram(group, arm, validBlocks(arm), options)),
    ),
    series: groups.flatMap((group) =>
      names(options).flatMap((arm) => validBlocks(arm).flatMap((block) => series(group, arm, block, plan, options))),
    ),
  };
}

function histogram(group: Group, arm: string, blocks: readonly number[], options: ExampleOptions): WaitHistogram {
  const arms = names(options).indexOf(arm);
  const mixture = behaviourOf(arm, options)[group];
  return {
    group,
    arm,
    trials: blocks.length,
    slots: Array.from({ length: log2SlotCount }, (_, slot) => {
      const lowerMicros = 2 ** slot;
      const shares = blocks.map((block) => {
        const stretch = weather(arms, block);
        const share = cdf(mixture, 2 * lowerMicros, stretch) - (slot === 0 ? 0 : cdf(mixture, lowerMicros, stretch));
        // A trial has some thousand waits: smaller shares are none.
        return share < 2e-4 ? 0 : share;
      });
      const middle = spread(shares);
      return {
        lowerMicros,
        upperMicros: 2 * lowerMicros,
        medianShare: middle?.median ?? 0,
        lowShare: middle?.low ?? 0,
        highShare: middle?.high ?? 0,
      };
    }),
  };
}

function series(group: Group, arm: string, block: number, plan: Plan, options: ExampleOptions): SeriesPoint[] {
  const mixture = behaviourOf(arm, options)[group];
  const random = stream(block, `series/${group}/${arm}`);
  const stretch = weather(names(options).indexOf(arm), block);
  return Array.from({ length: plan.trialMs / sampleMs }, (_, index) => {
    const atMs = (index + 1) * sampleMs + Math.round(4 * random.uniform());
    const warmup = atMs <= plan.warmupMs + 4;
    const noise = (width: number): number => Math.exp(width * (random.uniform() + random.uniform() - 1));
    const now = stretch * (warmup ? 1 + 0.6 / (index + 1) : 1);
    const at = (share: number, width: number): number => quantileSeconds(mixture, share, now) * noise(width);
    const p50Seconds = at(0.5, 0.25);
    const p95Seconds = Math.max(p50Seconds, at(0.95, 0.5));
    return { group, arm, block, atMs, warmup, p50Seconds, p95Seconds, p99Seconds: Math.max(p95Seconds, at(0.99, 0.7)) };
  });
}
