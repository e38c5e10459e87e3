import type { Config } from 'vega-lite';
import type { TimePart } from '../../analysis/request-time.ts';
import type { DecisionKind } from '../../telemetry/action.ts';
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

/**
 * Blue is too dark for a dark ground, so there the lighter of the two blues takes its place and the other way round. A violet of ours comes
 * last, so that eight arms, one of which is the baseline, have colours of their own.
 */
const paletteOf = (theme: FigureTheme): readonly string[] =>
  theme === 'light' ? [...palette, '#6a3d9a'] : [palette[5], ...palette.slice(1, 5), palette[0], '#b79be0'];

export function armColours(arms: readonly string[], baseline: string | null, theme: FigureTheme): string[] {
  const colours = paletteOf(theme);
  let next = 0;
  return arms.map((arm) => {
    if (arm === baseline) return inks[theme].baseline;
    const colour = colours[next % colours.length] ?? inks[theme].text;
    next++;
    return colour;
  });
}

const shapes = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
  'triangle-left',
];

/** Beside colour, for those who cannot tell it apart, and for more arms than there are colours. */
export const armShapes = (count: number): string[] =>
  Array.from({ length: count }, (_, arm) => shapes[arm % shapes.length] ?? 'circle');

/** Colours of series that lie next to each other, at most one more than Okabe and Ito give here. */
export function seriesColours(theme: FigureTheme, count: number): readonly string[] {
  return [...paletteOf(theme).slice(0, palette.length), '#f0e442'].slice(0, count);
}

/** Kinds of actions by colour and shape. */
export const actionColours = (theme: FigureTheme): Readonly<Record<DecisionKind, string>> => ({
  replicas: theme === 'light' ? palette[0] : palette[5],
  cpu: palette[1],
  memory: palette[2],
  placement: palette[3],
});
export const actionShapes: Readonly<Record<DecisionKind, string>> = {
  replicas: 'square',
  cpu: 'circle',
  memory: 'diamond',
  placement: 'cross',
};

/** Behind differences: zero, within which they do not matter, and which two equal arms show. */
export const bandColours = (theme: FigureTheme) =>
  theme === 'light'
    ? { zero: inks.light.muted, margin: '#e9eef4', noise: '#f6dfae' }
    : { zero: inks.dark.muted, margin: '#252d37', noise: '#5c4716' };

/** Quantiles by dash, because colour tells arms apart. */
export const quantileDashes = { p50: [1, 0], p95: [6, 2], p99: [2, 2] } as const;

/** From little to much, of one lightness after the other, so that it reads without colour too; from near the ground to far from it. */
export const heatColours = (theme: FigureTheme): readonly string[] =>
  theme === 'light' ? ['#fdf3dc', '#f3b74f', '#d55e00', '#5a1a00'] : ['#2e2413', '#8a4407', '#e69f00', '#fff3c4'];

/** What became of requests: apart for every kind of colour vision, and apart from each other in lightness. */
export const loadColours = (theme: FigureTheme) =>
  ({ offered: inks[theme].text, completed: '#009e73', failed: '#d55e00', 'not sent': '#cc79a7' }) as const;

/** What the time of a request went into. What is the application's own is in colour, what lies outside or is unexplained in grey. */
export const timeColours = (theme: FigureTheme): Readonly<Record<TimePart, string>> => ({
  lateness: theme === 'light' ? '#c3cad2' : '#4a535e',
  network: theme === 'light' ? '#97a1ac' : '#6b7580',
  cpu: '#009e73',
  contention: '#d55e00',
  throttled: '#cc79a7',
  unknownWait: '#f0e442',
  connection: '#e69f00',
  stores: theme === 'light' ? palette[0] : palette[5],
  rest: theme === 'light' ? '#e1e5ea' : '#343c46',
});

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
