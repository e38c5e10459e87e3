import { parse, type Spec, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import type { FigureTheme, FigureWidth } from '../figure/figure.ts';
import type { PageData, PageFigure, PageTable } from '../page-data.ts';

/** Below this width of its frame a figure is drawn for a phone; above, the wide one is scaled by 0.85 at least. */
const wideFromPixels = 800;

const source = document.getElementById('page-data')?.textContent ?? '{"figures":[]}';
// The report itself wrote this text, in this shape.
const { figures } = JSON.parse(source) as PageData;
const darkness = matchMedia('(prefers-color-scheme: dark)');

for (const figure of figures) {
  const box = document.querySelector<HTMLElement>(`[data-figure="${figure.name}"]`);
  if (box?.parentElement) keepDrawn(figure, box, box.parentElement);
}

// Folded tables belong on paper too.
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});

/** Draws a figure, and again whenever the width of its frame or the theme asks for another variant. */
function keepDrawn(figure: PageFigure, box: HTMLElement, frame: HTMLElement): void {
  let view: View | null = null;
  let drawn = '';
  const render = async (width: FigureWidth, theme: FigureTheme): Promise<void> => {
    view?.finalize();
    box.dataset['width'] = width;
    const runtime = parse(filled(figure.specs[width][theme], figure.data), undefined, { ast: true });
    view = new View(runtime, { renderer: 'svg', container: box, expr: expressionInterpreter });
    await view.runAsync();
    frame.classList.add('drawn');
  };
  const draw = (): void => {
    const width = frame.clientWidth >= wideFromPixels ? 'wide' : 'narrow';
    const theme = darkness.matches ? 'dark' : 'light';
    if (drawn === `${width} ${theme}`) return;
    drawn = `${width} ${theme}`;
    render(width, theme).catch((error: unknown) => {
      // The still picture takes its place.
      frame.classList.remove('drawn');
      reportError(error);
    });
  };
  draw();
  darkness.addEventListener('change', draw);
  new ResizeObserver(draw).observe(frame);
}

/** The specification with its data sets filled. */
function filled(spec: Spec, data: PageFigure['data']): Spec {
  const sets = (spec.data ?? []).map((set) => {
    const table = data[set.name];
    return table === undefined ? set : { ...set, values: table.rows.map((row) => keyed(table.keys, row)) };
  });
  return { ...spec, data: sets };
}

function keyed(keys: readonly string[], row: PageTable['rows'][number]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key, index) => [key, row[index]]));
}
