import type { Spec } from 'vega';
import { figureFonts, readTextWidth } from './font.ts';
import { throwingLogger } from './compile.ts';

/** Draws a Vega specification with its data as SVG. Imports Vega, which is heavy. */
export async function drawSvg(spec: Spec): Promise<string> {
  const vega = await import('vega');
  await useRealTextWidths(vega);
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logger: throwingLogger });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** Pixels of a PNG per pixel of its SVG: sharp on a slide. */
const pngScale = 2;

/** Draws SVG as PNG, with the given font files and no other. Without any, resvg leaves text out and says nothing. */
export async function drawPng(
  svg: string,
  background: string,
  fontFiles: readonly string[] = Object.values(figureFonts()),
): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: pngScale },
    background,
    font: { loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: 'Inter' },
  });
  return new Uint8Array(image.render().asPng());
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  /** Above 0, the width at which the text is cut. */
  readonly limit?: number;
}

/** Without a canvas Vega takes each letter for 0.8 em wide, and leaves too much room around every text. */
async function useRealTextWidths(vega: object): Promise<void> {
  const fonts = figureFonts();
  const [regular, semibold] = await Promise.all([readTextWidth(fonts.regular), readTextWidth(fonts.semibold)]);
  // Vega exports this object for exactly this purpose, but its types leave it out.
  const { textMetrics } = vega as { textMetrics: { width: (item: TextItem, text: string) => number } };
  textMetrics.width = (item, text) => {
    const width = item.fontWeight === 600 || item.fontWeight === 'bold' ? semibold : regular;
    const pixels = width(text) * (item.fontSize ?? 11);
    return item.limit !== undefined && item.limit > 0 ? Math.min(pixels, item.limit) : pixels;
  };
}
