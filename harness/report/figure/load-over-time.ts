import type { LoadPoint } from '../../analysis/application-figure-data.ts';
import type { FigureData } from '../../analysis/figure-data.ts';
import { exactDuration, formatNumber } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { behindResults, objectiveText } from '../wording.ts';
import { logTicks, microsLabel } from './arm-grid.ts';
import { armFacet, armPanels, type ArmPanels, secondsAxis, warmupLayer } from './arm-panels.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { countText } from './figure-words.ts';
import { armColours, inks, loadColours } from './theme.ts';

const title = 'What was asked for and what was answered';
const series = ['offered', 'completed', 'failed', 'not sent'] as const;

/** Rates offered and completed over the course of a trial, and the latency of what was due. */
export function loadOverTimeFigure(data: FigureData, plan: Plan, baseline: string | null): Figure | MissingFigure {
  const points = data.application?.loadOverTime ?? [];
  const [first] = points;
  if (first === undefined || plan.application === null)
    return { title, missing: 'Not drawn: no valid trial has a log of requests.' };
  const arms = plan.arms.map(({ name }) => name).filter((arm) => points.some((point) => point.arm === arm));
  const micros = latencyAxis(points, plan.application.sloMs);
  const step = exactDuration(first.toMs - first.fromMs);
  const trials = points.map(({ offered }) => offered.trials);
  return {
    name: 'load-over-time',
    title,
    caption: `Above: requests per second in steps of ${step}. Offered is what was due, whether it was sent or not; completed is what was answered with success in the step: lines are medians over ${countText(trials)} valid trials per arm${behindResults(plan)}, the band is the range. Failed and not sent are means, stacked, so that what happened in one trial shows. Below: the latency that 5 % of the requests due in a step exceeded; one that failed is slower than any, and a triangle at the upper edge marks a step in which more than 5 % failed in half of the trials. Dashed: the objective of ${objectiveText(plan.application)}. Shaded: warm-up.`,
    alternative: alternativeText(points, arms, plan),
    data: {
      rates: points.flatMap((point) => rateRows(point, arms)),
      latencies: points.flatMap((point) => latencyRow(point, arms, micros)),
    },
    spec: (width, theme) => spec(width, theme, { arms, baseline, micros, mostPerSecond: mostPerSecond(points), plan }),
  };
}

const place = (point: LoadPoint, arms: readonly string[]) => ({
  arm: printable(point.arm),
  armIndex: arms.indexOf(point.arm),
  from: point.fromMs / 1000,
  to: point.toMs / 1000,
  seconds: (point.fromMs + point.toMs) / 2000,
});

const rounded = (value: number): number => Number(value.toPrecision(4));

function rateRows(point: LoadPoint, arms: readonly string[]): FigureRow[] {
  const row = (name: (typeof series)[number], value: number, low: number, high: number): FigureRow => ({
    ...{ ...place(point, arms), series: name, value: rounded(value), low: rounded(low), high: rounded(high) },
  });
  const { offered, completed, failed, notSent } = point;
  return [
    row('offered', offered.median, offered.low, offered.high),
    row('completed', completed.median, completed.low, completed.high),
    ...(failed === 0 ? [] : [row('failed', failed, 0, failed)]),
    ...(notSent === 0 ? [] : [row('not sent', notSent, failed, failed + notSent)]),
  ];
}

/** The upper end of the axis of rates. */
function mostPerSecond(points: readonly LoadPoint[]): number {
  const ends = points.map(({ offered, completed, failed, notSent }) =>
    Math.max(offered.high, completed.high, failed + notSent),
  );
  return ends.reduce((most, end) => Math.max(most, end), 1);
}

function latencyAxis(points: readonly LoadPoint[], sloMs: number): readonly [number, number] {
  const ends = points.flatMap(({ p95Ms }) => (p95Ms === null ? [] : [p95Ms.low, p95Ms.median, p95Ms.high]));
  const finite = [sloMs, ...ends.filter((ms) => Number.isFinite(ms))];
  const [low, high] = finite.reduce(([a, b], ms) => [Math.min(a, ms), Math.max(b, ms)], [Infinity, 0]);
  return [Math.max(low * 1000, 1) * 0.8, high * 1000 * 1.4];
}

function latencyRow(point: LoadPoint, arms: readonly string[], [low, high]: readonly [number, number]): FigureRow[] {
  if (point.p95Ms === null) return [];
  const at = (ms: number): number => rounded(Math.min(Math.max(ms * 1000, low), high));
  const { p95Ms } = point;
  const isUnbounded = p95Ms.median === Infinity;
  return [
    {
      ...place(point, arms),
      ...{ median: isUnbounded ? null : at(p95Ms.median), low: at(p95Ms.low), high: at(p95Ms.high) },
      edge: isUnbounded ? high : null,
    },
  ];
}

interface Drawing {
  readonly arms: readonly string[];
  readonly baseline: string | null;
  readonly micros: readonly [number, number];
  readonly mostPerSecond: number;
  readonly plan: Plan;
}

function spec(width: FigureWidth, theme: FigureTheme, drawing: Drawing): ReturnType<Figure['spec']> {
  const panels = armPanels(width, drawing.arms.length);
  return {
    spacing: 26,
    vconcat: [ratePanels(panels, theme, drawing), latencyPanels(panels, theme, drawing)],
    resolve: { scale: { color: 'independent' } },
  };
}

function ratePanels(panels: ArmPanels, theme: FigureTheme, { plan, mostPerSecond }: Drawing) {
  const x = secondsAxis(panels, plan);
  // Said, not found: a domain cannot be found in a layer without rows, and often nothing failed.
  const y = { type: 'quantitative' as const, scale: { domain: [0, mostPerSecond], nice: true } };
  const color = {
    field: 'series',
    type: 'nominal' as const,
    scale: { domain: [...series], range: series.map((name) => loadColours(theme)[name]) },
    legend: { title: null, orient: 'top' as const, symbolType: 'square' as const, symbolSize: 110, symbolOpacity: 1 },
  };
  const only = (...names: readonly (typeof series)[number][]): [{ filter: string }] => [
    { filter: names.map((name) => `datum.series === '${name}'`).join(' || ') },
  ];
  return {
    data: { name: 'rates' },
    title: { text: 'Requests per second', ...smallTitle(theme) },
    ...armFacet(panels),
    spec: {
      width: panels.panelWidth,
      height: panels.panelHeight,
      layer: [
        warmupLayer(theme, plan),
        {
          transform: only('completed'),
          mark: { type: 'area' as const, opacity: theme === 'light' ? 0.18 : 0.28 },
          encoding: { x: { ...x, field: 'seconds' }, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
        },
        {
          transform: only('failed', 'not sent'),
          mark: { type: 'rect' as const },
          encoding: {
            x: { ...x, field: 'from' },
            x2: { field: 'to' },
            y: { ...y, field: 'low' },
            y2: { field: 'high' },
            color,
          },
        },
        {
          transform: only('completed'),
          mark: { type: 'line' as const, strokeWidth: 2 },
          encoding: { x: { ...x, field: 'seconds' }, y: { ...y, field: 'value' }, color },
        },
        {
          transform: only('offered'),
          mark: { type: 'line' as const, strokeWidth: 1.25, strokeDash: [4, 2] },
          encoding: {
            x: { ...x, field: 'seconds' },
            y: { ...y, field: 'value', title: null, axis: { tickCount: 4, minExtent: 46 } },
            color,
          },
        },
      ],
    },
  };
}

function latencyPanels(panels: ArmPanels, theme: FigureTheme, { arms, baseline, micros, plan }: Drawing) {
  const ink = inks[theme];
  const x = secondsAxis(panels, plan);
  const y = {
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [...micros], nice: false },
  };
  const color = {
    field: 'arm',
    type: 'nominal' as const,
    scale: { domain: arms.map(printable), range: armColours(arms, baseline, theme) },
    legend: null,
  };
  return {
    data: { name: 'latencies' },
    title: { text: 'Latency that 5 % of the requests exceeded (logarithmic scale)', ...smallTitle(theme) },
    ...armFacet(panels),
    spec: {
      width: panels.panelWidth,
      height: panels.panelHeight,
      layer: [
        warmupLayer(theme, plan),
        {
          mark: { type: 'area' as const, opacity: theme === 'light' ? 0.2 : 0.28 },
          encoding: { x: { ...x, field: 'seconds' }, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
        },
        {
          transform: [{ aggregate: [{ op: 'count' as const, as: 'count' }], groupby: ['arm'] }],
          mark: { type: 'rule' as const, color: ink.text, strokeDash: [4, 3], strokeWidth: 1 },
          encoding: { y: { ...y, datum: (plan.application?.sloMs ?? 0) * 1000 } },
        },
        {
          mark: { type: 'line' as const, strokeWidth: 2, invalid: 'break-paths-show-path-domains' as const },
          encoding: {
            x: { ...x, field: 'seconds' },
            y: {
              ...y,
              field: 'median',
              title: null,
              axis: { values: logTicks(...micros, panels.panelHeight / 22), labelExpr: microsLabel, minExtent: 46 },
            },
            color,
          },
        },
        {
          transform: [{ filter: 'datum.edge !== null' }],
          mark: {
            type: 'point' as const,
            shape: 'triangle-up' as const,
            filled: true,
            opacity: 1,
            size: 45,
            yOffset: 5,
          },
          encoding: { x: { ...x, field: 'seconds' }, y: { ...y, field: 'edge' }, color },
        },
      ],
    },
  };
}

const smallTitle = (theme: FigureTheme) => ({
  fontSize: 11,
  fontWeight: 400 as const,
  color: inks[theme].muted,
  limit: 900,
  offset: 10,
});

function alternativeText(points: readonly LoadPoint[], arms: readonly string[], { warmupMs }: Plan): string {
  const parts = arms.map((arm) => {
    const own = points.filter((point) => point.arm === arm && point.fromMs >= warmupMs);
    const mean = (of: (point: LoadPoint) => number): string =>
      own.length === 0 ? '–' : formatNumber(own.reduce((sum, point) => sum + of(point), 0) / own.length);
    return `${printable(arm)}: offered ${mean(({ offered }) => offered.median)}, completed ${mean(({ completed }) => completed.median)}, failed ${mean(({ failed }) => failed)}, not sent ${mean(({ notSent }) => notSent)} per second`;
  });
  return `Rates of requests and their latency over time, by arm. After the warm-up: ${parts.join('. ')}.`;
}
