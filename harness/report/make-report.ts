import { compileFigure, fill } from './figure/compile.ts';
import { drawPng, drawSvg } from './figure/draw.ts';
import type { Figure } from './figure/figure.ts';
import { inks } from './figure/theme.ts';
import { renderHtml } from './html.ts';
import { makeDocument } from './make-document.ts';
import { renderMarkdown } from './markdown.ts';
import type { PageFigure, PageTable } from './page-data.ts';
import type { ReportInput } from './report-input.ts';

/** The files of a report. Whoever calls writes them. */
export interface ReportFiles {
  readonly html: string;
  readonly markdown: string;
  readonly figures: readonly FigureFile[];
}

export interface FigureFile {
  /** File name without extension, under `figures/`. */
  readonly name: string;
  readonly svg: string;
  readonly png: Uint8Array;
}

/** Makes the report; the same input gives the same bytes. Imports Vega, Vega-Lite and resvg, which are heavy. */
export async function makeReport(input: ReportInput): Promise<ReportFiles> {
  const document = makeDocument(input);
  const pageFigures: PageFigure[] = [];
  const figures: FigureFile[] = [];
  for (const figure of document.figures) {
    if ('missing' in figure) continue;
    const specs = await compileVariants(figure);
    const svg = await drawSvg(fill(specs.wide.light, figure.data));
    pageFigures.push({ name: figure.name, data: pageTables(figure.data), specs });
    figures.push({ name: figure.name, svg, png: await drawPng(svg, inks.light.background) });
  }
  const drawings = new Map(figures.map(({ name, svg }) => [name, svg]));
  return {
    html: renderHtml(document, drawings, { figures: pageFigures }, input.pageScript),
    markdown: renderMarkdown(document),
    figures,
  };
}

async function compileVariants(figure: Figure): Promise<PageFigure['specs']> {
  const [wideLight, wideDark, narrowLight, narrowDark] = await Promise.all([
    compileFigure(figure, 'wide', 'light'),
    compileFigure(figure, 'wide', 'dark'),
    compileFigure(figure, 'narrow', 'light'),
    compileFigure(figure, 'narrow', 'dark'),
  ]);
  return { wide: { light: wideLight, dark: wideDark }, narrow: { light: narrowLight, dark: narrowDark } };
}

function pageTables(data: Figure['data']): PageFigure['data'] {
  const tables = Object.entries(data).map(([name, rows]): [string, PageTable] => {
    const keys = Object.keys(rows[0] ?? {});
    return [name, { keys, rows: rows.map((row) => keys.map((key) => row[key] ?? null)) }];
  });
  return Object.fromEntries(tables);
}
