import type { ServicePoint } from '../../analysis/application-figure-data.ts';
import type { FigureData } from '../../analysis/figure-data.ts';
import type { Summary } from '../../analysis/summary.ts';
import { exactDuration, formatSeconds } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { behindResults, plural } from '../wording.ts';
import { gridTitle, logTicks, microsLabel } from './arm-grid.ts';
import { armFacet, armPanels, secondsAxis } from './arm-panels.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { countText, missingWaits } from './figure-words.ts';
import { heatColours, inks } from './theme.ts';

const title = 'Which service waited for a CPU, and when';

/** p95 of run-queue wait by service and time, as a map of cells for each arm. */
export function waitMapFigure(summary: Summary, data: FigureData, plan: Plan): Figure | MissingFigure {
  const points = data.application?.servicesOverTime ?? [];
  const cells = points.flatMap((point) =>
    point.waitP95Seconds === null ? [] : [{ ...point, micros: Math.max(point.waitP95Seconds * 1e6, 0.1) }],
  );
  const [first] = cells;
  if (first === undefined)
    return {
      title,
      missing: missingWaits(
        summary.experiment.source,
        'schedstat gives sums of waits, hence no quantiles.',
        'in no valid trial was a wait of a service recorded.',
      ),
    };
  const arms = plan.arms.map(({ name }) => name).filter((arm) => cells.some((cell) => cell.arm === arm));
  const services = rankedServices(cells);
  const silent = new Set(points.map(({ service }) => service)).size - services.length;
  const micros = cells.map((cell) => cell.micros);
  const low = micros.reduce((least, one) => Math.min(least, one), Infinity);
  const high = Math.max(
    10 * low,
    micros.reduce((most, one) => Math.max(most, one), 0),
  );
  return {
    name: 'wait-map',
    title,
    caption: `p95 of the run-queue waits that ended in each step of ${exactDuration(first.toMs - first.fromMs)}, throttling included, of all replicas of a service in the ${countText(summary.arms.map(({ valid }) => valid))} valid trials of an arm together${behindResults(plan)}. Colour on a logarithmic scale. Empty cells: nothing was recorded, since nothing waited. Services with the longest waits on top${silent === 0 ? '' : `; ${plural(silent, 'service')} that never waited left out`}. Left of the line: warm-up.`,
    alternative: alternativeText(cells, arms, services, plan),
    data: { cells: cells.map((cell) => cellRow(cell, arms, services)) },
    spec: (width, theme) => spec(width, theme, { arms, services, micros: [low, high], plan }),
  };
}

interface WaitCell extends ServicePoint {
  readonly micros: number;
}

/** By the mean over all cells, the longest waits first. */
function rankedServices(cells: readonly WaitCell[]): readonly string[] {
  const sums = new Map<string, { total: number; count: number }>();
  for (const { service, micros } of cells) {
    const sum = sums.get(service) ?? { total: 0, count: 0 };
    sums.set(service, { total: sum.total + micros, count: sum.count + 1 });
  }
  return [...sums].sort(([, a], [, b]) => b.total / b.count - a.total / a.count).map(([service]) => service);
}

function cellRow(cell: WaitCell, arms: readonly string[], services: readonly string[]): FigureRow {
  const { fromMs, toMs } = cell;
  return {
    ...{ arm: printable(cell.arm), armIndex: arms.indexOf(cell.arm) },
    ...{ service: printable(cell.service), rank: services.indexOf(cell.service) },
    ...{ from: fromMs / 1000, to: toMs / 1000, micros: Number(cell.micros.toPrecision(3)) },
    wait: `${printable(cell.service)}, ${exactDuration(fromMs)} to ${exactDuration(toMs)}: p95 ${formatSeconds(cell.micros / 1e6)}`,
  };
}

interface Drawing {
  readonly arms: readonly string[];
  readonly services: readonly string[];
  readonly micros: readonly [low: number, high: number];
  readonly plan: Plan;
}

/** Width of the names of services, cut if they are longer. */
const nameWidth = 140;

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  { arms, services, micros: [low, high], plan }: Drawing,
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  const colours = heatColours(theme);
  const names = width === 'wide' ? nameWidth : 122;
  const gradientLength = width === 'wide' ? 320 : 170;
  const panels = armPanels(width, arms.length, names + 12);
  const x = secondsAxis(panels, plan);
  // Equal parts of a logarithmic scale, one colour after the other.
  const domain = colours.map((_, index) => low * (high / low) ** (index / (colours.length - 1)));
  return {
    data: { name: 'cells' },
    title: gridTitle(
      'p95 run-queue wait (empty: nothing waited)',
      ['p95 run-queue wait (empty: nothing waited)'],
      width,
      theme,
    ),
    ...armFacet(panels),
    spec: {
      width: panels.panelWidth,
      height: { step: services.length <= 8 ? 22 : 13 },
      view: { fill: ink.shade },
      layer: [
        {
          mark: { type: 'rect', stroke: ink.background, strokeWidth: 0.4 },
          encoding: {
            x: { ...x, field: 'from' },
            x2: { field: 'to' },
            y: {
              field: 'service',
              type: 'nominal',
              sort: services.map(printable),
              title: null,
              axis: { grid: false, ticks: false, labelLimit: names, labelFontSize: width === 'wide' ? 10.5 : 10 },
            },
            color: {
              field: 'micros',
              type: 'quantitative',
              scale: { type: 'log', domain, range: [...colours], nice: false },
              legend: {
                ...{ title: null, orient: 'top', gradientLength, gradientThickness: 10 },
                ...{ values: logTicks(low, high, gradientLength / 56), labelExpr: microsLabel },
              },
            },
            tooltip: { field: 'wait', type: 'nominal' },
          },
        },
        {
          transform: [{ aggregate: [{ op: 'count', as: 'count' }], groupby: ['arm'] }],
          mark: { type: 'rule', color: ink.text, strokeWidth: 1 },
          encoding: { x: { datum: plan.warmupMs / 1000, type: 'quantitative' } },
        },
      ],
    },
  };
}

function alternativeText(
  cells: readonly WaitCell[],
  arms: readonly string[],
  services: readonly string[],
  { warmupMs }: Plan,
): string {
  const parts = arms.map((arm) => {
    const numbers = services.slice(0, 5).flatMap((service) => {
      const own = cells.filter((cell) => cell.arm === arm && cell.service === service && cell.fromMs >= warmupMs);
      const worst = own.reduce((most, { micros }) => Math.max(most, micros), 0);
      return own.length === 0 ? [] : [`${printable(service)} up to ${formatSeconds(worst / 1e6)}`];
    });
    return `${printable(arm)}: ${numbers.join(', ')}`;
  });
  return `p95 of run-queue wait by service and time, by arm. After the warm-up: ${parts.join('. ')}.`;
}
