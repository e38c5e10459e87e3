import type { LoadGenerators } from '../analysis/application-figure-data.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import type { Summary } from '../analysis/summary.ts';
import { formatSeconds, formatShare } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { type Cell, cell, columns, type Section } from './document.ts';
import { measuredText } from './figure/figure-words.ts';
import { formatSpread } from './number-text.ts';
import { behindResults, plural } from './wording.ts';

/** What was offered and what of it was sent, how late, and by what. */
export function loadSection(summary: Summary, { application }: FigureData, plan: Plan): Section {
  const title = 'Load: offered and sent';
  const arms = summary.arms.flatMap(({ name, load, metrics }) => (load === null ? [] : [{ name, load, metrics }]));
  if (arms.length === 0 || application === null)
    return { title, parts: [{ kind: 'text', text: 'No valid trial had a load that a generator sent.' }] };
  return {
    title,
    parts: [
      {
        kind: 'table',
        table: {
          caption: `Requests due in ${measuredText(plan)}, over all valid trials${behindResults(plan)}; shares of violations, lateness and CPU of the load generator as median of the trials, and their range`,
          columns: columns([
            'arm',
            'offered',
            'sent',
            'answered',
            'failed',
            'held back',
            'not sent by generator',
            'violations',
            'lateness p50',
            'lateness p99',
            'latest',
            'generator CPU',
          ]),
          rows: arms.map(({ name, load, metrics }) => {
            const { offered, completed, failed, notSentInFlight, notSentGenerator } = load;
            const ofOffered = (count: number): Cell =>
              cell(count, count === 0 || offered === 0 ? '' : formatShare(count / offered));
            const lateness = [load.latenessP50Ms, load.latenessP99Ms, load.latenessMaxMs];
            return [
              cell(name),
              cell(offered),
              cell(offered - notSentInFlight - notSentGenerator),
              cell(completed),
              ...[failed, notSentInFlight, notSentGenerator].map(ofOffered),
              formatSpread(metrics['violation-share'], formatShare),
              ...lateness.map((spread) => formatSpread(spread, (ms) => formatSeconds(ms / 1000))),
              formatSpread(load.generatorCpuShare, formatShare),
            ];
          }),
          folded: false,
        },
      },
      {
        kind: 'text',
        text: 'Lateness: from the instant at which a request was due to that at which it was sent. Held back: too many were in flight, because the application did not answer. Violations: answered later than the objective, not with success, or not sent, of those offered. Generator CPU: over the measured part, of what it could use.',
      },
      { kind: 'text', text: generatorText(application.generators) },
      { kind: 'text', text: scheduleText(application.generators) },
    ],
  };
}

/** `Sent by the built-in driver (undici 7.30.2) with real-time priority.` */
export function generatorText({ kinds }: LoadGenerators): string {
  const texts = kinds.map(({ driver, version, priority, priorityNote, trials }) => {
    const name = driver === 'built-in' ? `the built-in driver (${version})` : `${driver} ${version}`;
    const note = priorityNote === null ? '' : ` (${priorityNote})`;
    const count = kinds.length === 1 ? '' : `, in ${plural(trials, 'trial')}`;
    return `${name} with ${priority} priority${note}${count}`;
  });
  return `Sent by ${texts.join('; by ')}.`;
}

/** Whether the arms of each block were asked for the same at the same instants. */
export function scheduleText({ sharedBlocks, differingBlocks }: LoadGenerators): string {
  if (sharedBlocks === 0) return 'No block has two valid trials yet whose schedules could be compared.';
  if (differingBlocks.length === 0)
    return `In ${blocksText(sharedBlocks)} with more than one valid trial the generators read the same schedule in every trial, by its SHA-256.`;
  const blocks = `${differingBlocks.length === 1 ? 'block' : 'blocks'} ${differingBlocks.join(', ')}`;
  return `In ${blocks} the trials were not all sent the same schedule: their SHA-256 differ, and the arms cannot be compared there.`;
}

function blocksText(count: number): string {
  if (count === 1) return 'the one block';
  return count === 2 ? 'both blocks' : `all ${count} blocks`;
}
