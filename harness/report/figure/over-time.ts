import type { FigureData, SeriesPoint } from '../../analysis/figure-data.ts';
import type { Summary } from '../../analysis/summary.ts';
import { seriesSteps } from '../../analysis/time-steps.ts';
import type { Plan } from '../../plan/plan.ts';
import { exactDuration, formatSeconds } from '../../core/units.ts';
import { printable } from '../escape.ts';
import { behindResults } from '../wording.ts';
import { armGrid, decades, gridFacet, gridTitle, microsLabel, populationIndex, populations } from './arm-grid.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { missingWaits } from './figure-words.ts';
import { armColours, inks, quantileDashes } from './theme.ts';

const title = 'Waits over the course of a trial';
const quantiles = ['p50', 'p95', 'p99'] as const;

/** Figure 2: p50, p95 and p99 over time, one thin line per block and a strong one for their median. */
export function overTimeFigure(
  summary: Summary,
  data: FigureData,
  plan: Plan,
  baseline: string | null,
): Figure | MissingFigure {
  const measured = data.series.filter((point) => quantiles.some((quantile) => micros(point, quantile) !== null));
  const arms = summary.arms.map((arm) => arm.name).filter((arm) => measured.some((point) => point.arm === arm));
  if (arms.length === 0)
    return {
      title,
      missing: missingWaits(
        summary.experiment.source,
        'schedstat gives sums of waits, hence no quantiles over time.',
        'no valid trial has quantiles over time.',
      ),
    };
  const { stepMs } = seriesSteps(plan);
  const lines = measured.flatMap((point) => lineRows(point, arms, stepMs));
  const medians = medianRows(lines, stepMs);
  const domain = domainOf(lines);
  const groups = new Set(measured.map(({ group }) => group)).size;
  // The last sample may end a little after the plan says.
  const lengthMs = measured.reduce((most, point) => Math.max(most, point.atMs), plan.trialMs);
  const blocks = [...new Set(measured.map((point) => point.block))];
  const thin = new Set(spreadOut(blocks, mostThinLines));
  const thinLines = measured.filter(({ block }) => thin.has(block)).flatMap((point) => lineRows(point, arms, stepMs));
  const drawn = blocks.length > thin.size ? `; ${thin.size} of them drawn` : '';
  return {
    name: 'over-time',
    title,
    caption: `p50, p95 and p99 of the waits that ended in each ${stepMs === plan.sampleMs ? 'sample' : 'step'} of ${exactDuration(stepMs)}, drawn at its middle, on a logarithmic scale. One thin line per block (${blocks.length}${drawn}${behindResults(plan)}), the strong line is their median. Shaded: the first ${exactDuration(plan.warmupMs)}, warm-up, which no number of this report uses.`,
    alternative: alternativeText(medians, arms, plan),
    data: { lines: [...thinLines, ...medians] },
    spec: (width, theme) => spec(width, theme, [arms, groups], baseline, domain, { ...plan, trialMs: lengthMs }),
  };
}

/** More lines on top of each other are a blur. */
const mostThinLines = 8;

/** Some of many, evenly spread; all if they are few. */
function spreadOut<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return items.filter(
    (_, index) => Math.floor((index * most) / items.length) !== Math.floor(((index - 1) * most) / items.length),
  );
}

type Quantile = (typeof quantiles)[number];

interface LineRow extends FigureRow {
  readonly arm: string;
  readonly armIndex: number;
  readonly population: string;
  readonly populationIndex: number;
  readonly quantile: Quantile;
  /** The block and quantile of a thin line, or null for a point of the strong one. */
  readonly line: string | null;
  readonly seconds: number;
  readonly micros: number;
}

function micros(point: SeriesPoint, quantile: Quantile): number | null {
  const seconds = point[`${quantile}Seconds`];
  // A logarithmic axis has no place for 0; a nanosecond is finer than any slot.
  return seconds === null ? null : Number(Math.max(seconds * 1e6, 1e-3).toPrecision(4));
}

/** A sample is drawn at the middle of its interval, so that the last one of the warm-up is still within it. */
function lineRows(point: SeriesPoint, arms: readonly string[], sampleMs: number): LineRow[] {
  return quantiles.flatMap((quantile) => {
    const value = micros(point, quantile);
    if (value === null) return [];
    return [
      {
        arm: printable(point.arm),
        armIndex: arms.indexOf(point.arm),
        population: populations[point.group],
        populationIndex: populationIndex(point.group),
        quantile,
        line: `${point.block} ${quantile}`,
        seconds: Number(((point.atMs - sampleMs / 2) / 1000).toFixed(3)),
        micros: value,
      },
    ];
  });
}

/** Median over blocks of the samples that fall into the same step of time. */
function medianRows(lines: readonly LineRow[], sampleMs: number): LineRow[] {
  const groups = new Map<string, LineRow[]>();
  for (const row of lines) {
    const step = Math.floor((row.seconds * 1000) / sampleMs);
    const key = `${row.armIndex} ${row.populationIndex} ${row.quantile} ${step}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const step = Math.floor((first.seconds * 1000) / sampleMs);
    const micros = median(group.map((row) => row.micros));
    return [{ ...first, line: null, seconds: ((step + 0.5) * sampleMs) / 1000, micros }];
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  // Between two values on a logarithmic axis the middle is the geometric one.
  return Number(Math.sqrt(low * high).toPrecision(4));
}

function domainOf(rows: readonly LineRow[]): readonly [number, number] {
  const values = rows.map((row) => row.micros);
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  return [low * 0.8, Math.max(high * 1.25, low * 10)];
}

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  [arms, groups]: readonly [readonly string[], number],
  baseline: string | null,
  domain: readonly [number, number],
  plan: Pick<Plan, 'trialMs' | 'warmupMs' | 'sampleMs'>,
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  const grid = armGrid(width, arms.length, groups);
  const trialSeconds = plan.trialMs / 1000;
  const x = {
    field: 'seconds',
    type: 'quantitative' as const,
    scale: { domain: [0, trialSeconds], nice: false },
  };
  const y = {
    field: 'micros',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [...domain], nice: false },
  };
  const color = {
    field: 'arm',
    type: 'nominal',
    scale: { domain: arms.map(printable), range: armColours(arms, baseline, theme) },
    legend: null,
  } as const;
  const strokeDash = {
    field: 'quantile',
    type: 'nominal',
    scale: { domain: [...quantiles], range: quantiles.map((quantile) => [...quantileDashes[quantile]]) },
    legend: { title: null, orient: 'top', symbolType: 'stroke', symbolSize: 500, symbolStrokeColor: ink.text },
  } as const;
  const dots = {
    transform: [{ filter: 'datum.line === null' }],
    mark: { type: 'point' as const, filled: true, opacity: 1, size: 16 },
    encoding: { x, y, color },
  };
  return {
    data: { name: 'lines' },
    title: gridTitle(
      'Wait (logarithmic scale), by seconds into the trial',
      ['Wait (logarithmic scale), by seconds into the trial'],
      width,
      theme,
    ),
    facet: gridFacet(grid),
    spec: {
      width: grid.panelWidth,
      height: grid.panelHeight,
      layer: [
        {
          transform: [{ aggregate: [{ op: 'count', as: 'count' }], groupby: ['arm'] }],
          mark: { type: 'rect', color: ink.shade },
          encoding: { x: { datum: 0, type: 'quantitative' }, x2: { datum: plan.warmupMs / 1000 } },
        },
        {
          transform: [{ filter: 'datum.line !== null' }],
          mark: { type: 'line', strokeWidth: 0.75, opacity: 0.35 },
          encoding: {
            x: {
              ...x,
              title: null,
              axis: { grid: false, format: '~g', tickCount: grid.panelWidth > 160 ? 6 : 4, labelFlush: true },
            },
            y: {
              ...y,
              title: null,
              axis: { values: decades(...domain), labelExpr: microsLabel },
            },
            color,
            detail: { field: 'line', type: 'nominal' },
          },
        },
        {
          transform: [{ filter: 'datum.line === null' }],
          mark: { type: 'line', strokeWidth: 2 },
          encoding: { x, y, color, strokeDash },
        },
        // Lines of few samples bend at each of them; a single sample would have no line at all.
        ...(plan.trialMs / plan.sampleMs > 12 ? [] : [dots]),
      ],
    },
  };
}

function alternativeText(medians: readonly LineRow[], arms: readonly string[], plan: Plan): string {
  const drawn = Object.values(populations).filter((population) => medians.some((row) => row.population === population));
  const parts = arms.flatMap((arm, armIndex) =>
    drawn.map((population) => {
      const numbers = quantiles.map((quantile) => {
        const values = medians
          .filter(
            (row) =>
              row.armIndex === armIndex &&
              row.population === population &&
              row.quantile === quantile &&
              row.seconds * 1000 > plan.warmupMs,
          )
          .map((row) => row.micros);
        return values.length === 0 ? `${quantile} not measured` : `${quantile} ${formatSeconds(median(values) / 1e6)}`;
      });
      return `${population}, ${printable(arm)}: ${numbers.join(', ')}`;
    }),
  );
  return `Quantiles of run-queue wait over time, by arm. Typical values after the warm-up: ${parts.join('. ')}.`;
}
