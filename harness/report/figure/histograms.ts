import type { FigureData, WaitHistogram } from '../../analysis/figure-data.ts';
import type { Summary } from '../../analysis/summary.ts';
import { formatSeconds, formatShare } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { behindResults } from '../wording.ts';
import { armGrid, decades, gridFacet, gridTitle, microsLabel, populationIndex, populations } from './arm-grid.ts';
import { missingWaits } from './figure-words.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { armColours, inks } from './theme.ts';

const title = 'How long tasks wait for a CPU';

/** Figure 1: the histograms of wait, arms side by side, over the outline of the arm that others are compared with. */
export function histogramsFigure(
  summary: Summary,
  data: FigureData,
  plan: Plan,
  baseline: string | null,
): Figure | MissingFigure {
  const arms = summary.arms
    .map((arm) => arm.name)
    .filter((arm) => data.histograms.some((histogram) => histogram.arm === arm && histogram.trials > 0));
  if (arms.length === 0) return { title, missing: missingReason(summary) };
  const drawn = data.histograms.filter((histogram) => histogram.trials > 0 && arms.includes(histogram.arm));
  const groups = new Set(drawn.map(({ group }) => group)).size;
  const upper = Math.max(...drawn.map(lastUpperMicros), 16);
  // Room above the bars for the label of the quantile.
  const highest = 1.2 * Math.max(...drawn.flatMap(({ slots }) => slots.map((slot) => slot.highShare)));
  const rows = drawn.flatMap((histogram) => histogramRows(histogram, arms, upper, summary, data, baseline));
  return {
    name: 'histograms',
    title,
    caption: captionText(drawn, summary, plan, baseline),
    alternative: alternativeText(drawn, summary),
    data: { slots: rows },
    spec: (width, theme) => spec(width, theme, [arms, groups], baseline, [upper, highest]),
  };
}

/** Smaller shares are thinner than a pixel. */
const leastShare = 0.0005;

function medianP95(summary: Summary, arm: string, group: WaitHistogram['group']): number | null {
  return summary.arms.find((other) => other.name === arm)?.metrics[`${group}-wait-p95`]?.median ?? null;
}

/** Upper bound of the last slot that shows in any trial. */
function lastUpperMicros(histogram: WaitHistogram): number {
  return Math.max(1, ...histogram.slots.filter((slot) => slot.highShare >= leastShare).map((slot) => slot.upperMicros));
}

function histogramRows(
  histogram: WaitHistogram,
  arms: readonly string[],
  upperMicros: number,
  summary: Summary,
  data: FigureData,
  baseline: string | null,
): FigureRow[] {
  const { arm, group } = histogram;
  const outline = data.histograms.find((other) => other.arm === baseline && other.group === group);
  // One slot further than it shows, so that the outline comes down to zero; -1 without an outline.
  const outlineEnd = 1 + (outline?.slots.findLastIndex((slot) => slot.medianShare >= leastShare) ?? -2);
  const p95 = medianP95(summary, arm, group);
  const p95Micros = p95 === null ? null : p95 * 1e6;
  return histogram.slots
    .filter((slot) => slot.lowerMicros < upperMicros)
    .map((slot, index) => ({
      arm: printable(arm),
      armIndex: arms.indexOf(arm),
      population: populations[group],
      populationIndex: populationIndex(group),
      lower: Math.max(1, slot.lowerMicros),
      upper: slot.upperMicros,
      middle: Math.max(1, slot.lowerMicros) * Math.SQRT2,
      share: rounded(slot.medianShare),
      low: rounded(slot.lowShare),
      high: rounded(slot.highShare),
      outline: arm === baseline || index > outlineEnd ? null : rounded(outline?.slots[index]?.medianShare ?? 0),
      // Once per panel: where the 95th percentile lies.
      p95: index === 0 && p95Micros !== null ? rounded(Math.min(Math.max(p95Micros, 1), upperMicros)) : null,
      p95Text: index === 0 && p95 !== null ? `p95 ${formatSeconds(p95)}` : null,
      p95Right: p95Micros !== null && Math.log(Math.max(1, p95Micros)) > 0.55 * Math.log(upperMicros),
      wait: `${formatSeconds(slot.lowerMicros / 1e6)} to ${formatSeconds(slot.upperMicros / 1e6)}`,
      'share of switch-ins': `${formatShare(slot.medianShare)} (${formatShare(slot.lowShare)} to ${formatShare(slot.highShare)})`,
    }));
}

/** Four significant digits: finer than any pixel. */
const rounded = (value: number): number => Number(value.toPrecision(4));

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  [arms, groups]: readonly [readonly string[], number],
  baseline: string | null,
  [upperMicros, highestShare]: readonly [number, number],
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  const grid = armGrid(width, arms.length, groups);
  const x = {
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [1, upperMicros], nice: false },
  };
  const ticks = decades(1, upperMicros);
  const outlined = baseline === null || !arms.includes(baseline) ? '' : `. Outline: ${printable(baseline)}`;
  const y = { type: 'quantitative' as const, title: null, scale: { domain: [0, highestShare], nice: false } };
  const p95Label = (align: 'left' | 'right') => ({
    transform: [{ filter: `datum.p95 !== null && ${align === 'right' ? '' : '!'}datum.p95Right` }],
    mark: {
      type: 'text' as const,
      align,
      baseline: 'top' as const,
      dy: 1,
      dx: align === 'left' ? 4 : -4,
      fontWeight: 600 as const,
    },
    encoding: { x: { ...x, field: 'p95' }, y: { value: 0 }, text: { field: 'p95Text', type: 'nominal' as const } },
  });
  return {
    data: { name: 'slots' },
    title: gridTitle(
      `Share of switch-ins, by the wait before them (logarithmic scale)${outlined}`,
      [
        'Share of switch-ins,',
        `by the wait before them (logarithmic scale)`,
        ...(outlined === '' ? [] : [outlined.slice(2)]),
      ],
      width,
      theme,
    ),
    facet: gridFacet(grid),
    spec: {
      width: grid.panelWidth,
      height: grid.panelHeight,
      layer: [
        {
          mark: { type: 'rect', stroke: ink.background, strokeWidth: 0.75 },
          encoding: {
            x: {
              ...x,
              field: 'lower',
              title: null,
              axis: {
                values: sparse(ticks, grid.panelWidth),
                labelExpr: microsLabel,
                grid: false,
                labelFlush: true,
              },
            },
            x2: { field: 'upper' },
            y: { ...y, field: 'share', axis: { format: '.0%', tickCount: grid.panelHeight > 120 ? 5 : 3 } },
            y2: { datum: 0 },
            color: {
              field: 'arm',
              type: 'nominal',
              scale: { domain: arms.map(printable), range: armColours(arms, baseline, theme) },
              legend: null,
            },
            tooltip: [
              { field: 'wait', type: 'nominal' },
              { field: 'share of switch-ins', type: 'nominal' },
            ],
          },
        },
        {
          transform: [{ filter: 'datum.high > datum.low' }],
          mark: { type: 'rule', color: ink.text, strokeWidth: 1, opacity: 0.75 },
          encoding: {
            x: { ...x, field: 'middle' },
            y: { ...y, field: 'low' },
            y2: { field: 'high' },
          },
        },
        {
          transform: [{ filter: 'datum.outline !== null' }],
          mark: { type: 'line', interpolate: 'step-after', color: ink.baseline, strokeWidth: 1.25 },
          encoding: { x: { ...x, field: 'lower' }, y: { ...y, field: 'outline' }, order: { field: 'lower' } },
        },
        {
          transform: [{ filter: 'datum.p95 !== null' }],
          mark: { type: 'rule', color: ink.text, strokeDash: [3, 3], strokeWidth: 1 },
          encoding: { x: { ...x, field: 'p95' } },
        },
        p95Label('left'),
        p95Label('right'),
      ],
    },
  };
}

/** Every decade where there is room for its label, else every second or third one. */
function sparse(ticks: readonly number[], panelWidth: number): number[] {
  const step = Math.max(1, Math.ceil((ticks.length * 44) / panelWidth));
  return ticks.filter((_, index) => index % step === 0);
}

function missingReason({ experiment }: Summary): string {
  return missingWaits(
    experiment.source,
    'schedstat gives sums of waits and no histogram.',
    'no valid trial has a histogram.',
  );
}

function captionText(drawn: readonly WaitHistogram[], summary: Summary, plan: Plan, baseline: string | null): string {
  const counts = drawn.map((histogram) => histogram.trials);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const trials = least === most ? `${most}` : `${least} to ${most}`;
  const outline = baseline === null ? '' : ` The grey outline repeats ${printable(baseline)}, for comparison.`;
  return `Share of switch-ins by the wait before them, in slots of powers of two as runqlat shows them; the first slot also holds all waits below 1 µs. Bars are medians over ${trials} valid trials per arm${behindResults(plan)}, thin lines the range. Dashed: the arm’s median p95.${outline} Source: ${summary.experiment.source}.`;
}

function alternativeText(drawn: readonly WaitHistogram[], summary: Summary): string {
  const parts = drawn.map(({ arm, group, slots }) => {
    const mode = slots.reduce((best, slot) => (slot.medianShare > best.medianShare ? slot : best));
    const p95 = medianP95(summary, arm, group);
    const quantile = p95 === null ? '' : `, p95 ${formatSeconds(p95)}`;
    return `${populations[group]}, ${printable(arm)}: most often ${formatSeconds(mode.lowerMicros / 1e6)} to ${formatSeconds(mode.upperMicros / 1e6)} (${formatShare(mode.medianShare)})${quantile}`;
  });
  return `Histograms of run-queue wait. ${parts.join('. ')}.`;
}
