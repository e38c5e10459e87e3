import type { TopLevelSpec } from 'vega-lite';

/** Where a figure is drawn: a page or slide about 920 px wide, or a phone of about 340 px. */
export type FigureWidth = 'wide' | 'narrow';
export type FigureTheme = 'light' | 'dark';

/** One row of a figure's data. Infinite values never get here: Vega draws none. */
export type FigureRow = Readonly<Record<string, string | number | boolean | null>>;

export interface Figure {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  /** What to see, in which units, over how many trials. */
  readonly caption: string;
  /** The same for those who cannot see it: what the figure holds, with its numbers. */
  readonly alternative: string;
  /** Rows by data set name; the specification names the sets and holds no data itself. */
  readonly data: Readonly<Record<string, readonly FigureRow[]>>;
  /** The chart in Vega-Lite, without data and without configuration. */
  spec(width: FigureWidth, theme: FigureTheme): TopLevelSpec;
}

/** A figure that could not be made, and why. */
export interface MissingFigure {
  readonly title: string;
  readonly missing: string;
}
