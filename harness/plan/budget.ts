import { plural } from '../core/plural.ts';
import { stream } from '../core/random.ts';
import { exactDuration, formatDuration, formatNumber, formatSeconds } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import { blocksNeeded } from '../statistics/blocks-needed.ts';
import { detectableDifference } from '../statistics/power.ts';
import { comparisonCount, loadsOf } from './comparisons.ts';
import { metricUnit, type MetricName, type MetricUnit, type Plan } from './plan.ts';

/** How much two arms differ by accident, from an A/A experiment on the same testbed. */
export interface Noise {
  /** Its id. */
  readonly experiment: string;
  /** The source of run-queue wait that it used. */
  readonly source: string;
  /** Of the paired differences between its two arms, by metric and in its unit. */
  readonly standardDeviation: Readonly<Partial<Record<MetricName, number>>>;
}

export interface BudgetContext {
  /** What a trial costs beside its own length: starting, stopping, writing. */
  readonly overheadPerTrialMs: number;
  /** Null without an A/A experiment. */
  readonly noise: Noise | null;
  /** Cores that the services can have together; null where that is not known. */
  readonly capacityCores: number | null;
}

/** What a plan costs, and what it can find. */
export interface Budget {
  /** Of each load. */
  readonly blocks: number;
  readonly loads: number;
  readonly arms: number;
  readonly trialMs: number;
  readonly timeCompression: number;
  readonly trials: number;
  readonly wallMs: number;
  /** m: every hypothesis under every load. */
  readonly comparisons: number;
  /** Complete blocks of a load without which nothing can be ranked. */
  readonly blocksNeeded: number;
  readonly isEnoughToRank: boolean;
  readonly aa: boolean;
  /** The experiment the noise is from and the source it used, or null. */
  readonly noiseFrom: Pick<Noise, 'experiment' | 'source'> | null;
  /** For each metric of the hypotheses, in their order. */
  readonly detectable: readonly {
    readonly metric: MetricName;
    /**
     * Smallest true difference, in the unit of the metric, found with 80 % power at a family-wise 5 %; null if the noise of the metric is not known or the
     * blocks are too few to rank.
     */
    readonly difference: number | null;
  }[];
  /** Arms whose CPU limits promise more than there is. */
  readonly overcommitted: readonly {
    readonly arm: string;
    readonly limitCores: number;
    readonly capacityCores: number;
  }[];
}

export function budget(plan: Plan, { overheadPerTrialMs, noise, capacityCores }: BudgetContext): Budget {
  const loads = loadsOf(plan).length;
  const blocks = plan.blocks.length / loads;
  const trials = plan.blocks.reduce((sum, block) => sum + block.trials.length, 0);
  const comparisons = comparisonCount(plan);
  const needed = blocksNeeded(comparisons);
  const metrics = [...new Set(plan.hypotheses.map(({ metric }) => metric))];
  return {
    blocks,
    loads,
    arms: plan.arms.length,
    trialMs: plan.trialMs,
    timeCompression: plan.timeCompression,
    trials,
    wallMs: trials * (plan.trialMs + overheadPerTrialMs),
    comparisons,
    blocksNeeded: needed,
    isEnoughToRank: blocks >= needed,
    aa: plan.aa,
    noiseFrom: noise && { experiment: noise.experiment, source: noise.source },
    detectable: metrics.map((metric) => {
      const standardDeviation = noise?.standardDeviation[metric];
      // Where an A/A experiment showed no difference at all, as where no answer was late, it says nothing of plans that do.
      if (standardDeviation === undefined || standardDeviation === 0) return { metric, difference: null };
      // The same stream for every metric: they are then judged by the same simulated experiments.
      const random = stream(plan.seed, 'budget/power');
      const uniform = (): number => random.uniform();
      return { metric, difference: detectableDifference({ blocks, comparisons, standardDeviation, uniform }) };
    }),
    overcommitted: capacityCores === null ? [] : overcommitted(plan, capacityCores),
  };
}

function overcommitted({ arms }: Plan, capacityCores: number): Budget['overcommitted'] {
  return arms.flatMap(({ name, allocation }) => {
    const limits = Object.values(allocation ?? {}).map(
      ({ replicas, cpuLimitCores }) => replicas * (cpuLimitCores ?? 0),
    );
    const limitCores = Number(limits.reduce((sum, limit) => sum + limit, 0).toPrecision(12));
    return limitCores > capacityCores ? [{ arm: name, limitCores, capacityCores }] : [];
  });
}

/** The budget in one line, for `plan` and for the start of a run. */
export function budgetLine(budget: Budget): string {
  const { blocks, loads, arms, trialMs, timeCompression, wallMs, comparisons, aa } = budget;
  const factors = [
    plural(blocks, 'block'),
    ...(loads > 1 ? [plural(loads, 'load')] : []),
    plural(arms, 'arm'),
    `${exactDuration(trialMs)}${timeCompression === 1 ? '' : ` at time compression ${timeCompression}`}`,
  ];
  const missing = budget.isEnoughToRank ? '' : `, ${budget.blocksNeeded - blocks} too few: numbers, no ranking`;
  const parts = [
    `${factors.join(' x ')} = ${formatDuration(wallMs)}`,
    `${plural(comparisons, 'hypothesis', 'hypotheses')}, ${budget.blocksNeeded} blocks needed to rank${missing}`,
  ];
  if (budget.isEnoughToRank)
    parts.push(
      `smallest difference found with 80 % power: ${aa ? 'to be learned by this A/A experiment' : detectableText(budget)}`,
    );
  for (const { arm, limitCores, capacityCores } of budget.overcommitted) {
    parts.push(
      `the CPU limits of ${arm} add up to ${plural(limitCores, 'core')} of ${capacityCores} that the application has`,
    );
  }
  return parts.join('; ');
}

function detectableText({ detectable, noiseFrom }: Budget): string {
  const known = detectable.filter(({ difference }) => difference !== null);
  if (noiseFrom === null) return 'unknown, run an A/A profile first, with the same testbed and load';
  if (known.length === 0)
    return `unknown, for A/A experiment ${noiseFrom.experiment} showed none by accident, or has no such number`;
  const numbers = detectable.map(({ metric, difference }) => {
    const number = difference === null ? 'unknown' : metricText(difference, metricUnit(metric));
    return detectable.length === 1 ? number : `${metric} ${number}`;
  });
  return `${numbers.join(', ')} (from A/A experiment ${noiseFrom.experiment}, source ${noiseFrom.source})`;
}

function metricText(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'seconds':
      return formatSeconds(value);
    case 'seconds-per-second':
      return `${formatSeconds(value)} per second`;
    case 'share':
      return `${formatNumber(100 * value)} points`;
    case 'cores':
      return `${formatNumber(value)} cores`;
    case 'core-seconds':
      return `${formatNumber(value)} core-seconds`;
    case 'gigabyte-seconds':
      return `${formatNumber(value)} GB-seconds`;
    case 'replica-seconds':
      return `${formatNumber(value)} replica-seconds`;
    case 'money':
    case 'count':
      return formatNumber(value);
    default:
      return unreachable(unit);
  }
}
