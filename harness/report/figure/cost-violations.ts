import type { Summary, TrialRow } from '../../analysis/summary.ts';
import type { MetricName, Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { costMetrics, isCostMetric, isViolationMetric } from '../metric-groups.ts';
import { formatMetric } from '../number-text.ts';
import { capitalised, metricLabel, plural, timeCompressionText } from '../wording.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { metricAxis } from './metric-axis.ts';
import { paretoFront, staircase, type Place } from './pareto-front.ts';
import { armColours, armShapes, inks } from './theme.ts';

const title = 'What it cost, and what was violated';

/** Cost against violations: a mark for each trial, the medians of the arms, and which of these no other arm beats in both. */
export function costViolationsFigure(summary: Summary, plan: Plan, baseline: string | null): Figure | MissingFigure {
  const metrics = metricsOf(summary, plan);
  const trials = metrics === null ? [] : placed(summary.trials, metrics);
  const arms = plan.arms.map(({ name }) => name).filter((arm) => trials.some((trial) => trial.arm === arm));
  if (metrics === null || trials.length === 0)
    return { title, missing: 'Not drawn: no valid trial has both a cost and a share of violations.' };
  const panels = (plan.loads.length === 0 ? [null] : plan.loads.map(({ name }) => name))
    .map((load, index) =>
      panelOf(
        { load, index },
        summary.trials.filter((trial) => trial.load === load),
        metrics,
        arms,
      ),
    )
    .filter(({ marks }) => marks.length > 0);
  const [cost, violations] = [metricLabel(metrics.cost), metricLabel(metrics.violations)];
  const compression = timeCompressionText(plan);
  const unplaced = panels.flatMap(({ medians }) => medians).filter(({ place }) => place === null);
  const failed = summary.trials.filter(({ verdict, counted }) => counted && verdict.kind === 'failed').length;
  return {
    name: 'cost-violations',
    title,
    caption: [
      `${capitalised(cost)} against ${violations}: each small mark is one valid trial, each large one the median of an arm${plan.loads.length > 1 ? ' under a load' : ''}. Lower and further left is better. Dashed: the Pareto front of the medians, those to which no other arm is equal or better in both and better in one.`,
      failed === 0
        ? ''
        : `${plural(failed, 'failed trial')} ${failed === 1 ? 'has' : 'have'} no mark and ${failed === 1 ? 'counts' : 'count'} as worse than any number in the medians.`,
      unplaced.length === 0
        ? ''
        : `No median of ${[...new Set(unplaced.map(({ arm }) => printable(arm)))].join(', ')}: at least half of the trials failed.`,
      compression === '' ? '' : `${capitalised(compression)}.`,
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    alternative: alternativeText(panels, metrics),
    data: {
      trials: panels.flatMap(({ marks }) => marks),
      medians: panels.flatMap(({ medianRows }) => medianRows),
      front: panels.flatMap(({ frontRows }) => frontRows),
    },
    spec: (width, theme) => spec(width, theme, { panels, arms, baseline, metrics }),
  };
}

interface Axes {
  readonly cost: MetricName;
  readonly violations: MetricName;
}

/** Those of the hypotheses, else what the trials have. */
function metricsOf({ trials }: Summary, { hypotheses }: Plan): Axes | null {
  const named = hypotheses.map(({ metric }) => metric);
  const has = (metric: MetricName): boolean => trials.some(({ metrics }) => (metrics?.values[metric] ?? null) !== null);
  const cost = [...named.filter(isCostMetric), ...costMetrics].find(has);
  const violations = [...named.filter(isViolationMetric), 'violation-share' as const].find(has);
  return cost === undefined || violations === undefined ? null : { cost, violations };
}

interface PlacedTrial {
  readonly arm: string;
  readonly block: number;
  readonly place: Place;
}

/** A failed trial is worse than any number (design 4.5). */
function placed(trials: readonly TrialRow[], { cost, violations }: Axes): readonly PlacedTrial[] {
  return trials.flatMap(({ arm, block, counted, verdict, metrics }) => {
    if (!counted) return [];
    if (verdict.kind === 'failed') return [{ arm, block, place: { x: Infinity, y: Infinity } }];
    const [x, y] = [metrics?.values[cost] ?? null, metrics?.values[violations] ?? null];
    return x === null || y === null ? [] : [{ arm, block, place: { x, y } }];
  });
}

interface Panel {
  readonly load: string | null;
  readonly index: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly medians: readonly { readonly arm: string; readonly place: Place | null; readonly trials: number }[];
  readonly marks: readonly FigureRow[];
  readonly medianRows: readonly FigureRow[];
  readonly frontRows: readonly FigureRow[];
}

function panelOf(
  { load, index }: Pick<Panel, 'load' | 'index'>,
  rows: readonly TrialRow[],
  metrics: Axes,
  arms: readonly string[],
): Panel {
  const trials = placed(rows, metrics);
  const drawn = trials.filter(({ place }) => Number.isFinite(place.x));
  const medians = arms.flatMap((arm) => {
    const own = trials.filter((trial) => trial.arm === arm).map(({ place }) => place);
    const middle = { x: median(own.map(({ x }) => x)), y: median(own.map(({ y }) => y)) };
    if (own.length === 0) return [];
    return [{ arm, place: Number.isFinite(middle.x) ? middle : null, trials: own.length }];
  });
  const [toX, toY] = [metricAxis(metrics.cost).perUnit, metricAxis(metrics.violations).perUnit];
  const x = domainOf(
    drawn.map(({ place }) => place.x * toX),
    -Infinity,
  );
  const y = domainOf(
    drawn.map(({ place }) => place.y * toY),
    0,
  );
  const at = (place: Place) => ({ x: rounded(place.x * toX), y: rounded(place.y * toY) });
  const words = (place: Place): string =>
    `${formatMetric(place.x, metrics.cost)}, ${metricLabel(metrics.violations)} ${formatMetric(place.y, metrics.violations)}`;
  const row = (arm: string, place: Place, text: string): FigureRow => ({
    ...{ panel: index, arm: printable(arm), ...at(place), text: `${printable(arm)}, ${text}: ${words(place)}` },
  });
  const front = paretoFront(medians.flatMap(({ place }) => place ?? []));
  return {
    ...{ load, index, x, y, medians },
    marks: drawn.map(({ arm, block, place }) => row(arm, place, `block ${block}`)),
    medianRows: medians.flatMap(({ arm, place, trials }) =>
      place === null ? [] : [row(arm, place, `median of ${plural(trials, 'trial')}`)],
    ),
    frontRows: staircase(front.map(at), [x[1], y[1]]).map((corner, order) => ({ panel: index, ...corner, order })),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(5));

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === high ? low : (low + high) / 2;
}

/** With room at both ends, so that no mark is cut. @param least that the axis may begin at, when a value lies there */
function domainOf(values: readonly number[], least: number): readonly [number, number] {
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return least === 0 ? [-0.04 * (high || 1), (high || 1) * 1.08] : [low - room, high + room];
}

interface Drawing {
  readonly panels: readonly Panel[];
  readonly arms: readonly string[];
  readonly baseline: string | null;
  readonly metrics: Axes;
}

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  { panels, arms, baseline, metrics }: Drawing,
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  const columns = width === 'narrow' ? 1 : Math.min(2, panels.length);
  const [costAxis, violationsAxis] = [metricAxis(metrics.cost), metricAxis(metrics.violations)];
  const colours = armColours(arms, baseline, theme);
  const domain = arms.map(printable);
  const color = { field: 'arm', type: 'nominal' as const, scale: { domain, range: colours } };
  const shape = { field: 'arm', type: 'nominal' as const, scale: { domain, range: armShapes(arms.length) } };
  const legend = {
    ...{
      title: null,
      orient: 'top' as const,
      symbolSize: 90,
      symbolOpacity: 1,
      labelLimit: width === 'wide' ? 180 : 130,
    },
    columns: width === 'wide' ? Math.min(arms.length, 6) : 2,
  };
  return {
    columns,
    spacing: 34,
    concat: panels.map(({ load, index, x: xDomain, y: yDomain }) => {
      const x = {
        field: 'x',
        type: 'quantitative' as const,
        scale: { domain: [...xDomain], nice: false, zero: false },
      };
      const y = {
        field: 'y',
        type: 'quantitative' as const,
        scale: { domain: [...yDomain], nice: false, zero: false },
      };
      const tooltip = { field: 'text', type: 'nominal' as const };
      const transform: [{ filter: string }] = [{ filter: `datum.panel === ${index}` }];
      const violations = `${capitalised(metricLabel(metrics.violations))}${violationsAxis.words}`;
      return {
        title: {
          text: load === null || panels.length === 1 ? violations : [`Load ${printable(load)}`, violations],
          ...{ fontSize: 11, fontWeight: 400 as const, color: ink.muted, frame: 'group' as const, limit: 330 },
        },
        width: width === 'narrow' ? 270 : columns === 1 ? 820 : 392,
        height: width === 'wide' ? 260 : 220,
        layer: [
          {
            data: { name: 'front' },
            transform,
            mark: { type: 'line' as const, color: ink.muted, strokeDash: [4, 3], strokeWidth: 1.25, clip: true },
            encoding: { x, y, order: { field: 'order', type: 'quantitative' as const } },
          },
          {
            data: { name: 'trials' },
            transform,
            mark: { type: 'point' as const, filled: true, size: 42, opacity: 0.6 },
            encoding: {
              x: {
                ...x,
                title: `${capitalised(metricLabel(metrics.cost))}${costAxis.words}`,
                axis: { labelExpr: costAxis.label, tickCount: width === 'wide' ? 8 / columns + 2 : 5 },
              },
              y: { ...y, title: null, axis: { labelExpr: violationsAxis.label, tickCount: 5, minExtent: 34 } },
              ...{ color: { ...color, legend }, shape: { ...shape, legend }, tooltip },
            },
          },
          {
            data: { name: 'medians' },
            transform,
            mark: { type: 'point' as const, filled: true, size: 230, opacity: 1, stroke: ink.text, strokeWidth: 1.5 },
            encoding: { ...{ x, y, tooltip }, color, shape },
          },
        ],
      };
    }),
  };
}

function alternativeText(panels: readonly Panel[], { cost, violations }: Axes): string {
  const parts = panels.map(({ load, medians }) => {
    const onFront = paretoFront(medians.flatMap(({ place }) => place ?? []));
    const arms = medians.map(({ arm, place, trials }) =>
      place === null
        ? `${printable(arm)}: at least half of ${plural(trials, 'trial')} failed`
        : `${printable(arm)}: ${formatMetric(place.x, cost)}, ${formatMetric(place.y, violations)}${onFront.includes(place) ? ', on the Pareto front' : ''}`,
    );
    return `${load === null ? '' : `Load ${printable(load)}. `}${arms.join('; ')}`;
  });
  return `Cost against violations. Medians of ${metricLabel(cost)} and ${metricLabel(violations)} by arm. ${parts.join('. ')}.`;
}
