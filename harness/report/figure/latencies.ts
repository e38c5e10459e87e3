import type { ArmRequests } from '../../analysis/application-figure-data.ts';
import type { FigureData } from '../../analysis/figure-data.ts';
import { exactDuration, formatNumber, formatSeconds } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { behindResults, objectiveText } from '../wording.ts';
import { gridTitle, logTicks, microsLabel } from './arm-grid.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { countText, measuredText } from './figure-words.ts';
import { armColours, inks } from './theme.ts';

const title = 'How long requests take';
const everything = 'All endpoints';

/** The complementary distribution of latency, for all endpoints and each of them, one line per arm. */
export function latenciesFigure(data: FigureData, plan: Plan, baseline: string | null): Figure | MissingFigure {
  const drawn = data.application?.requests ?? [];
  if (drawn.length === 0 || plan.application === null)
    return { title, missing: 'Not drawn: no valid trial has a log of requests.' };
  const arms = plan.arms.map(({ name }) => name).filter((arm) => drawn.some((requests) => requests.arm === arm));
  const { sloMs } = plan.application;
  const axes = axesOf(drawn, sloMs);
  const panels = [...new Set(drawn.map(panelOf))];
  return {
    name: 'latencies',
    title,
    caption: `Share of the requests offered that took longer than a latency, counted from the instant at which they were due; ${measuredText(plan)}. A request without a successful answer is slower than any: where a line stays level up to the right edge, so many failed; in tables and metrics it took the whole time-out of ${exactDuration(plan.application.driver.timeoutMs)}. Lines are medians over ${countText(drawn.map(({ trials }) => trials))} valid trials per arm${behindResults(plan)}, bands their range; a line ends where a trial has no more requests. Dashed: the objective of ${objectiveText(plan.application)}.`,
    alternative: alternativeText(drawn),
    data: { curves: drawn.flatMap((requests) => curveRows(requests, panels, arms, axes)) },
    spec: (width, theme) => spec(width, theme, { panels: panels.length, arms, baseline, axes, sloMs }),
  };
}

const panelOf = ({ endpoint }: ArmRequests): string => (endpoint === null ? everything : printable(endpoint));

interface Axes {
  readonly micros: readonly [low: number, high: number];
  readonly leastShare: number;
}

function axesOf(drawn: readonly ArmRequests[], sloMs: number): Axes {
  let [lowMs, highMs, leastShare] = [sloMs, sloMs, 0.1];
  for (const { slowerShare, latencyMs } of drawn.flatMap(({ curve }) => curve)) {
    lowMs = Math.min(lowMs, latencyMs.low);
    for (const end of [latencyMs.low, latencyMs.high]) if (Number.isFinite(end)) highMs = Math.max(highMs, end);
    leastShare = Math.min(leastShare, slowerShare);
  }
  return { micros: [Math.max(lowMs * 1000, 1) * 0.9, highMs * 1000 * 1.15], leastShare };
}

/** From the slowest to the fastest, so that a line that ends in failures comes from the right edge. */
function curveRows(
  requests: ArmRequests,
  panels: readonly string[],
  arms: readonly string[],
  { micros: [lowest, highest] }: Axes,
): FigureRow[] {
  const panel = panelOf(requests);
  const place = (ms: number): number => Number(Math.min(Math.max(ms * 1000, lowest), highest).toPrecision(4));
  let hasReachedEdge = false;
  return requests.curve.flatMap(({ slowerShare, latencyMs }): FigureRow[] => {
    // One point at the edge says that the line goes on; a line down along the edge would say more than is known.
    if (hasReachedEdge) return [];
    hasReachedEdge = latencyMs.median === Infinity;
    return [
      {
        ...{
          panel,
          panelIndex: panels.indexOf(panel),
          arm: printable(requests.arm),
          armIndex: arms.indexOf(requests.arm),
        },
        slower: Number(slowerShare.toPrecision(4)),
        ...{ low: place(latencyMs.low), median: place(latencyMs.median), high: place(latencyMs.high) },
      },
    ];
  });
}

interface Drawing {
  readonly panels: number;
  readonly arms: readonly string[];
  readonly baseline: string | null;
  readonly axes: Axes;
  readonly sloMs: number;
}

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  { panels, arms, baseline, axes, sloMs }: Drawing,
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  const objective = objectiveText({ sloMs });
  const columns = width === 'narrow' ? 1 : panels === 4 ? 2 : Math.min(3, panels);
  const panelWidth = width === 'narrow' ? 290 : Math.min(420, Math.floor((866 - 26 * (columns - 1)) / columns));
  const x = {
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [...axes.micros], nice: false },
  };
  const y = {
    field: 'slower',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [axes.leastShare, 1], nice: false },
  };
  const color = {
    field: 'arm',
    type: 'nominal' as const,
    scale: { domain: arms.map(printable), range: armColours(arms, baseline, theme) },
    legend: { title: null, orient: 'top' as const, symbolType: 'stroke' as const, symbolSize: 500, symbolOpacity: 1 },
  };
  return {
    data: { name: 'curves' },
    title: gridTitle(
      `Share of requests slower than a latency (both scales logarithmic). Dashed: the objective, ${objective}`,
      ['Share of requests slower than a latency (both', `scales logarithmic). Dashed: the objective, ${objective}`],
      width,
      theme,
    ),
    columns,
    facet: {
      field: 'panel',
      type: 'nominal',
      sort: { field: 'panelIndex', op: 'min' },
      header: { title: null, labelAnchor: 'start', labelLimit: panelWidth },
    },
    spacing: { column: 26, row: 24 },
    spec: {
      width: panelWidth,
      height: width === 'wide' ? 190 : 150,
      layer: [
        {
          mark: { type: 'area', orient: 'horizontal', opacity: theme === 'light' ? 0.18 : 0.26 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color },
        },
        {
          mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round' },
          encoding: {
            x: {
              ...x,
              field: 'median',
              title: null,
              axis: { values: logTicks(...axes.micros, panelWidth / 48), labelExpr: microsLabel, labelFlush: true },
            },
            y: {
              ...y,
              title: null,
              axis: { values: [1, 0.1, 0.01, 0.001, 0.0001], labelExpr: "format(100 * datum.value, '~g') + ' %'" },
            },
            order: { field: 'slower' },
            color,
          },
        },
        {
          transform: [{ aggregate: [{ op: 'count', as: 'count' }], groupby: ['panel'] }],
          mark: { type: 'rule', color: ink.text, strokeDash: [4, 3], strokeWidth: 1 },
          encoding: { x: { ...x, datum: sloMs * 1000 } },
        },
      ],
    },
  };
}

function alternativeText(drawn: readonly ArmRequests[]): string {
  const parts = drawn.map((requests) => {
    const { p50, p99 } = requests.latencyMs;
    const numbers = [p50, p99].map((spread) =>
      spread === null ? 'not measured' : formatSeconds(spread.median / 1000),
    );
    return `${panelOf(requests)}, ${printable(requests.arm)}: p50 ${numbers[0] ?? ''}, p99 ${numbers[1] ?? ''}, ${formatNumber(requests.offered)} requests`;
  });
  return `Distributions of latency, by endpoint and arm. ${parts.join('. ')}.`;
}
