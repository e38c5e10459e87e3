import type { FigureWidth } from './figure.ts';

/** Panels by arm and load over one axis of time: arms in columns and loads in rows, on a phone the other way round. */
export interface TimePanels {
  readonly areColumns: boolean;
  readonly panelWidth: number;
  readonly panelHeight: number;
  /** By which rows of data fall into panels. They carry `arm`, `armIndex`, `load` and `loadIndex`. */
  readonly fields: readonly string[];
  readonly spacing: { readonly row: number; readonly column: number };
  /** @param isNamed whether the names of arms stand above */
  facet(isNamed: boolean): { readonly row?: object; readonly column?: object };
}

const axisWidth = 56;

export function timePanels(width: FigureWidth, [arms, loads]: readonly [number, number]): TimePanels {
  const areColumns = width === 'wide';
  const gap = arms > 4 ? 8 : 14;
  const panelWidth = areColumns
    ? Math.floor((905 - axisWidth - (loads > 1 ? 20 : 0) - gap * (arms - 1)) / arms)
    : Math.floor((330 - axisWidth - 8 * (loads - 1)) / loads);
  const panelHeight = areColumns ? (loads > 1 ? 56 : 72) : 54;
  const arm = { field: 'arm', type: 'nominal', sort: { field: 'armIndex', op: 'min' } };
  const load = { field: 'load', type: 'nominal', sort: { field: 'loadIndex', op: 'min' } };
  const header = { title: null, labelAnchor: 'start', labelLimit: panelWidth, labelPadding: 4 };
  const loadHeader = { title: null, labelFontSize: 10, labelFontWeight: 400, labelLimit: panelHeight, labelPadding: 2 };
  return {
    ...{ areColumns, panelWidth, panelHeight, fields: loads > 1 ? ['arm', 'load'] : ['arm'] },
    spacing: areColumns ? { row: 8, column: gap } : { row: 10, column: 8 },
    facet: (isNamed) =>
      areColumns
        ? {
            column: { ...arm, header: { ...header, labels: isNamed } },
            ...(loads > 1 ? { row: { ...load, header: loadHeader } } : {}),
          }
        : {
            row: { ...arm, header: { ...header, labelAngle: 0, labelOrient: 'top' } },
            ...(loads > 1 ? { column: { ...load, header: loadHeader } } : {}),
          },
  };
}
