import { exactDuration, formatNumber, formatShare } from '../core/units.ts';
import type { Load } from '../profile/load.ts';
import type { ArrivalSchedule } from './arrival-schedule.ts';
import { plotRates, roundTop } from './rate-plot.ts';
import { ratesOverTime, type ScheduleSummary } from './schedule-summary.ts';

const rows = 12;
const narrowest = 30;
const widest = 140;

/** A schedule for a person: its rate over time, and its numbers. Ends with a line break. @param columns of the terminal */
export function scheduleView(load: Load, schedule: ArrivalSchedule, summary: ScheduleSummary, columns: number): string {
  return `${[...plot(load, schedule, summary, columns), '', ...numbers(summary, columns)].join('\n')}\n`;
}

function plot(load: Load, schedule: ArrivalSchedule, { durationMs }: ScheduleSummary, columns: number): string[] {
  const room = Math.max(narrowest, Math.min(widest, columns));
  // The scale is known only when the values are, and they depend on its width; eight characters are enough for any rate.
  const labelWidth = 8;
  const width = room - labelWidth - 2;
  const { expected, drawn } = ratesOverTime(load, schedule, durationMs, 2 * width);
  const top = roundTop(Math.max(...drawn, ...expected));
  const labels = new Map([
    [0, `${formatRate(top)}/s`],
    [Math.floor((rows - 1) / 2), `${formatRate(top / 2)}/s`],
    [rows - 1, '0/s'],
  ]);
  const lines = plotRates({ drawn, expected, top, rows }).map(
    (line, row) => `${(labels.get(row) ?? '').padStart(labelWidth)} ${labels.has(row) ? '┤' : '│'}${line}`,
  );
  const indent = ' '.repeat(labelWidth + 1);
  return [...lines, `${indent}└${'─'.repeat(width)}`, `${indent} ${timeAxis(durationMs, width)}`];
}

/** The times at the ends and, where there is room, between them. */
function timeAxis(durationMs: number, width: number): string {
  const parts = width >= 60 ? 4 : width >= 30 ? 2 : 1;
  let line = '';
  for (let part = 0; part <= parts; part++) {
    const text = part === 0 ? '0' : shortDuration((durationMs * part) / parts);
    const middle = Math.round((width * part) / parts);
    const from = part === 0 ? 0 : part === parts ? width - text.length : middle - Math.floor(text.length / 2);
    line = line.padEnd(from) + text;
  }
  return line;
}

const shortDuration = (ms: number): string =>
  exactDuration(ms >= 10_000 ? Math.round(ms / 1000) * 1000 : Math.round(ms));
const formatRate = (rate: number): string => (Number.isInteger(rate) ? String(rate) : formatNumber(rate));

function numbers(summary: ScheduleSummary, columns: number): string[] {
  const { durationMs, requests, expectedRequests, busiestSecond, expectedPeak, dispersion, endpoints, sha256 } =
    summary;
  const mean = (count: number): string => `${formatNumber((1000 * count) / durationMs)}/s`;
  const busiest =
    busiestSecond === null ? 'none' : `${busiestSecond.requests} from ${shortDuration(busiestSecond.fromMs)} on`;
  const cell = (value: number | null): string =>
    (value === null ? '-' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)).padStart(9);
  const row = (title: string, cells: readonly string[]): string => `  ${title.padEnd(18)}${cells.join('')}`.trimEnd();
  return [
    `requests            ${requests} drawn, ${formatNumber(expectedRequests)} expected, in ${exactDuration(durationMs)}`,
    `mean                ${mean(requests)} drawn, ${mean(expectedRequests)} expected`,
    `busiest second      ${busiest}; highest rate ${formatNumber(expectedPeak.perSecond)}/s at ${shortDuration(expectedPeak.atMs)}`,
    'index of dispersion of the counts in windows of',
    row(
      '',
      dispersion.map(({ windowMs }) => exactDuration(windowMs).padStart(9)),
    ),
    row(
      'around the rate',
      dispersion.map(({ aroundRate }) => cell(aroundRate)),
    ),
    row(
      'around the mean',
      dispersion.map(({ aroundMean }) => cell(aroundMean)),
    ),
    ...(columns >= 80 ? ['  (Poisson 1, even 0, bursts more; a rate that varies is in the second alone)'] : []),
    ...endpointLines(endpoints, requests),
    `sha256              ${sha256}`,
  ];
}

function endpointLines(endpoints: ScheduleSummary['endpoints'], requests: number): string[] {
  if (endpoints === null) return [];
  const asked = endpoints.filter((endpoint) => endpoint.requests > 0);
  const width = Math.max(...asked.map(({ endpoint }) => endpoint.length), 0);
  return [
    'endpoints',
    ...asked.map(
      ({ endpoint, requests: count }) => `  ${endpoint.padEnd(width)}  ${count}, ${formatShare(count / requests)}`,
    ),
  ];
}
