import type { Comparison, Extended, Summary } from '../../analysis/summary.ts';
import { formatShare } from '../../core/units.ts';
import { metricUnit, type MetricUnit, type Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { formatDifference, formatInterval, formatMetric } from '../number-text.ts';
import { capitalised, metricLabel, plural, timeCompressionText } from '../wording.ts';
import { microsLabel } from './arm-grid.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { armColours, inks } from './theme.ts';

const title = 'Differences, block by block';

/** Figure 3: for each hypothesis the difference in every block, their median with its interval, and zero. */
export function differencesFigure(summary: Summary, plan: Plan, baseline: string | null): Figure | MissingFigure {
  const drawn = summary.comparisons.filter((comparison) => comparison.differences.length > 0);
  if (drawn.length === 0) return { title, missing: 'Not drawn: no hypothesis has a complete block with its metric.' };
  const arms = summary.arms.map((arm) => arm.name);
  const compression = timeCompressionText(plan);
  const withoutAnswers =
    plan.application === null ? '' : ' So is a latency where no request was answered with success.';
  const panels = drawn.map((comparison, index) => panelOf(comparison, index));
  return {
    name: 'differences',
    title,
    caption: `${compression === '' ? '' : `${capitalised(compression)}. `}Each small mark is one block, the first on top: the arm minus the one it is compared with. The diamond is their median, the bar its exact interval at the level written beside it. Each row has its own scale, and all hold zero. An arrow at the edge is a failed trial, or an end that only failed trials reach.${withoutAnswers}`,
    alternative: `Paired differences. ${drawn.map(alternativeText).join(' ')}`,
    data: { marks: panels.flatMap((panel) => panel.rows) },
    spec: (width, theme) => spec(width, theme, panels, armColours(arms, baseline, theme), arms),
  };
}

interface Panel {
  readonly comparison: Comparison;
  readonly index: number;
  /** In the unit of the axis. */
  readonly domain: readonly [number, number];
  readonly rows: readonly FigureRow[];
}

function panelOf(comparison: Comparison, index: number): Panel {
  const { differences, interval, medianDifference } = comparison;
  const ends = [
    ...differences.map((row) => row.difference),
    ...(interval === null ? [] : [interval.low, interval.high]),
  ];
  const { perUnit } = axes[metricUnit(comparison.metric)];
  const finite = ends.filter((end) => typeof end === 'number').map((end) => end * perUnit);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const room = (high - low || 1) * 0.08;
  const domain = [low - room, high + room] as const;
  const place = (end: Extended): number =>
    typeof end === 'number' ? end * perUnit : end === 'infinity' ? domain[1] : domain[0];
  const arrow = (end: Extended): string => (typeof end === 'number' ? 'none' : end === 'infinity' ? 'right' : 'left');
  const row = (kind: string, at: Extended, line: number, text: string): FigureRow => ({
    panel: index,
    kind: typeof at === 'number' ? kind : `${kind}-${arrow(at)}`,
    at: place(at),
    low: null,
    high: null,
    line,
    text,
  });
  const last = differences.length + 1;
  return {
    comparison,
    index,
    domain,
    rows: [
      ...differences.map(({ block, difference }, line) =>
        row('block', difference, line, `block ${block}: ${formatDifference(difference, comparison.metric)}`),
      ),
      ...(interval === null
        ? []
        : [
            {
              ...row('interval', 0, last, intervalText(comparison)),
              low: place(interval.low),
              high: place(interval.high),
            },
            ...[interval.low, interval.high]
              .filter((end) => typeof end === 'string')
              .map((end) => row('end', end, last, intervalText(comparison))),
          ]),
      ...(medianDifference === null ? [] : [row('median', medianDifference, last, medianText(comparison))]),
    ],
  };
}

function medianText({ medianDifference, metric }: Comparison): string {
  return medianDifference === null ? '' : `median ${formatDifference(medianDifference, metric)}`;
}

function intervalText({ interval, medianDifference, metric }: Comparison): string {
  return interval === null
    ? 'no interval below 6 blocks'
    : `${formatInterval(interval, metric, medianDifference)} at ${formatShare(interval.level)}`;
}

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  panels: readonly Panel[],
  colours: readonly string[],
  arms: readonly string[],
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  return {
    data: { name: 'marks' },
    spacing: 22,
    vconcat: panels.map(({ comparison, index, domain }) => {
      const colour = colours[arms.indexOf(comparison.arm)] ?? ink.text;
      const lines = comparison.differences.length + 2;
      const x = {
        field: 'at',
        type: 'quantitative' as const,
        scale: { domain: [...domain], nice: false, zero: false },
      };
      const y = {
        field: 'line',
        type: 'quantitative' as const,
        scale: { domain: [lines - 0.5, -0.5], nice: false },
        axis: null,
      };
      const tooltip = { field: 'text', type: 'nominal' } as const;
      const only = (kind: string): [{ filter: string }] => [{ filter: `datum.kind === '${kind}'` }];
      const triangle = (kind: string, shape: 'triangle-right' | 'triangle-left', size: number) => ({
        transform: only(kind),
        mark: { type: 'point' as const, filled: true, opacity: 1, color: colour, size, shape },
        encoding: { x, y, tooltip },
      });
      return {
        transform: [{ filter: `datum.panel === ${index}` }],
        width: width === 'wide' ? 860 : 318,
        height: Math.max(64, lines * 9),
        title: titleOf(comparison, width),
        layer: [
          {
            mark: { type: 'rule', color: ink.muted, strokeWidth: 1 },
            encoding: { x: { datum: 0, type: 'quantitative' } },
          },
          {
            transform: only('interval'),
            mark: { type: 'rule', color: colour, strokeWidth: 5, opacity: 0.45 },
            encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, tooltip },
          },
          {
            transform: only('block'),
            mark: { type: 'point', filled: true, opacity: 0.9, size: 30, color: colour, shape: 'circle' },
            encoding: {
              x: {
                ...x,
                title: null,
                axis: {
                  labelExpr: signed(axes[metricUnit(comparison.metric)].label),
                  tickCount: width === 'wide' ? 8 : 4,
                },
              },
              y,
              tooltip,
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
              type: 'point',
              filled: true,
              opacity: 1,
              size: 130,
              shape: 'diamond',
              color: colour,
              stroke: ink.background,
              strokeWidth: 1.5,
            },
            encoding: { x, y, tooltip },
          },
        ],
      };
    }),
  };
}

/** The axis of a unit: its values by the unit of the metric, and a Vega expression that writes one. */
const axes: Readonly<Record<MetricUnit, { readonly perUnit: number; readonly label: string; readonly words: string }>> =
  {
    seconds: { perUnit: 1e6, label: microsLabel, words: '' },
    'seconds-per-second': { perUnit: 1e6, label: microsLabel, words: ' per second' },
    share: { perUnit: 100, label: "format(datum.value, '~g')", words: ', percentage points' },
    cores: { perUnit: 1, label: "format(datum.value, '~g')", words: ', cores' },
    'core-seconds': { perUnit: 1, label: "format(datum.value, '~g')", words: '' },
    'gigabyte-seconds': { perUnit: 1, label: "format(datum.value, '~g')", words: '' },
    'replica-seconds': { perUnit: 1, label: "format(datum.value, '~g')", words: '' },
    money: { perUnit: 1, label: "format(datum.value, '~g')", words: '' },
    count: { perUnit: 1, label: "format(datum.value, '~g')", words: '' },
  };

const signed = (label: string): string =>
  `(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '') + (datum.value === 0 ? '0' : ${label.replaceAll('datum.value', 'abs(datum.value)')})`;

type TitleParams = {
  readonly text: string;
  readonly subtitle: string | string[];
  readonly limit: number;
  readonly frame: 'group';
};

function titleOf(comparison: Comparison, width: FigureWidth): TitleParams {
  const arms = `${printable(comparison.arm)} − ${printable(comparison.against)}`;
  const load = comparison.load === null ? '' : `, load ${printable(comparison.load)}`;
  const numbers = [medianText(comparison), intervalText(comparison), plural(comparison.differences.length, 'block')];
  return {
    text: `${arms}: ${metricLabel(comparison.metric)}${axes[metricUnit(comparison.metric)].words}${load}`,
    subtitle: width === 'wide' ? numbers.join(', ') : [numbers[0] ?? '', numbers.slice(1).join(', ')],
    limit: width === 'wide' ? 840 : 300,
    frame: 'group',
  };
}

function alternativeText(comparison: Comparison): string {
  const { arm, against, metric, differences } = comparison;
  const blocks = differences.map((row) =>
    typeof row.difference === 'number' ? formatMetric(row.difference, metric) : row.difference,
  );
  return `${printable(arm)} minus ${printable(against)}, ${metricLabel(metric)}: ${medianText(comparison)} ${intervalText(comparison)}; by block ${blocks.join(', ')}.`;
}
