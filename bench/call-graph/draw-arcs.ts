import type { FigureTheme } from '../../harness/report/figure/figure.ts';
import { inks } from '../../harness/report/figure/theme.ts';
import type { ServiceGraph } from './service-graph.ts';
import {
  demandText,
  escapeText,
  legend,
  lineOf,
  paleOpacity,
  roleColour,
  svgText,
  tidy,
  type Fonts,
} from './svg-parts.ts';

const width = 340;
const margin = 8;
const rowHeight = 38;
const headRoom = 52;

/** The same in one column: a service in each row, callers above, and a bow from each caller to whom it calls. For a phone. */
export function drawArcs(graph: ServiceGraph, fonts: Fonts, theme: FigureTheme): string {
  const ink = inks[theme];
  const nodes = [...graph.nodes].sort((a, b) => a.layer - b.layer);
  const y = (name: string): number => headRoom + rowHeight * nodes.findIndex((node) => node.name === name) + 14;
  const start = (name: string): number => margin + 16 + fonts.semibold(name) * 12 + 6;
  const deepest = width - margin - 4;
  const bows = graph.edges.map((edge) => {
    const [y1, y2] = [y(edge.from), y(edge.to)];
    const [x1, x2] = [start(edge.from), start(edge.to)];
    // Longer bows reach further out. The curve comes three quarters of the way to its control points.
    const inner = Math.max(x1, x2);
    const reach = 10 + (deepest - inner - 10) * Math.sqrt(Math.abs(y2 - y1) / (rowHeight * nodes.length));
    const out = inner + (reach * 4) / 3;
    const path = `M${x1} ${y1} C${out} ${y1} ${out} ${y2} ${x2} ${y2}`;
    const opacity = edge.calls === 0 ? paleOpacity : 1;
    const tip = `<path d="M${tidy(x2 + 6)} ${y2 - 3} L${tidy(x2)} ${y2} L${tidy(x2 + 6)} ${y2 + 3}" fill="none" stroke="${ink.baseline}" stroke-opacity="${opacity}"/>`;
    return lineOf(path, edge, ink) + tip;
  });
  const rows = nodes.map((node) => {
    const at = y(node.name);
    return [
      `<rect x="${margin}" y="${at - 9}" width="10" height="24" rx="2" fill="${ink.background}" stroke="${roleColour(node.role, theme)}" stroke-width="1.5"/>`,
      svgText(margin + 16, at + 1, node.name, { size: 12, fill: ink.text, weight: 600 }, fonts),
      svgText(margin + 16, at + 15, demandText(node), { size: 10.5, fill: ink.muted }, fonts),
    ].join('');
  });
  const height = headRoom + rowHeight * nodes.length + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeText(`Services and their calls, with CPU per request of the mix ${graph.mix}`)}</title>`,
    `<rect width="100%" height="100%" fill="${ink.background}"/>`,
    ...legend(graph, margin, fonts, theme),
    ...bows,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}
