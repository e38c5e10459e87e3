import type { Plan } from '../../plan/plan.ts';
import type { FigureTheme, FigureWidth } from './figure.ts';
import { inks } from './theme.ts';

/** One panel per arm: side by side where there is room, in rows of three if they are many, one below the other on a phone. */
export interface ArmPanels {
  readonly columns: number;
  readonly panelWidth: number;
  readonly panelHeight: number;
}

/** Arms that fit side by side on a wide figure; more are wrapped. */
const mostColumns = 4;
const wrappedColumns = 3;
const gap = 18;

/** @param axisWidth what the labels of the outer axis take */
export function armPanels(width: FigureWidth, arms: number, axisWidth = 50): ArmPanels {
  const columns = width === 'narrow' ? 1 : arms <= mostColumns ? arms : wrappedColumns;
  const room = (width === 'wide' ? 910 : 335) - axisWidth;
  return {
    columns,
    panelWidth: Math.floor((room - gap * (columns - 1)) / columns),
    panelHeight: width === 'wide' ? (arms <= mostColumns ? 150 : 120) : 96,
  };
}

/** Rows of data carry `arm` and `armIndex`. */
export function armFacet({ columns, panelWidth }: ArmPanels) {
  return {
    columns,
    spacing: { column: gap, row: 18 },
    facet: {
      field: 'arm',
      type: 'nominal' as const,
      sort: { field: 'armIndex', op: 'min' as const },
      header: { title: null, labelAnchor: 'start' as const, labelLimit: panelWidth },
    },
  };
}

/** The time of a trial, in seconds from its start. */
export function secondsAxis({ panelWidth }: ArmPanels, { trialMs }: Pick<Plan, 'trialMs'>) {
  return {
    type: 'quantitative' as const,
    title: null,
    scale: { domain: [0, trialMs / 1000], nice: false },
    axis: {
      grid: false,
      labelExpr: "format(datum.value, '~g') + ' s'",
      tickCount: panelWidth > 250 ? 6 : 4,
      labelFlush: true,
    },
  };
}

/** Shades the warm-up, which no number but those over time uses. */
export function warmupLayer(theme: FigureTheme, { warmupMs }: Pick<Plan, 'warmupMs'>) {
  return {
    transform: [{ aggregate: [{ op: 'count' as const, as: 'count' }], groupby: ['arm'] }],
    mark: { type: 'rect' as const, color: inks[theme].shade },
    encoding: { x: { datum: 0, type: 'quantitative' as const }, x2: { datum: warmupMs / 1000 } },
  };
}
