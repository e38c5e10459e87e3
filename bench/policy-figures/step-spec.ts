import type { Figure, FigureRow, FigureTheme, FigureWidth } from '../../harness/report/figure/figure.ts';
import { armColours, inks } from '../../harness/report/figure/theme.ts';
import { minutes, type Signal, type StepFigure } from './step-experiment.ts';

const sizes = { wide: { width: 600, height: 96 }, narrow: { width: 270, height: 84 } } as const;

const titles: Readonly<Record<Signal, string>> = {
  utilisation: 'CPU used, of the request',
  wait: 'Run-queue wait at p95 (logarithmic scale)',
  latency: 'Latency at p95 (logarithmic scale)',
};
/** Ranges that hold the lines of all figures, whatever chance does to a point. */
const scales = {
  utilisation: { scale: { domain: [0, 120] }, ticks: [0, 50, 100], label: "datum.value + ' %'" },
  wait: { scale: { type: 'log', domain: [0.1, 10_000] }, ticks: [0.1, 1, 10, 100, 1000, 10_000] },
  latency: { scale: { type: 'log', domain: [10, 20_000] }, ticks: [10, 100, 1000, 10_000] },
} as const;
const milliseconds =
  "datum.value >= 1000 ? datum.value / 1000 + ' s' : (datum.value < 1 ? '≤ ' : '') + datum.value + ' ms'";

/** Three panels over one axis of time: what is offered, what the policy does about it, and what it steers by. */
export function stepFigure(figure: StepFigure, rows: readonly FigureRow[]): Figure {
  return {
    name: `${figure.name}-step`,
    title: `Response of ${figure.name} to a step of load`,
    ...{ caption: '', alternative: '' },
    // Thinner from the first to the last, so that a line that lies on another hides none of it.
    data: {
      points: Object.values(figure.arms).flatMap((arm, place) =>
        rows.filter((row) => row['arm'] === arm).map((row) => ({ ...row, width: 2.75 - 0.75 * place })),
      ),
    },
    spec: (width, theme) => ({
      data: { name: 'points' },
      spacing: 14,
      // Only the first panel that tells arms apart has the legend.
      resolve: { scale: { color: 'independent' } },
      vconcat: [
        offeredPanel(width, theme, Object.values(figure.arms)[0] ?? ''),
        replicasPanel(width, theme, figure),
        signalPanel(width, theme, figure),
      ],
    }),
  };
}

const title = (text: string, theme: FigureTheme) => ({
  ...{ text, fontSize: 11, fontWeight: 400 as const, color: inks[theme].muted, offset: 6 },
});

const x = (hasTitle: boolean) => ({
  ...{ field: 'minutes', type: 'quantitative' as const, scale: { domain: [0, minutes], nice: false } },
  title: hasTitle ? 'minutes' : null,
  axis: { values: [0, 5, 10, 15, 20, 25, 30], labels: hasTitle, ticks: hasTitle },
});

const axis = { minExtent: 52, maxExtent: 52 };

/** The same for all arms: of the first. */
function offeredPanel(width: FigureWidth, theme: FigureTheme, arm: string) {
  return {
    ...sizes[width],
    height: 0.6 * sizes[width].height,
    title: title('Requests per second', theme),
    transform: [{ filter: { field: 'arm', equal: arm } }],
    mark: { type: 'line' as const, interpolate: 'step' as const, color: inks[theme].text, strokeWidth: 1.5 },
    encoding: {
      x: x(false),
      y: {
        ...{ field: 'offered', type: 'quantitative' as const, title: null },
        ...{ scale: { domain: [0, 360], nice: false }, axis: { ...axis, values: [0, 100, 200, 300] } },
      },
    },
  };
}

function colour(theme: FigureTheme, { arms }: StepFigure) {
  const names = Object.values(arms);
  return {
    ...{ field: 'arm', type: 'nominal' as const },
    scale: { domain: names, range: armColours(names, null, theme) },
    legend: { title: null, orient: 'top' as const, symbolType: 'stroke' as const, offset: 4 },
  };
}

/** As the rows say it. */
const strokeWidth = { field: 'width', type: 'quantitative' as const, scale: null };

function replicasPanel(width: FigureWidth, theme: FigureTheme, figure: StepFigure) {
  return {
    ...sizes[width],
    title: title('Replicas wanted', theme),
    mark: { type: 'line' as const, interpolate: 'step' as const },
    encoding: {
      x: x(false),
      y: {
        ...{ field: 'replicas', type: 'quantitative' as const, title: null },
        ...{ scale: { zero: true, nice: 4 }, axis: { ...axis, tickMinStep: 1, tickCount: 4 } },
      },
      color: colour(theme, figure),
      strokeWidth,
    },
  };
}

function signalPanel(width: FigureWidth, theme: FigureTheme, figure: StepFigure) {
  const { signal, target } = figure;
  const ink = inks[theme];
  const { scale, ticks, label = milliseconds } = { label: undefined, ...scales[signal] };
  const y = { type: 'quantitative' as const, scale: { ...scale, domain: [...scale.domain], nice: false, clamp: true } };
  const bands = target.band === null ? [] : [{ from: target.band[0], to: target.band[1] }];
  return {
    ...sizes[width],
    title: title(titles[signal], theme),
    layer: [
      {
        data: { values: bands },
        mark: { type: 'rect' as const, color: ink.baseline, opacity: 0.3 },
        encoding: { y: { ...y, field: 'from' }, y2: { field: 'to' } },
      },
      {
        data: { values: [target] },
        mark: { type: 'rule' as const, color: ink.text, strokeDash: [4, 3], strokeWidth: 1 },
        encoding: { y: { ...y, field: 'value' } },
      },
      {
        mark: { type: 'line' as const },
        encoding: {
          x: x(true),
          y: { ...y, field: 'signal', title: null, axis: { ...axis, values: [...ticks], labelExpr: label } },
          color: { ...colour(theme, figure), legend: null },
          strokeWidth,
        },
      },
      {
        data: { values: [target] },
        mark: {
          type: 'text' as const,
          align: 'left' as const,
          baseline: 'middle' as const,
          dx: 5,
          color: ink.text,
        },
        encoding: {
          x: { datum: minutes, type: 'quantitative' as const },
          y: { ...y, field: 'value' },
          text: { field: 'label', type: 'nominal' as const },
        },
      },
    ],
  };
}
