import type { Plan } from '../../plan/plan.ts';
import type { FigureTheme, FigureWidth } from './figure.ts';
import { inks } from './theme.ts';

/** One panel per arm: side by side where there is room, else one below the other. */
export interface ArmPanels {
  readonly armsAre: 'columns' | 'rows';
  readonly panelWidth: number;
  readonly panelHeight: number;
}

/** Arms that fit side by side on a wide figure. */
const mostColumns = 4;
const gap = 18;

/** @param axisWidth what the labels of the outer axis take */
export function armPanels(width: FigureWidth, arms: number, axisWidth = 50): ArmPanels {
  const armsAre = width === 'wide' && arms <= mostColumns ? 'columns' : 'rows';
  const columns = armsAre === 'columns' ? arms : 1;
  const room = (width === 'wide' ? 910 : 335) - axisWidth;
  return {
    armsAre,
    panelWidth: Math.floor((room - gap * (columns - 1)) / columns),
    panelHeight: armsAre === 'columns' ? 150 : 96,
  };
}

/** Rows of data carry `arm` and `armIndex`. */
export function armFacet({ armsAre, panelWidth }: ArmPanels): { readonly row?: object; readonly column?: object } {
  const facet = {
    field: 'arm',
    type: 'nominal' as const,
    sort: { field: 'armIndex', op: 'min' as const },
    header: { title: null, labelAnchor: 'start' as const, labelLimit: panelWidth, labelOrient: 'top' as const },
  };
  return armsAre === 'columns' ? { column: { ...facet, spacing: gap } } : { row: { ...facet, spacing: 14 } };
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
