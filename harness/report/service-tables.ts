import type { ServiceNumbers } from '../analysis/application-figure-data.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import type { Summary } from '../analysis/summary.ts';
import { formatNumber, formatSeconds, formatShare } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { type Cell, cell, columns, type Section, type SectionPart, type Table } from './document.ts';
import { measuredText } from './figure/figure-words.ts';
import { formatBytes, formatMetric, formatSpread } from './number-text.ts';
import { behindResults } from './wording.ts';

/** What the application used and suffered, by arm and by service. */
export function serviceSection(summary: Summary, { application }: FigureData, plan: Plan): Section {
  const title = 'What the application used';
  const services = application?.services ?? [];
  if (services.length === 0) return { title, parts: [{ kind: 'text', text: 'No valid trial had an application.' }] };
  const arms = [...new Set(services.map(({ arm }) => arm))];
  return {
    title,
    parts: [
      { kind: 'table', table: applicationTable(summary, services, plan) },
      ...arms.map((arm): SectionPart => ({ kind: 'table', table: serviceTable(arm, services, plan) })),
      {
        kind: 'text',
        text: 'Replicas: ready at the end of a sample. Limit: of all replicas of a service together, the mean over a trial. Throttled: periods of the CPU limit in which a service was stopped, of those in which it had work; a dash without a limit. Run-queue wait: p95 of all waits of its replicas, throttling included. Memory: the most that one replica held at the end of a sample, and its limit. Kills by the memory limit, restarts and actions count over whole trials, warm-up included. Errors: answered with an error by a service, whether to a client or to another service, so that one failure may count at each service on its way. Start to answer: the slowest replica that was started during a trial.',
      },
    ],
  };
}

function applicationTable(summary: Summary, services: readonly ServiceNumbers[], plan: Plan): Table {
  return {
    caption: `All services together over ${measuredText(plan)}: median of the trials${behindResults(plan)}, and their range; counts are over all trials`,
    columns: columns([
      'arm',
      'CPU used',
      'run-queue wait p95',
      'throttled, all replicas',
      'most memory',
      'kills by memory limit',
      'restarts',
      'errors',
    ]),
    rows: summary.arms.map(({ name, metrics, application }) => [
      cell(name),
      formatSpread(metrics['cpu-cores'], (value) => formatMetric(value, 'cpu-cores')),
      formatSpread(metrics['application-wait-p95'], formatSeconds),
      formatSpread(application?.throttledSeconds ?? null, formatSeconds),
      formatSpread(application?.mostMemoryBytes ?? null, formatBytes),
      cell(application?.oomKills ?? '–'),
      cell(application?.restarts ?? '–'),
      cell(errorsOf(services.filter(({ arm }) => arm === name)) ?? '–'),
    ]),
    folded: false,
  };
}

/** Null if no service counted them. */
function errorsOf(services: readonly ServiceNumbers[]): number | null {
  const known = services.flatMap(({ errors }) => errors ?? []);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
}

function serviceTable(arm: string, all: readonly ServiceNumbers[], plan: Plan): Table {
  const services = all.filter((one) => one.arm === arm);
  const hasActions = all.some(({ actions }) => actions !== null);
  const hasLimits = all.some(({ limitCores }) => limitCores !== null);
  const hasStarts = all.some(({ startToAnswerMs }) => startToAnswerMs !== null);
  return {
    caption: `Services of ${arm} over ${measuredText(plan)}: median of the trials${behindResults(plan)}, and their range`,
    columns: columns([
      'service',
      'replicas',
      ...(hasLimits ? ['limit, cores'] : []),
      'cores used',
      'throttled',
      'run-queue wait p95',
      'most memory',
      'kills by memory limit',
      'restarts',
      'requests per second',
      'errors',
      ...(hasActions ? ['actions'] : []),
      ...(hasStarts ? ['start to answer'] : []),
    ]),
    rows: services.map((one) => [
      cell(one.service),
      cell(replicasText(one), meanText(one)),
      ...(hasLimits ? [formatSpread(one.limitCores, formatNumber)] : []),
      formatSpread(one.cpuCores, formatNumber),
      formatSpread(one.throttledShare, formatShare),
      formatSpread(one.waitP95Seconds, formatSeconds),
      memoryCell(one),
      cell(one.oomKills ?? '–'),
      cell(one.restarts),
      formatSpread(one.requestsPerSecond, formatNumber),
      cell(one.errors ?? '–'),
      ...(hasActions ? [actionsCell(one)] : []),
      ...(hasStarts ? [cell(one.startToAnswerMs === null ? '–' : formatSeconds(one.startToAnswerMs / 1000))] : []),
    ]),
    folded: true,
  };
}

const replicasText = ({ replicas: { fewest, most } }: ServiceNumbers): string =>
  fewest === most ? `${most}` : `${fewest} to ${most}`;

/** What they were on average, where that is no matter of course. */
const meanText = ({ replicas: { fewest, most }, meanReplicas }: ServiceNumbers): string =>
  fewest === most || meanReplicas === null ? '' : `mean ${formatNumber(meanReplicas.median)}`;

function actionsCell({ actions }: ServiceNumbers): Cell {
  if (actions === null) return cell('–');
  return cell(actions.accepted, actions.refused === 0 ? '' : `${actions.refused} refused`);
}

function memoryCell({ memory }: ServiceNumbers): Cell {
  if (memory === null) return cell('–');
  return cell(
    formatBytes(memory.bytes),
    memory.limitBytes === null ? 'no limit' : `of ${formatBytes(memory.limitBytes)}`,
  );
}
