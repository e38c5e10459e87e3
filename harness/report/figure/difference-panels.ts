import type { Comparison, Extended, NoiseFloor } from '../../analysis/summary.ts';
import { formatShare } from '../../core/units.ts';
import type { MetricName } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { formatDifference, formatInterval } from '../number-text.ts';
import type { FigureRow } from './figure.ts';
import { differenceAxis } from './metric-axis.ts';

/** Comparisons of one metric that share a scale. */
export interface DifferencePanel {
  readonly metric: MetricName;
  readonly comparisons: readonly Comparison[];
  readonly noise: NoiseFloor | null;
  /** In the unit of the axis. */
  readonly domain: readonly [number, number];
}

/** A row whose differences are so many times smaller than another’s would be a dot at zero: it gets a panel of its own. */
const widestRatio = 20;

/** One panel for each metric, more where the sizes of its differences lie far apart. */
export function differencePanels(
  comparisons: readonly Comparison[],
  noise: readonly NoiseFloor[],
): readonly DifferencePanel[] {
  const metrics = [...new Set(comparisons.map(({ metric }) => metric))];
  return metrics.flatMap((metric) => {
    const floor = noise.find((one) => one.metric === metric) ?? null;
    return bySize(comparisons.filter((one) => one.metric === metric)).map((rows) => ({
      ...{ metric, comparisons: rows, noise: floor },
      domain: domainOf(rows, floor, differenceAxis(metric).perUnit),
    }));
  });
}

/** In groups of like size, each in the order of the comparisons; the group of the first comparison first. */
function bySize(comparisons: readonly Comparison[]): readonly (readonly Comparison[])[] {
  const groups: Comparison[][] = [];
  let smallest = 0;
  for (const comparison of [...comparisons].sort((a, b) => sizeOf(a) - sizeOf(b))) {
    const group = groups.at(-1);
    if (group === undefined || (smallest > 0 && sizeOf(comparison) > widestRatio * smallest)) {
      groups.push([comparison]);
      smallest = sizeOf(comparison);
    } else {
      group.push(comparison);
      smallest ||= sizeOf(comparison);
    }
  }
  const place = (comparison: Comparison | undefined): number =>
    comparison === undefined ? 0 : comparisons.indexOf(comparison);
  const inOrder = groups.map((group) => [...group].sort((a, b) => place(a) - place(b)));
  return inOrder.sort((a, b) => place(a[0]) - place(b[0]));
}

const endsOf = ({ differences, interval }: Comparison): readonly number[] =>
  [...differences.map((row) => row.difference), ...(interval === null ? [] : [interval.low, interval.high])].filter(
    (end) => typeof end === 'number',
  );

const sizeOf = (comparison: Comparison): number =>
  endsOf(comparison).reduce((most, end) => Math.max(most, Math.abs(end)), 0);

/** Holds zero and all that is finite; bands only if they do not press everything else together. */
function domainOf(
  comparisons: readonly Comparison[],
  noise: NoiseFloor | null,
  perUnit: number,
): readonly [number, number] {
  const ends = comparisons.flatMap(endsOf);
  const size = ends.reduce((most, end) => Math.max(most, Math.abs(end)), 0);
  const bands = [
    ...comparisons.flatMap(({ margin }) => (margin === null ? [] : [-margin, margin])),
    ...[noise?.low, noise?.high].filter((end) => typeof end === 'number'),
  ].filter((end) => Math.abs(end) <= 2 * size);
  const all = [0, ...ends, ...bands].map((end) => end * perUnit);
  const [low, high] = all.reduce(([a, b], end) => [Math.min(a, end), Math.max(b, end)], [0, 0]);
  const room = (high - low || 1) * 0.08;
  return [low - room, high + room];
}

/** Where marks stand in the strip of a row: blocks from 0 to 1 in their order, the interval below them. */
const intervalLine = 1.45;

/** The marks of a panel: of each row the blocks, the interval with its ends, and the median. */
export function markRows({ comparisons, domain, metric }: DifferencePanel, panel: number): readonly FigureRow[] {
  const { perUnit } = differenceAxis(metric);
  const place = (end: Extended): number =>
    typeof end === 'number' ? end * perUnit : end === 'infinity' ? domain[1] : domain[0];
  const arrow = (end: Extended): string => (typeof end === 'number' ? '' : end === 'infinity' ? '-right' : '-left');
  return comparisons.flatMap((comparison, row) => {
    const { differences, interval, medianDifference } = comparison;
    const arm = printable(comparison.arm);
    const mark = (kind: string, at: Extended, line: number, text: string): FigureRow => ({
      ...{ panel, row, arm, kind: `${kind}${arrow(at)}`, at: place(at), low: null, high: null, line, text },
    });
    const last = Math.max(1, differences.length - 1);
    return [
      ...differences.map(({ block, difference }, index) =>
        mark('block', difference, index / last, `block ${block}: ${formatDifference(difference, metric)}`),
      ),
      ...(interval === null
        ? []
        : [
            {
              ...mark('interval', 0, intervalLine, intervalText(comparison)),
              ...{ low: place(interval.low), high: place(interval.high) },
            },
            ...[interval.low, interval.high]
              .filter((end) => typeof end === 'string')
              .map((end) => mark('end', end, intervalLine, intervalText(comparison))),
          ]),
      ...(medianDifference === null ? [] : [mark('median', medianDifference, intervalLine, medianText(comparison))]),
    ];
  });
}

/** Behind the marks of each row: zero, the margin of the hypothesis, and what two equal arms differed by. Cut where the axis ends. */
export function bandRows({ comparisons, domain, metric, noise }: DifferencePanel, panel: number): readonly FigureRow[] {
  const { perUnit } = differenceAxis(metric);
  const cut = (end: Extended): number =>
    typeof end === 'number'
      ? Math.min(Math.max(end * perUnit, domain[0]), domain[1])
      : end === 'infinity'
        ? domain[1]
        : domain[0];
  return comparisons.flatMap(({ margin }, row): FigureRow[] => [
    { panel, row, kind: 'zero', low: 0, high: 0 },
    ...(margin === null ? [] : [{ panel, row, kind: 'margin', low: cut(-margin), high: cut(margin) }]),
    ...(noise === null ? [] : [{ panel, row, kind: 'noise', low: cut(noise.low), high: cut(noise.high) }]),
  ]);
}

export function medianText({ medianDifference, metric }: Comparison): string {
  return medianDifference === null ? '' : `median ${formatDifference(medianDifference, metric)}`;
}

export function intervalText({ interval, medianDifference, metric }: Comparison): string {
  return interval === null
    ? 'no interval below 6 blocks'
    : `${formatInterval(interval, metric, medianDifference)} at ${formatShare(interval.level)}`;
}
