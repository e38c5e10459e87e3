import type { DrawnGroup } from '../../analysis/figure-data.ts';
import type { FigureTheme, FigureWidth } from './figure.ts';
import { inks } from './theme.ts';

/** The populations, as they are named in figures and tables, in their order. */
export const populations = { canary: 'Canary', application: 'Application', all: 'All tasks' } as const;

/** Where a population stands among them. */
export const populationIndex = (group: DrawnGroup): number => Object.keys(populations).indexOf(group);

/** Small multiples by arm and population: arms side by side where there is room, else one below the other. */
export interface ArmGrid {
  readonly armsAre: 'columns' | 'rows';
  readonly panelWidth: number;
  readonly panelHeight: number;
}

/** Arms that fit side by side on a wide figure. */
const mostColumns = 6;

/** Width left for panels by the outer axis, its title and the headers of rows. */
const panelsWidth: Readonly<Record<FigureWidth, number>> = { wide: 850, narrow: 272 };
const gap = 16;

/** @param others what stands against the arms: the populations that are drawn */
export function armGrid(width: FigureWidth, arms: number, others: number): ArmGrid {
  const armsAre = width === 'wide' && arms <= mostColumns ? 'columns' : 'rows';
  const columns = armsAre === 'columns' ? arms : Math.max(2, others);
  const panelWidth = Math.floor(Math.min(420, (panelsWidth[width] - gap * (columns - 1)) / columns));
  return { armsAre, panelWidth, panelHeight: width === 'wide' ? 150 : 92 };
}

/** The facet of a grid; rows of data carry `arm`, `armIndex`, `population` and `populationIndex`. */
export function gridFacet(grid: ArmGrid): {
  readonly row: object;
  readonly column: object;
} {
  const arm = { field: 'arm', sort: { field: 'armIndex', op: 'min' } };
  const population = { field: 'population', sort: { field: 'populationIndex', op: 'min' } };
  const [row, column] = grid.armsAre === 'columns' ? [population, arm] : [arm, population];
  return {
    row: {
      ...row,
      type: 'nominal',
      spacing: grid.armsAre === 'columns' ? 22 : 16,
      header: { title: null, labelAnchor: 'middle', labelLimit: grid.panelHeight },
    },
    column: {
      ...column,
      type: 'nominal',
      spacing: gap,
      header: { title: null, labelAnchor: 'start', labelLimit: grid.panelWidth },
    },
  };
}

/** Decades within a domain in microseconds, for the ticks of a logarithmic axis. */
export function decades(lowMicros: number, highMicros: number): number[] {
  const ticks: number[] = [];
  for (let exponent = Math.ceil(Math.log10(lowMicros) - 1e-9); 10 ** exponent <= highMicros * 1.0001; exponent++)
    ticks.push(10 ** exponent);
  return ticks;
}

/** Ticks of a logarithmic axis: as many in each decade as there is room for. @param most ticks that fit */
export function logTicks(low: number, high: number, most: number): number[] {
  const within = (steps: readonly number[]): number[] =>
    decades(low / 10, high)
      .flatMap((decade) => steps.map((step) => step * decade))
      .filter((tick) => tick >= low && tick <= high * 1.0001);
  return [[1, 2, 5], [1, 3], [1]].map(within).find((ticks) => ticks.length <= most) ?? decades(low, high);
}

/** A Vega expression that writes microseconds with the unit that suits. */
export const microsLabel =
  "datum.value >= 1e6 ? format(datum.value / 1e6, '~g') + ' s' : datum.value >= 1000 ? format(datum.value / 1000, '~g') + ' ms' : datum.value >= 1 ? format(datum.value, '~g') + ' µs' : format(datum.value * 1000, '~g') + ' ns'";

/** What the axes of all panels are, said once above them. */
export function gridTitle(wide: string, narrow: readonly string[], width: FigureWidth, theme: FigureTheme) {
  return {
    text: width === 'wide' ? wide : [...narrow],
    fontSize: 11,
    fontWeight: 400 as const,
    color: inks[theme].muted,
    limit: width === 'wide' ? 900 : 330,
    offset: 10,
  };
}
