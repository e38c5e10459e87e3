import type { FigureTheme } from '../../harness/report/figure/figure.ts';
import { inks } from '../../harness/report/figure/theme.ts';
import { boxHeight, place } from './place.ts';
import type { ServiceGraph } from './service-graph.ts';
import { demandText, escapeText, legend, lineOf, roleColour, svgText, tidy, type Fonts } from './svg-parts.ts';

const margin = 12;
const padding = 10;
const lineRoom = 46;
const headRoom = 44;

/** The application from left to right: endpoints, front, services, stores. For a page. */
export function drawLayers(graph: ServiceGraph, fonts: Fonts, theme: FigureTheme): string {
  const ink = inks[theme];
  const { items, ways, height } = place(graph);
  const endpointText = (text: string, share: number): string => `${text} ${Math.round(share * 100)} %`;
  const widths: number[] = [];
  const widen = (column: number, width: number): void => {
    widths[column] = Math.max(widths[column] ?? 0, width);
  };
  for (const { text, share } of graph.endpoints) widen(0, fonts.regular(endpointText(text, share)) * 11);
  for (const node of graph.nodes) {
    const width = Math.max(fonts.semibold(node.name) * 12, fonts.regular(demandText(node)) * 10.5);
    widen(node.layer + 1, width + 2 * padding);
  }
  const lefts: number[] = [];
  let x = margin;
  for (const width of widths) {
    lefts.push(x);
    x += width + lineRoom;
  }
  const [width, bottom] = [x - lineRoom + margin, headRoom + height + margin];
  const y = (key: string): number => headRoom + (items.get(key)?.y ?? 0);
  const left = (column: number): number => lefts[column] ?? 0;
  const right = (column: number): number => left(column) + (widths[column] ?? 0);

  const lines = ways.map((way, index) => {
    const edge = graph.edges[index];
    if (!edge) return '';
    let path = '';
    for (const [step, key] of way.entries()) {
      const next = way[step + 1];
      if (next === undefined) break;
      const [a, b] = [items.get(key)?.column ?? 0, items.get(next)?.column ?? 0];
      // A line that goes back leaves on the left and arrives on the right.
      const [x1, x2] = a < b ? [right(a), left(b)] : [left(a), right(b)];
      const bend = (x2 - x1) / 2;
      const through = step === 0 ? '' : ` L${x1} ${y(key)}`;
      path += `${step === 0 ? `M${x1} ${y(key)}` : through} C${x1 + bend} ${y(key)} ${x2 - bend} ${y(next)} ${x2} ${y(next)}`;
    }
    return lineOf(path, edge, ink);
  });
  const fronts = graph.endpoints.map(({ text, share, front }) => {
    const column = items.get(front)?.column ?? 1;
    const [x1, x2] = [right(0) + 4, left(column)];
    const bend = (x2 - x1) / 2;
    const path = `M${x1} ${y(text)} C${x1 + bend} ${y(text)} ${x2 - bend} ${y(front)} ${x2} ${y(front)}`;
    return lineOf(path, { calls: share, isSometimes: false }, ink);
  });
  const labels = graph.endpoints.map(({ text, share }) =>
    svgText(right(0), y(text) + 4, endpointText(text, share), { size: 11, fill: ink.text, anchor: 'end' }, fonts),
  );
  const boxes = graph.nodes.map((node) => {
    const [x1, top] = [left(node.layer + 1), y(node.name) - boxHeight / 2];
    const colour = roleColour(node.role, theme);
    return [
      `<rect x="${tidy(x1)}" y="${tidy(top)}" width="${tidy(widths[node.layer + 1] ?? 0)}" height="${boxHeight}" rx="5" fill="${ink.background}" stroke="${colour}" stroke-width="1.5"/>`,
      svgText(x1 + padding, top + 16, node.name, { size: 12, fill: ink.text, weight: 600 }, fonts),
      svgText(x1 + padding, top + 30, demandText(node), { size: 10.5, fill: ink.muted }, fonts),
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(bottom)}" width="${Math.ceil(width)}" height="${Math.ceil(bottom)}" role="img">`,
    `<title>${escapeText(`Services and their calls, with CPU per request of the mix ${graph.mix}`)}</title>`,
    `<rect width="100%" height="100%" fill="${ink.background}"/>`,
    ...legend(graph, margin, fonts, theme),
    ...fronts,
    ...lines,
    ...labels,
    ...boxes,
    '</svg>',
    '',
  ].join('\n');
}
