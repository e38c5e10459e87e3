import type { Comparison, Summary } from '../../analysis/summary.ts';
import type { Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { equivalenceText } from '../equivalence-text.ts';
import { noiseText } from '../noise-text.ts';
import { formatDifference } from '../number-text.ts';
import { capitalised, metricLabel, plural, timeCompressionText } from '../wording.ts';
import {
  bandRows,
  type DifferencePanel,
  differencePanels,
  intervalText,
  markRows,
  medianText,
} from './difference-panels.ts';
import type { Figure, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { differenceAxis, signedLabel } from './metric-axis.ts';
import { armColours, bandColours, inks } from './theme.ts';

const title = 'Differences, block by block';

/** For each hypothesis the difference in every block, their median with its interval, zero, margin, and what equal arms differ by. */
export function differencesFigure(summary: Summary, plan: Plan, baseline: string | null): Figure | MissingFigure {
  const drawn = summary.comparisons.filter((comparison) => comparison.differences.length > 0);
  if (drawn.length === 0) return { title, missing: 'Not drawn: no hypothesis has a complete block with its metric.' };
  const arms = summary.arms.map((arm) => arm.name);
  const panels = differencePanels(drawn, summary.noise);
  return {
    name: 'differences',
    title,
    caption: captionText(panels, plan),
    alternative: `Paired differences. ${panels.map(alternativeText).join(' ')}`,
    data: { marks: panels.flatMap(markRows), bands: panels.flatMap(bandRows) },
    spec: (width, theme) => spec(width, theme, panels, [arms, armColours(arms, baseline, theme)]),
  };
}

function captionText(panels: readonly DifferencePanel[], plan: Plan): string {
  const compression = timeCompressionText(plan);
  const hasMargin = panels.some(({ comparisons }) => comparisons.some(({ margin }) => margin !== null));
  const hasNoise = panels.some(({ noise }) => noise !== null);
  const metrics = new Set(panels.map(({ metric }) => metric)).size;
  return [
    ...(compression === '' ? [] : [`${capitalised(compression)}.`]),
    'Each small mark is one block, the first on top: the arm minus the one it is compared with. The diamond is their median, the bar its exact interval at the level written beside it.',
    `All scales hold zero${panels.length > metrics ? '; pairs whose differences are more than twenty times smaller than those of others have a scale of their own' : ''}.`,
    ...(hasMargin ? ['Tall band: the margin within which the hypothesis calls the arms equal.'] : []),
    ...(hasNoise
      ? ['Low band behind an interval: by how much two arms that did the same differed on this testbed.']
      : []),
    'An arrow at the edge is a failed trial, or an end that only failed trials reach.',
    ...(plan.application === null ? [] : ['So is a latency where no request was answered with success.']),
  ].join(' ');
}

/** Heights of the parts of a row, in pixels. */
interface RowSizes {
  readonly label: number;
  readonly strip: number;
  readonly row: number;
}

function rowSizes(width: FigureWidth, rows: number): RowSizes {
  const label = width === 'wide' ? 20 : 48;
  const strip = rows <= 6 ? 26 : 16;
  return { label, strip, row: label + strip * 1.45 + 20 };
}

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  panels: readonly DifferencePanel[],
  [arms, colours]: readonly [readonly string[], readonly string[]],
): ReturnType<Figure['spec']> {
  const rows = panels.reduce((sum, { comparisons }) => sum + comparisons.length, 0);
  const sizes = rowSizes(width, rows);
  return {
    spacing: 26,
    vconcat: panels.map((panel, index) => panelSpec([width, theme], [panel, index], sizes, [arms, colours])),
  };
}

function panelSpec(
  [width, theme]: readonly [FigureWidth, FigureTheme],
  [panel, index]: readonly [DifferencePanel, number],
  sizes: RowSizes,
  [arms, colours]: readonly [readonly string[], readonly string[]],
) {
  const ink = inks[theme];
  const { comparisons, domain, metric } = panel;
  const axis = differenceAxis(metric);
  const height = comparisons.length * sizes.row;
  const x = { field: 'at', type: 'quantitative' as const, scale: { domain: [...domain], nice: false, zero: false } };
  const y = {
    field: 'y',
    type: 'quantitative' as const,
    scale: { domain: [height, 0], nice: false, zero: false },
    axis: null,
  };
  const top = `datum.row * ${sizes.row} + ${sizes.label}`;
  const place = { calculate: `${top} + datum.line * ${sizes.strip} + 6`, as: 'y' };
  const tooltip = { field: 'text', type: 'nominal' } as const;
  const color = {
    field: 'arm',
    type: 'nominal' as const,
    scale: { domain: arms.map(printable), range: [...colours] },
    legend: null,
  };
  const only = (kind: string): [{ filter: string }, typeof place] => [
    { filter: `datum.panel === ${index} && datum.kind === '${kind}'` },
    place,
  ];
  const triangle = (kind: string, shape: 'triangle-right' | 'triangle-left', size: number) => ({
    transform: only(kind),
    mark: { type: 'point' as const, filled: true, opacity: 1, size, shape },
    encoding: { x, y, tooltip, color },
  });
  const band = (kind: 'zero' | 'margin' | 'noise', from: string, to: string) => ({
    data: { name: 'bands' },
    transform: [
      { filter: `datum.panel === ${index} && datum.kind === '${kind}'` },
      { calculate: from, as: 'y' },
      { calculate: to, as: 'y2' },
    ],
    mark: { type: 'rect' as const, color: bandColours(theme)[kind], opacity: 1 },
    encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, y2: { field: 'y2' } },
  });
  const foot = `${top} + 1.45 * ${sizes.strip} + 6`;
  return {
    data: { name: 'marks' },
    width: width === 'wide' ? 860 : 318,
    height,
    title: { text: `${capitalised(metricLabel(metric))}${axis.words}`, limit: width === 'wide' ? 840 : 300 },
    layer: [
      band('margin', top, `${foot} + 10`),
      band('noise', `${foot} - 7`, `${foot} + 7`),
      {
        ...band('zero', top, `${foot} + 10`),
        mark: { type: 'rule' as const, color: ink.muted, strokeWidth: 1 },
        encoding: { x: { ...x, field: 'low' }, y, y2: { field: 'y2' } },
      },
      ...labels(comparisons, sizes, width, theme),
      {
        transform: only('interval'),
        mark: { type: 'rule' as const, strokeWidth: 5, opacity: 0.5 },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, tooltip, color },
      },
      {
        transform: only('block'),
        mark: { type: 'point' as const, filled: true, opacity: 0.85, size: 26, shape: 'circle' },
        encoding: {
          x: {
            ...x,
            title: null,
            axis: { labelExpr: signedLabel(axis.label), tickCount: width === 'wide' ? 8 : 4 },
          },
          ...{ y, tooltip, color },
        },
      },
      triangle('block-right', 'triangle-right', 60),
      triangle('block-left', 'triangle-left', 60),
      triangle('end-right', 'triangle-right', 160),
      triangle('end-left', 'triangle-left', 160),
      triangle('median-right', 'triangle-right', 260),
      triangle('median-left', 'triangle-left', 260),
      {
        transform: only('median'),
        mark: {
          ...{ type: 'point' as const, filled: true, opacity: 1, size: 120, shape: 'diamond' },
          ...{ stroke: ink.background, strokeWidth: 1.5 },
        },
        encoding: { x, y, tooltip, color },
      },
    ],
  };
}

/** Which pair a row is of, and its numbers: beside each other, or, on a phone, below each other. */
function labels(comparisons: readonly Comparison[], sizes: RowSizes, width: FigureWidth, theme: FigureTheme) {
  const ink = inks[theme];
  const text = (words: string, row: number, line: number, isName: boolean) => ({
    data: { values: [{}] },
    mark: {
      ...{
        type: 'text' as const,
        text: printable(words),
        baseline: 'top' as const,
        limit: width === 'wide' ? 560 : 312,
      },
      align: line < 0 ? ('right' as const) : ('left' as const),
      ...(isName ? { fontWeight: 600 as const, color: ink.text } : { color: ink.muted }),
    },
    encoding: {
      x: { value: line < 0 ? ('width' as const) : 0 },
      y: { value: row * sizes.row + 2 + Math.max(0, line) * 15 },
    },
  });
  return comparisons.flatMap((comparison, row) => {
    const [median, ...rest] = numbersOf(comparison);
    const name = text(rowName(comparison), row, 0, true);
    if (width === 'wide') return [name, text([median, ...rest].join(', '), row, -1, false)];
    return [name, text(median ?? '', row, 1, false), text(rest.join(', '), row, 2, false)];
  });
}

function rowName({ arm, against, load }: Comparison): string {
  return `${printable(arm)} − ${printable(against)}${load === null ? '' : `, load ${printable(load)}`}`;
}

function numbersOf(comparison: Comparison): readonly string[] {
  return [medianText(comparison), intervalText(comparison), plural(comparison.differences.length, 'block')];
}

function alternativeText({ comparisons, metric, noise }: DifferencePanel): string {
  const rows = comparisons.map((comparison) => {
    const blocks = comparison.differences.map(({ difference }) => formatDifference(difference, metric));
    const equivalence = equivalenceText(comparison);
    return `${printable(comparison.arm)} minus ${printable(comparison.against)}, ${metricLabel(metric)}${comparison.load === null ? '' : `, load ${printable(comparison.load)}`}: ${medianText(comparison)} ${intervalText(comparison)}${equivalence === null ? '' : `, ${equivalence}`}; by block ${blocks.join(', ')}.`;
  });
  return [...rows, ...(noise === null ? [] : [`${capitalised(noiseText(noise))}.`])].join(' ');
}
