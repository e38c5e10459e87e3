import { plural } from '../core/plural.ts';
import { exactDuration, formatShare } from '../core/units.ts';
import { comparisonCount, loadsOf } from '../plan/comparisons.ts';
import { metricNames, type MetricName, type Plan } from '../plan/plan.ts';
import { blocksNeeded } from '../statistics/blocks-needed.ts';
import type { WaitSource } from '../telemetry/sample.ts';
import { allocationOf } from './action-directions.ts';
import type { BlockOutcomes } from './compare.ts';
import type { ArmSummary, Comparison, SummaryWarning } from './summary.ts';

interface Findings {
  readonly plan: Plan;
  readonly complete: readonly BlockOutcomes[];
  readonly arms: readonly ArmSummary[];
  readonly comparisons: readonly Comparison[];
  readonly source: WaitSource;
  /** One sentence for each damaged part of the folder; `settled` are those that cost nothing. */
  readonly damage: readonly string[];
  readonly settled: readonly string[];
}

/** What a reader must know before believing the numbers. */
export function summaryWarnings(findings: Findings): readonly SummaryWarning[] {
  return [
    ...fallbackSource(findings),
    ...tooFewBlocks(findings),
    ...unevenLosses(findings),
    ...missingNumbers(findings),
    ...unlimited(findings),
    ...hiddenSwitches(findings),
    ...otherWork(findings),
    ...skippedWakeups(findings),
    ...unansweredRequests(findings),
    ...damage(findings),
  ];
}

function fallbackSource({ source }: Findings): SummaryWarning[] {
  if (source !== 'schedstat') return [];
  const text =
    'source: schedstat. Waits are counts and sums from /proc; there is no histogram, so quantiles are missing.';
  return [{ code: 'source-schedstat', text, hint: 'Run as root on a kernel with BTF to measure with the tracer.' }];
}

/** Each load has blocks of its own, and its comparisons need enough of those. */
function tooFewBlocks({ plan, complete }: Findings): SummaryWarning[] {
  const comparisons = comparisonCount(plan);
  if (comparisons === 0) return [];
  const needed = blocksNeeded(comparisons);
  const need = `${plural(comparisons, 'comparison')} ${comparisons === 1 ? 'needs' : 'need'}`;
  return loadsOf(plan).flatMap((load) => {
    const isOfLoad = (block: { readonly load: string | null }): boolean => block.load === load;
    const there = complete.filter(isOfLoad).length;
    if (there >= needed) return [];
    const text = `Too few complete blocks${underLoad(load)} to rank: ${there} of the ${needed} that ${need}. The numbers stand without a ranking.`;
    const isPlannedSo = plan.blocks.filter(isOfLoad).length < needed;
    return [{ code: 'too-few-blocks', text, hint: isPlannedSo ? `Plan ${needed} blocks or more.` : null }];
  });
}

/** Invalid trials should strike all arms alike. If they do not, what was kept may not be like what was lost. */
function unevenLosses({ arms }: Findings): SummaryWarning[] {
  // An attempt during which Scalelab was stopped says nothing about its arm.
  const losses = arms
    .map(({ name, invalid, invalidReasons }) => ({ name, lost: invalid - (invalidReasons['interrupted'] ?? 0) }))
    .sort((a, b) => a.lost - b.lost);
  const [least, most] = [losses[0], losses.at(-1)];
  if (least === undefined || most === undefined) return [];
  if (most.lost - least.lost < 3 || most.lost < 2 * least.lost) return [];
  const text = `${most.name} lost ${most.lost} trials as invalid, ${least.name} ${least.lost}: the arm itself may be the cause.`;
  const hint = 'Look at the reasons in the validity table before believing a difference.';
  return [{ code: 'invalid-differs', text, hint }];
}

/** Blocks in which two valid trials could not be compared. Leaving them out may favour one of the arms, so it is said. */
function missingNumbers({ complete, comparisons }: Findings): SummaryWarning[] {
  return comparisons.flatMap(({ arm, against, metric, load, differences }) => {
    const ofLoad = complete.filter((block) => block.load === load);
    const leftOut = ofLoad.filter(({ block }) => !differences.some((one) => one.block === block));
    if (leftOut.length === 0) return [];
    const without = (name: string): string => {
      const count = leftOut.filter(({ outcomes }) => {
        const outcome = outcomes.get(name);
        return outcome !== undefined && outcome !== 'failed' && outcome.values[metric] === null;
      }).length;
      return `${name} in ${count}`;
    };
    return [
      {
        code: 'metric-missing',
        text: `${metric} of ${arm} against ${against}${underLoad(load)}: ${leftOut.length} of ${plural(ofLoad.length, 'complete block')} left out, because a valid trial has no such number (${without(arm)}, ${without(against)}).`,
        hint: `${whyMissing(metric)} The arm itself may be the cause, and the blocks that are left may then flatter it or wrong it.`,
      },
    ];
  });
}

function whyMissing(metric: MetricName): string {
  if (metric === 'cost') return 'The profile has no prices, or a front or a service had no limit.';
  if (limitedBy[metric] !== undefined) return 'A front or a service had no such limit.';
  if (metric.includes('-wait-')) return 'Nothing waited in such a trial, or its source has no histogram.';
  return 'Nothing was there that could be measured.';
}

/** What must have a limit for a metric to be known. */
const limitedBy: Partial<Readonly<Record<MetricName, 'cpuLimitCores' | 'cpuRequestCores' | 'memoryLimitBytes'>>> = {
  'core-seconds': 'cpuLimitCores',
  'core-seconds-requested': 'cpuRequestCores',
  'gigabyte-seconds': 'memoryLimitBytes',
};
const limitWords = { cpuLimitCores: 'CPU limit', cpuRequestCores: 'CPU request', memoryLimitBytes: 'memory limit' };

/** Said once for each limit, where what a policy reserves is of interest. */
function unlimited({ plan, arms }: Findings): SummaryWarning[] {
  const isAsked = (metric: MetricName): boolean =>
    plan.arms.some(({ policy }) => policy !== null) || plan.hypotheses.some((one) => one.metric === metric);
  const scaled = (plan.application?.model.services ?? []).filter(({ role }) => role !== 'store');
  return metricNames.flatMap((metric) => {
    const limit = limitedBy[metric];
    if (limit === undefined || !isAsked(metric)) return [];
    const without = arms.flatMap(({ name, application, metrics }) => {
      if (application === null || metrics[metric] !== null) return [];
      const allocation = allocationOf(plan, name);
      const services = scaled.filter((service) => allocation[service.name]?.[limit] === null);
      return services[0] === undefined ? [] : [{ name, service: services[0].name, others: services.length - 1 }];
    });
    const [first] = without;
    if (first === undefined) return [];
    const who = first.others === 0 ? first.service : `${first.service} and ${plural(first.others, 'other service')}`;
    const names = without.map(({ name }) => name).join(', ');
    const text = `${metric} of ${names} is not known: ${who} had no ${limitWords[limit]}, and nothing bounds what is reserved.`;
    const hint = `Give every front and service a ${limitWords[limit]}, or compare by what was used.`;
    return [{ code: 'no-limit', text, hint }];
  });
}

/** Below this share of the kernel's own count of context switches, waits are missing that no loss counter shows. */
const leastCoverage = 0.99;

function hiddenSwitches({ arms }: Findings): SummaryWarning[] {
  const seen = arms.flatMap(({ name, tracer: { coverage } }) =>
    coverage === null ? [] : [{ name, share: coverage.low }],
  );
  const worst = seen.sort((a, b) => a.share - b.share)[0];
  if (worst === undefined || worst.share >= leastCoverage) return [];
  const text = `In a trial of ${worst.name} the tracer saw ${formatShare(worst.share)} of the context switches that the kernel counted: it hides some from every tracer, and the waits that they ended are missing.`;
  return [{ code: 'switches-hidden', text, hint: 'Compare the share between arms in the table of the tracer.' }];
}

/** Above this share of skipped wake-ups, what was not measured can move the highest quantile that is shown, p99. */
const mostSkipped = 0.01;

/** A canary that is late leaves out wake-ups, so it measures least where waits are longest: coordinated omission. */
function skippedWakeups({ arms }: Findings): SummaryWarning[] {
  return arms.flatMap(({ name, canarySkippedShare }) => {
    if (canarySkippedShare === null || canarySkippedShare.median <= mostSkipped) return [];
    const text = `The canary of ${name} skipped ${formatShare(canarySkippedShare.median)} of its wake-ups (median of the trials), each because the one before was late: its longest waits are under-represented.`;
    const hint =
      'Read its upper quantiles as lower bounds, and compare the share between arms in the table of the canary.';
    return [{ code: 'canary-skipped', text, hint }];
  });
}

/** Above this share of requests without an answer, their latency is the highest quantile that is shown, p99. */
const mostUnanswered = 0.01;

/** How long a request takes that has no successful answer is what the profile says, and not what was measured. */
function unansweredRequests({ plan, arms }: Findings): SummaryWarning[] {
  const timeoutMs = plan.application?.driver.timeoutMs ?? 0;
  return arms.flatMap(({ name, load }) => {
    if (load === null || load.offered === 0) return [];
    const share = (load.offered - load.completed) / load.offered;
    if (share <= mostUnanswered) return [];
    const text = `${formatShare(share)} of the requests offered in ${name} were not answered with success; its latencies count each of them as the time-out of ${exactDuration(timeoutMs)}.`;
    const hint = 'Another time-out would give other latencies, and the same violation-share.';
    return [{ code: 'latency-of-timeouts', text, hint }];
  });
}

/** Above this share of CPU time an arm without a disturbance is not what its name says. */
const mostOtherWork = 0.2;

function otherWork({ plan, arms, source }: Findings): SummaryWarning[] {
  // The simulator's machine does what its load asks for, and nothing else.
  if (source === 'sim') return [];
  return arms.flatMap(({ name, otherShare }) => {
    const isUndisturbed = plan.arms.some((arm) => arm.name === name && arm.disturbances.cpu === null);
    if (!isUndisturbed || otherShare === null || otherShare.median <= mostOtherWork) return [];
    const text = `In ${name}, an arm without a disturbance, the machine was ${formatShare(otherShare.median)} busy with other work.`;
    return [{ code: 'other-work', text, hint: 'Stop what else runs, and run it again.' }];
  });
}

function damage({ damage: all, settled }: Findings): SummaryWarning[] {
  return all.map((text) =>
    settled.includes(text)
      ? { code: 'line-cut', text, hint: 'Scalelab was stopped there and went on later. Nothing is missing.' }
      : { code: 'damaged', text, hint: 'The rest was used. Nothing was deleted.' },
  );
}

const underLoad = (load: string | null): string => (load === null ? '' : ` under load ${load}`);
