import type { Spec } from 'vega';
import type { Figure, FigureTheme, FigureWidth } from './figure.ts';
import { themeConfig } from './theme.ts';

/** The figure in Vega, without data: `fill` puts it in. Imports Vega-Lite, which is heavy. */
export async function compileFigure(figure: Figure, width: FigureWidth, theme: FigureTheme): Promise<Spec> {
  const { compile } = await import('vega-lite');
  return compile(figure.spec(width, theme), { config: themeConfig(theme), logger: throwingLogger }).spec;
}

/** Puts the rows of a figure into a specification that names their data sets. */
export function fill(spec: Spec, data: Figure['data']): Spec {
  return {
    ...spec,
    data: (spec.data ?? []).map((set) => {
      const rows = data[set.name];
      // Copies, because Vega marks the rows it is given.
      return rows === undefined ? set : { ...set, values: rows.map((row) => ({ ...row })) };
    }),
  };
}

interface Logger {
  level(_: number): this;
  level(): number;
  error(...args: readonly unknown[]): this;
  warn(...args: readonly unknown[]): this;
  info(): this;
  debug(): this;
}

function fail(...messages: readonly unknown[]): never {
  throw new Error(`A figure is wrong: ${messages.map(String).join(' ')}`);
}

/** Vega only warns of a mistyped field and draws nothing: here that is an error. */
export const throwingLogger: Logger = {
  level: ((level?: number) => (level === undefined ? 2 : throwingLogger)) as Logger['level'],
  error: fail,
  warn: fail,
  info: () => throwingLogger,
  debug: () => throwingLogger,
};
