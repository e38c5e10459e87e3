import { drawnGroups, type DrawnGroup } from '../analysis/figure-data.ts';
import type { ArmSummary, Spread, Summary } from '../analysis/summary.ts';
import { formatNumber, formatShare } from '../core/units.ts';
import { type MetricName, type Plan, waitStatistics } from '../plan/plan.ts';
import { cell, columns, type Section, type SectionPart, type Table } from './document.ts';
import { populations } from './figure/arm-grid.ts';
import { behindResults, plural } from './wording.ts';
import { formatBytes, formatCores, formatMetric, formatSpread } from './number-text.ts';

/** Trial-level waits of each arm, for the canary and for all tasks. */
export function waitSection(summary: Summary, plan: Plan): Section {
  const groups = drawnGroups.filter((group) =>
    summary.arms.some((arm) => waitStatistics.some((statistic) => arm.metrics[`${group}-wait-${statistic}`] !== null)),
  );
  return {
    title: 'Waits by arm',
    parts: [
      { kind: 'text', text: populationText(plan) },
      ...groups.map((group): SectionPart => ({ kind: 'table', table: waitTable(group, summary, plan) })),
    ],
  };
}

/** How the two populations differ, and how exact a quantile is. */
export function populationText(plan: Plan): string {
  const canary =
    plan.canary === null
      ? ''
      : `The canary is one thread that wakes ${formatNumber(plan.canary.ratePerSecond)} times a second for ${formatNumber(plan.canary.workMicros)} µs of work, in a cgroup of its own: the same population in every arm, so the answer is about it. `;
  const application = plan.application === null ? '' : 'The application is all of its replicas, stores included. ';
  return `${canary}${application}All tasks are every task of the machine, busy threads included, as runqlat shows them: who they are changes from arm to arm. Quantiles are read from slots 12.5 % wide and may be off by 6.25 % of their value; sums and means are exact.`;
}

/** What stands behind the waits of a population. */
const further: Readonly<Record<DrawnGroup, readonly (readonly [string, (arm: ArmSummary) => Spread | null])[]>> = {
  canary: [['wake-ups skipped', (arm) => arm.canarySkippedShare]],
  application: [],
  all: [
    ['throttled share', (arm) => arm.throttledShare],
    ['CPU busy', (arm) => arm.busyShare],
  ],
};

function waitTable(group: DrawnGroup, summary: Summary, plan: Plan): Table {
  const metrics = waitStatistics.map((statistic): MetricName => `${group}-wait-${statistic}`);
  return {
    caption: `${populations[group]}: median of the trials${behindResults(plan)}, and their range`,
    columns: columns([
      'arm',
      'p50',
      'p95',
      'p99',
      'mean',
      'total per second',
      ...further[group].map(([label]) => label),
    ]),
    rows: summary.arms.map((arm) => [
      cell(arm.name, plural(trialsOf(arm, metrics), 'trial')),
      ...metrics.map((metric) => formatSpread(arm.metrics[metric], (value) => formatMetric(value, metric))),
      ...further[group].map(([, share]) => formatSpread(share(arm), formatShare)),
    ]),
    folded: false,
  };
}

const trialsOf = (arm: ArmSummary, metrics: readonly MetricName[]): number =>
  Math.max(0, ...metrics.map((metric) => arm.metrics[metric]?.trials ?? 0));

/** What measuring cost, and what it lost. */
export function tracerSection(summary: Summary, plan: Plan): Section {
  const title = 'Cost and loss of the tracer';
  const measured = summary.arms.some((arm) => arm.tracer.userCores !== null || arm.tracer.kernelCores !== null);
  if (!measured)
    return { title, parts: [{ kind: 'text', text: `No tracer ran: the source is ${summary.experiment.source}.` }] };
  return {
    title,
    parts: [
      {
        kind: 'table',
        table: {
          caption: `Per arm${behindResults(plan)}: median of the trials and their range, in percent of one core; events over all trials`,
          columns: columns([
            'arm',
            'helper CPU',
            'kernel CPU',
            'helper memory',
            'switches seen',
            'lost',
            'unknown',
            'negative',
          ]),
          rows: summary.arms.map(({ name, tracer }) => [
            cell(name),
            formatSpread(tracer.userCores, formatCores),
            formatSpread(tracer.kernelCores, formatCores),
            formatSpread(tracer.residentBytes, formatBytes),
            formatSpread(tracer.coverage, formatShare),
            cell(tracer.lost),
            cell(tracer.unknown),
            cell(tracer.negative),
          ]),
          folded: false,
        },
      },
      {
        kind: 'text',
        text: 'Switches seen: of those that the kernel counted. Lost: events without room for a stamp or a slot, or that came while the tracer was at work on that CPU; any makes a trial invalid. Unknown: switch-ins of threads that were queued before the tracer began. Negative: waits dropped because the clocks of two CPUs disagreed. The kernel CPU is events per second times the time of one, measured in the warm-up.',
      },
    ],
  };
}
