import type { Reaction, Spread, Summary } from '../analysis/summary.ts';
import { exactDuration, formatSeconds } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { type Cell, cell, columns, type Section } from './document.ts';
import { formatSpread } from './number-text.ts';
import { formatCount, timeCompressionText } from './wording.ts';

/** How each arm answered to each scripted change of the load; null without one. */
export function reactionTable(summary: Summary, plan: Plan): Section | null {
  const changes = changesOf(summary);
  if (changes.length === 0) return null;
  const compression = timeCompressionText(plan);
  return {
    title: 'Answers to changes of the load',
    parts: [
      {
        kind: 'table',
        table: {
          caption: `From the change, as it took place in the trial${compression === '' ? '' : ` (${compression})`}: median of the trials in which it happened, and their range`,
          columns: columns(['change', 'arm', 'detected', 'acted', 'recovered', 'trials that recovered'], ['arm']),
          rows: changes.flatMap((change) =>
            summary.arms.flatMap(({ name, reactions }) => {
              const own = reactions.find(({ load, atMs }) => load === change.load && atMs === change.atMs);
              if (own === undefined) return [];
              return [
                [
                  cell(changeText(change), plan.loads.length > 1 ? `load ${change.load}` : ''),
                  cell(name),
                  secondsCell(own.detectSeconds, own.trials),
                  secondsCell(own.actSeconds, own.trials),
                  secondsCell(own.recoverSeconds, own.trials),
                  cell(`${own.recovered} of ${own.trials}`),
                ],
              ];
            }),
          ),
          folded: false,
        },
      },
      {
        kind: 'text',
        text: 'Detected: the first accepted decision in the direction of the change; acted: the first of these was effective; recovered: the objective was met again, and stayed so for 30 s before time compression; 0 where it was never missed. A dash where it never happened.',
      },
    ],
  };
}

type Change = Pick<Reaction, 'atMs' | 'fromPerSecond' | 'toPerSecond'> & { readonly load: string };

/** Every change once, load by load, in the order of time. */
function changesOf({ trials }: Summary): readonly Change[] {
  const changes = new Map<string, Change>();
  for (const { load, metrics } of trials) {
    for (const { atMs, fromPerSecond, toPerSecond } of metrics?.reactions ?? []) {
      if (load !== null) changes.set(`${load}/${atMs}`, { load, atMs, fromPerSecond, toPerSecond });
    }
  }
  const loads = [...new Set([...changes.values()].map(({ load }) => load))];
  return [...changes.values()].sort((a, b) => loads.indexOf(a.load) - loads.indexOf(b.load) || a.atMs - b.atMs);
}

const changeText = ({ atMs, fromPerSecond, toPerSecond }: Change): string =>
  `at ${exactDuration(Math.round(atMs))}: ${formatCount(fromPerSecond)} to ${formatCount(toPerSecond)}/s`;

function secondsCell(spread: Spread | null, trials: number): Cell {
  const text = formatSpread(spread, formatSeconds);
  if (spread === null || spread.trials === trials) return text;
  return { ...text, detail: `${text.detail}, in ${spread.trials} of ${trials}` };
}
