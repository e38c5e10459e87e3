import { comparisonCount, loadsOf } from '../plan/comparisons.ts';
import { metricNames, type MetricName, type Plan } from '../plan/plan.ts';
import { blocksNeeded } from '../statistics/blocks-needed.ts';
import type { Progress } from '../store/progress.ts';
import type { ExperimentFrame, RecordedExperiment } from '../store/recorded-experiment.ts';
import { acrossLoads } from './across-loads.ts';
import { compareArms } from './compare.ts';
import { completeBlocks, trialRows } from './complete-blocks.ts';
import { spreadOf } from './spread.ts';
import { summarizeControl, summarizeReactions } from './summarize-control.ts';
import type {
  ApplicationMetrics,
  ArmSummary,
  BlockCounts,
  LoadMetrics,
  Spread,
  Summary,
  TrialMetrics,
  TrialRow,
} from './summary.ts';
import { summaryWarnings } from './summary-warnings.ts';

/**
 * Everything the report says in numbers, from the recorded files alone.
 * @param status overrides what the journal says, for the moment before the journal says it
 */
export function summarize(
  recorded: RecordedExperiment,
  status: Progress['status'] = recorded.progress.status,
): Summary {
  return summarizeRows(recorded, trialRows(recorded), status);
}

/** The same of trials that were judged and measured before, every attempt in the order in which it was started. */
export function summarizeRows(
  recorded: ExperimentFrame,
  trials: readonly TrialRow[],
  status: Progress['status'] = recorded.progress.status,
): Summary {
  const { plan, progress, manifest } = recorded;
  const complete = completeBlocks(recorded, trials);
  const blocks = countBlocks(plan, progress, complete.length);
  const arms = plan.arms.map(({ name }) => summarizeArm(name, loadsOf(plan), trials));
  const comparisons = compareArms(plan, complete);
  const experiment = {
    ...{ id: recorded.id, name: manifest.profile, planHash: recorded.planSha256 },
    ...{ testbed: manifest.testbed.kind, source: manifest.testbed.source, aa: plan.aa },
    ...{ startedAt: progress.createdAt ?? manifest.createdAt, endedAt: endOf(progress), status },
  };
  const { damage, settled } = recorded;
  const { source } = manifest.testbed;
  const warnings = summaryWarnings({ plan, complete, arms, comparisons, source, damage, settled });
  const described = { acrossLoads: acrossLoads(plan, comparisons), noise: manifest.noise };
  return { format: 1, experiment, blocks, arms, comparisons, ...described, trials, warnings };
}

/** The end of the last attempt, so that the summary is the same whenever it is made. */
function endOf({ blocks }: Progress): string | null {
  const ends = blocks.flatMap(({ attempts }) => attempts.map(({ endedAt }) => endedAt)).filter((end) => end !== null);
  return ends.sort().at(-1) ?? null;
}

function countBlocks(plan: Plan, progress: Progress, complete: number): BlockCounts {
  return {
    planned: plan.blocks.length,
    complete,
    setAside: progress.blocks.filter(({ setAside }) => setAside !== null).length,
    fresh: progress.blocks.filter(({ replaces }) => replaces !== null).length,
    neededToRank: blocksNeeded(Math.max(1, comparisonCount(plan))),
  };
}

function summarizeArm(name: string, loads: readonly (string | null)[], trials: readonly TrialRow[]): ArmSummary {
  const attempts = trials.filter(({ arm }) => arm === name);
  const counted = attempts.filter((trial) => trial.counted);
  const validTrials = counted.filter(({ verdict }) => verdict.kind === 'valid');
  const valid = validTrials.flatMap(({ metrics }) => metrics ?? []);
  const invalid = attempts.filter(({ verdict }) => verdict.kind === 'invalid');
  const tracers = valid.flatMap(({ tracer }) => (tracer === null ? [] : [tracer]));
  const total = (value: (tracer: (typeof tracers)[number]) => number): number =>
    tracers.reduce((sum, tracer) => sum + value(tracer), 0);
  return {
    name,
    valid: valid.length,
    failed: counted.filter(({ verdict }) => verdict.kind === 'failed').length,
    invalid: invalid.length,
    invalidReasons: countReasons(invalid),
    metrics: metricSpreads(valid),
    throttledShare: spreadOf(valid.map(({ throttledShare }) => throttledShare)),
    busyShare: spreadOf(valid.map(({ busyShare }) => busyShare)),
    otherShare: spreadOf(valid.map(({ otherShare }) => otherShare)),
    canarySkippedShare: spreadOf(valid.map(({ canarySkippedShare }) => canarySkippedShare)),
    load: summarizeLoad(valid.flatMap(({ load }) => load ?? [])),
    application: summarizeApplication(valid.flatMap(({ application }) => application ?? [])),
    control: summarizeControl(valid.flatMap(({ control }) => control ?? [])),
    reactions: summarizeReactions(loads, validTrials),
    tracer: {
      userCores: spreadOf(tracers.map(({ userCores }) => userCores)),
      residentBytes: spreadOf(tracers.map(({ residentBytes }) => residentBytes)),
      kernelCores: spreadOf(tracers.map(({ kernelCores }) => kernelCores)),
      coverage: spreadOf(tracers.map(({ coverage }) => coverage)),
      lost: total(({ lost }) => lost),
      unknown: total(({ unknown }) => unknown),
      negative: total(({ negative }) => negative),
    },
  };
}

function summarizeLoad(loads: readonly LoadMetrics[]): ArmSummary['load'] {
  if (loads.length === 0) return null;
  const total = (value: (load: LoadMetrics) => number): number => loads.reduce((sum, load) => sum + value(load), 0);
  return {
    offered: total(({ offered }) => offered),
    completed: total(({ completed }) => completed),
    failed: total(({ failed }) => failed),
    notSentInFlight: total(({ notSentInFlight }) => notSentInFlight),
    notSentGenerator: total(({ notSentGenerator }) => notSentGenerator),
    latenessP50Ms: spreadOf(loads.map(({ latenessP50Ms }) => latenessP50Ms)),
    latenessP99Ms: spreadOf(loads.map(({ latenessP99Ms }) => latenessP99Ms)),
    latenessMaxMs: spreadOf(loads.map(({ latenessMaxMs }) => latenessMaxMs)),
    generatorCpuShare: spreadOf(loads.map(({ generatorCpuShare }) => generatorCpuShare)),
  };
}

function summarizeApplication(applications: readonly ApplicationMetrics[]): ArmSummary['application'] {
  if (applications.length === 0) return null;
  return {
    throttledSeconds: spreadOf(applications.map(({ throttledSeconds }) => throttledSeconds)),
    mostMemoryBytes: spreadOf(applications.map(({ mostMemoryBytes }) => mostMemoryBytes)),
    oomKills: applications.reduce((sum, { oomKills }) => sum + oomKills, 0),
    restarts: applications.reduce((sum, { restarts }) => sum + restarts, 0),
  };
}

function metricSpreads(valid: readonly TrialMetrics[]): Readonly<Record<MetricName, Spread | null>> {
  const entries = metricNames.map((metric) => [metric, spreadOf(valid.map(({ values }) => values[metric]))]);
  // One entry for each name there is.
  return Object.fromEntries(entries) as Record<MetricName, Spread | null>;
}

function countReasons(trials: readonly TrialRow[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { verdict } of trials) {
    if (verdict.kind !== 'invalid') continue;
    for (const code of new Set(verdict.reasons.map((reason) => reason.code))) counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
