import type { ArmPoint } from '../../analysis/application-figure-data.ts';
import type { FigureData } from '../../analysis/figure-data.ts';
import type { Spread, Summary } from '../../analysis/summary.ts';
import { exactDuration, formatNumber, formatSeconds, formatShare } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { capitalised, objectiveText, timeCompressionText } from '../wording.ts';
import { logTicks, microsLabel } from './arm-grid.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { countText } from './figure-words.ts';
import { measures, type Measure } from './over-time-measures.ts';
import { timePanels, type TimePanels } from './time-panels.ts';
import { armColours, inks } from './theme.ts';

const title = 'Load, capacity and what came of it, over time';

/** One column for each arm, one row for each measure, all on one axis of time. */
export function armsOverTimeFigure(
  summary: Summary,
  data: FigureData,
  plan: Plan,
  baseline: string | null,
): Figure | MissingFigure {
  const points = data.application?.armsOverTime ?? [];
  const [first] = points;
  if (first === undefined || plan.application === null)
    return { title, missing: 'Not drawn: no valid trial has a log of requests.' };
  const arms = plan.arms.map(({ name }) => name).filter((arm) => points.some((point) => point.arm === arm));
  const loads = plan.loads.map(({ name }) => name).filter((load) => points.some((point) => point.load === load));
  const rows = measures(plan.application).flatMap((measure) => rowOf(measure, points) ?? []);
  const missing = measures(plan.application).filter(({ key }) => !rows.some((row) => row.measure.key === key));
  const compression = timeCompressionText(plan);
  return {
    name: 'arms-over-time',
    title,
    caption: [
      `Medians over ${countText(points.map(({ offered }) => offered.trials))} valid trials per arm${loads.length > 1 ? ' and load' : ''} and their range, in steps of ${exactDuration(first.toMs - first.fromMs)}. Offered: requests due per second, whether sent or not. Replicas that were ready, and cores, are of all fronts and services together, stores left out: dashed the limit of their replicas, below it what they used. Latency is counted from the instant at which a request was due, and one without a successful answer took the whole time-out of ${exactDuration(plan.application.driver.timeoutMs)}. Violations: later than ${objectiveText(plan.application)}, dashed among the latencies, or without a successful answer. Shaded: warm-up.`,
      ...(compression === '' ? [] : [`${capitalised(compression)}.`]),
      ...missing.map(({ name }) => `Not drawn: ${name}, ${whyMissing(name, summary)}.`),
    ].join(' '),
    alternative: alternativeText(points, [arms, loads], plan),
    data: Object.fromEntries(rows.map((row) => [row.measure.key, pointRows(row, points, [arms, loads])])),
    spec: (width, theme) => spec(width, theme, { rows, arms, loads, baseline, plan }),
  };
}

function whyMissing(name: string, { experiment }: Summary): string {
  if (name !== 'run-queue wait') return 'since nothing was recorded of it';
  if (experiment.source === 'none') return 'since waits were not measured';
  if (experiment.source === 'schedstat') return 'since schedstat gives sums of waits, hence no quantiles';
  return 'since no wait was recorded';
}

/** A measure that was recorded, with the ends of its axis. */
interface MeasureRow {
  readonly measure: Measure;
  readonly domain: readonly [number, number];
}

const spreadsOf = ({ lines }: Measure, point: ArmPoint): readonly (Spread | null)[] =>
  lines.map(({ spread }) => spread(point));

function rowOf(measure: Measure, points: readonly ArmPoint[]): MeasureRow | null {
  const ends = points.flatMap((point) =>
    spreadsOf(measure, point).flatMap((spread) => (spread === null ? [] : [spread.low, spread.high])),
  );
  if (ends.length === 0) return null;
  const scaled = [...ends, ...(measure.rule === null ? [] : [measure.rule])].map((end) => end * measure.perUnit);
  const [low, high] = scaled.reduce(([a, b], end) => [Math.min(a, end), Math.max(b, end)], [Infinity, 0]);
  if (measure.isLogarithmic) return { measure, domain: [Math.max(low, 1) * 0.8, Math.max(high * 1.25, low * 10)] };
  return { measure, domain: [0, high === 0 ? 1 : high * 1.05] };
}

function pointRows(
  { measure, domain }: MeasureRow,
  points: readonly ArmPoint[],
  [arms, loads]: readonly [readonly string[], readonly string[]],
): FigureRow[] {
  const at = (value: number): number => Number(Math.max(value * measure.perUnit, domain[0]).toPrecision(4));
  return points.flatMap((point) =>
    measure.lines.flatMap(({ name, spread: of }): FigureRow[] => {
      const spread = of(point);
      if (spread === null) return [];
      return [
        {
          ...{ arm: printable(point.arm), armIndex: arms.indexOf(point.arm) },
          ...{ load: printable(point.load), loadIndex: loads.indexOf(point.load), line: name },
          seconds: (point.fromMs + point.toMs) / 2000,
          ...{ value: at(spread.median), low: at(spread.low), high: at(spread.high) },
        },
      ];
    }),
  );
}

interface Drawing {
  readonly rows: readonly MeasureRow[];
  readonly arms: readonly string[];
  readonly loads: readonly string[];
  readonly baseline: string | null;
  readonly plan: Plan;
}

function spec(width: FigureWidth, theme: FigureTheme, drawing: Drawing): ReturnType<Figure['spec']> {
  const panels = timePanels(width, [drawing.arms.length, drawing.loads.length]);
  return {
    spacing: 14,
    vconcat: drawing.rows.map((row, index) =>
      measureSpec([row, index === 0, index === drawing.rows.length - 1], panels, theme, drawing),
    ),
  };
}

function measureSpec(
  [{ measure, domain }, isFirst, isLast]: readonly [MeasureRow, boolean, boolean],
  panels: TimePanels,
  theme: FigureTheme,
  { arms, baseline, plan }: Drawing,
) {
  const ink = inks[theme];
  const isShared = panels.areColumns && !isLast;
  const x = {
    type: 'quantitative' as const,
    title: null,
    scale: { domain: [0, plan.trialMs / 1000], nice: false },
    axis: {
      grid: false,
      ...{
        labels: !isShared,
        ticks: !isShared,
        tickCount: panels.panelWidth > 250 ? 6 : panels.panelWidth > 130 ? 4 : 2,
      },
      ...{ labelExpr: "format(datum.value, '~g') + ' s'", labelFlush: true },
    },
  };
  const y = {
    type: 'quantitative' as const,
    scale: { type: measure.isLogarithmic ? ('log' as const) : ('linear' as const), domain: [...domain], nice: false },
  };
  const ticks = measure.isLogarithmic
    ? { values: logTicks(...domain, panels.panelHeight / 20), labelExpr: microsLabel }
    : { tickCount: 3, labelExpr: measure.label };
  const colours = armColours(arms, baseline, theme);
  const color = {
    field: 'arm',
    type: 'nominal' as const,
    scale: { domain: arms.map(printable), range: colours },
    legend: null,
  };
  const [main = '', ...behind] = measure.lines.map(({ name }) => name);
  const only = (name: string): [{ filter: string }] => [{ filter: `datum.line === '${name}'` }];
  // One mark for each panel.
  const once = { transform: [{ aggregate: [{ op: 'count' as const, as: 'count' }], groupby: [...panels.fields] }] };
  return {
    data: { name: measure.key },
    title: { text: measure.title, fontSize: 11, fontWeight: 400 as const, color: ink.muted, limit: 880, offset: 4 },
    facet: panels.facet(isFirst),
    spacing: panels.spacing,
    spec: {
      width: panels.panelWidth,
      height: panels.panelHeight,
      layer: [
        {
          ...once,
          mark: { type: 'rect' as const, color: ink.shade },
          encoding: { x: { datum: 0, type: 'quantitative' as const }, x2: { datum: plan.warmupMs / 1000 } },
        },
        {
          transform: only(main),
          mark: { type: 'area' as const, opacity: theme === 'light' ? 0.22 : 0.3, interpolate: measure.interpolate },
          encoding: { x: { ...x, field: 'seconds' }, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
        },
        ...behind.flatMap((name) => [
          {
            transform: only(name),
            mark: {
              type: 'area' as const,
              opacity: theme === 'light' ? 0.14 : 0.2,
              color: ink.text,
              interpolate: measure.interpolate,
            },
            encoding: { x: { ...x, field: 'seconds' }, y: { ...y, field: 'low' }, y2: { field: 'high' } },
          },
          {
            transform: only(name),
            mark: {
              type: 'line' as const,
              strokeWidth: 1.25,
              strokeDash: [5, 2],
              color: ink.text,
              interpolate: measure.interpolate,
            },
            encoding: { x: { ...x, field: 'seconds' }, y: { ...y, field: 'value' } },
          },
        ]),
        ...(measure.rule === null
          ? []
          : [
              {
                ...once,
                mark: { type: 'rule' as const, color: ink.text, strokeWidth: 1, strokeDash: [4, 3], clip: true },
                encoding: { y: { ...y, datum: measure.rule * measure.perUnit } },
              },
            ]),
        {
          transform: only(main),
          mark: { type: 'line' as const, strokeWidth: 1.75, interpolate: measure.interpolate },
          encoding: {
            x: { ...x, field: 'seconds' },
            y: { ...y, field: 'value', title: null, axis: { ...ticks, minExtent: 50, maxExtent: 50 } },
            color,
          },
        },
      ],
    },
  };
}

function alternativeText(
  points: readonly ArmPoint[],
  [arms, loads]: readonly [readonly string[], readonly string[]],
  { warmupMs }: Plan,
): string {
  const parts = loads.flatMap((load) =>
    arms.flatMap((arm) => {
      const own = points.filter((point) => point.arm === arm && point.load === load && point.fromMs >= warmupMs);
      const range = (of: (point: ArmPoint) => Spread | null, format: (value: number) => string): string => {
        const medians = own.flatMap((point) => of(point)?.median ?? []);
        const [low, high] = medians.reduce(
          ([a, b], one) => [Math.min(a, one), Math.max(b, one)],
          [Infinity, -Infinity],
        );
        return medians.length === 0 ? 'not recorded' : `${format(low)} to ${format(high)}`;
      };
      if (own.length === 0) return [];
      return [
        `${printable(arm)}${loads.length > 1 ? ` under load ${printable(load)}` : ''}: offered ${range(({ offered }) => offered, formatNumber)} per second, replicas ${range(({ replicas }) => replicas, formatNumber)}, limit ${range(({ limitCores }) => limitCores, formatNumber)} cores, used ${range(({ usedCores }) => usedCores, formatNumber)} cores, p95 run-queue wait ${range(({ waitP95Seconds }) => waitP95Seconds, formatSeconds)}, p99 latency ${range(
          ({ p99Ms }) => p99Ms,
          (ms) => formatSeconds(ms / 1000),
        )}, violations ${range(({ violationShare }) => violationShare, formatShare)}`,
      ];
    }),
  );
  return `Load, replicas, CPU, waits, latency and violations over time, by arm. Ranges of the medians after the warm-up: ${parts.join('. ')}.`;
}
