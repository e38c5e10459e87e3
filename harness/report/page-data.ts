import type { Spec } from 'vega';
import type { FigureRow, FigureTheme, FigureWidth } from './figure/figure.ts';

/** What the page's program gets: each figure's data once, and its specifications without data. */
export interface PageData {
  readonly figures: readonly PageFigure[];
}

export interface PageFigure {
  readonly name: string;
  readonly data: Readonly<Record<string, PageTable>>;
  readonly specs: Readonly<Record<FigureWidth, Readonly<Record<FigureTheme, Spec>>>>;
}

/** Rows without their keys, a third of the size. All rows of a data set have the same keys in the same order. */
export interface PageTable {
  readonly keys: readonly string[];
  readonly rows: readonly (readonly FigureRow[string][])[];
}
