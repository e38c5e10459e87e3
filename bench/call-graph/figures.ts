import { loadApplication } from '../../harness/application/load-application.ts';
import { figureFonts, readTextWidth } from '../../harness/report/figure/font.ts';
import { formatDiagnostics } from '../../harness/yaml/diagnostic.ts';
import { drawArcs } from './draw-arcs.ts';
import { drawLayers } from './draw-layers.ts';
import { serviceGraph } from './service-graph.ts';

/** The drawings of an application's file, as SVG by the end of their file names. */
export async function callGraphFigures(text: string, fileName: string): Promise<ReadonlyMap<string, string>> {
  const loaded = loadApplication({ text, fileName });
  if (!loaded.ok) throw new Error(formatDiagnostics(loaded.diagnostics));
  const graph = serviceGraph(loaded.application);
  const files = figureFonts();
  const [regular, semibold] = await Promise.all([readTextWidth(files.regular), readTextWidth(files.semibold)]);
  const fonts = { regular, semibold };
  return new Map([
    ['', drawLayers(graph, fonts, 'light')],
    ['-dark', drawLayers(graph, fonts, 'dark')],
    ['-narrow', drawArcs(graph, fonts, 'light')],
    ['-narrow-dark', drawArcs(graph, fonts, 'dark')],
  ]);
}
