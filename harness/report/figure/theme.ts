import type { Config } from 'vega-lite';
import type { FigureTheme } from './figure.ts';

/** Neutral colours of a theme; the palette of arms is the same in both. */
export interface Ink {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  /** The arm that others are compared with. */
  readonly baseline: string;
  readonly shade: string;
}

export const inks: Readonly<Record<FigureTheme, Ink>> = {
  light: {
    background: '#ffffff',
    text: '#1c2127',
    muted: '#59636e',
    grid: '#e6e9ed',
    baseline: '#6b7580',
    shade: '#f1f3f5',
  },
  dark: {
    background: '#171b21',
    text: '#e8ebef',
    muted: '#a3adb8',
    grid: '#2b323b',
    baseline: '#98a2ad',
    shade: '#20262e',
  },
};

/** Okabe and Ito, Color Universal Design (2008), those first that stand out from white and from near-black by 3 to 1. */
export const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;

/** Blue is too dark for a dark ground, so there the lighter of the two blues takes its place and the other way round. */
export function armColours(arms: readonly string[], baseline: string | null, theme: FigureTheme): string[] {
  const colours = theme === 'light' ? palette : [palette[5], ...palette.slice(1, 5), palette[0]];
  let next = 0;
  return arms.map((arm) => {
    if (arm === baseline) return inks[theme].baseline;
    const colour = colours[next % colours.length] ?? inks[theme].text;
    next++;
    return colour;
  });
}

/** Quantiles by dash, because colour tells arms apart. */
export const quantileDashes = { p50: [1, 0], p95: [6, 2], p99: [2, 2] } as const;

export const figureFont = 'Inter, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export function themeConfig(theme: FigureTheme): Config {
  const ink = inks[theme];
  return {
    background: ink.background,
    font: figureFont,
    aria: false,
    view: { stroke: null },
    axis: {
      domain: false,
      grid: true,
      gridColor: ink.grid,
      gridWidth: 1,
      tickColor: ink.grid,
      tickSize: 4,
      labelColor: ink.muted,
      labelFontSize: 11,
      labelPadding: 4,
      titleColor: ink.muted,
      titleFontSize: 11,
      titleFontWeight: 400,
      titlePadding: 8,
    },
    header: {
      labelColor: ink.text,
      labelFontSize: 12,
      labelFontWeight: 600,
      titleColor: ink.muted,
      titleFontSize: 11,
      titleFontWeight: 400,
      labelPadding: 8,
      labelLimit: 240,
    },
    legend: {
      labelColor: ink.muted,
      labelFontSize: 11,
      titleColor: ink.muted,
      titleFontSize: 11,
      titleFontWeight: 400,
      symbolStrokeWidth: 2,
    },
    text: { color: ink.text, fontSize: 11 },
    title: {
      color: ink.text,
      fontSize: 12,
      fontWeight: 600,
      subtitleColor: ink.muted,
      subtitleFontSize: 11,
      anchor: 'start',
      offset: 8,
    },
  };
}
