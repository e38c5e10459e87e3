import type { ServiceRole } from '../../harness/application/application.ts';
import type { FigureTheme } from '../../harness/report/figure/figure.ts';
import type { TextWidth } from '../../harness/report/figure/font.ts';
import { figureFont, inks, palette, type Ink } from '../../harness/report/figure/theme.ts';
import type { ServiceGraph, ServiceNode } from './service-graph.ts';

export interface Fonts {
  readonly regular: TextWidth;
  readonly semibold: TextWidth;
}

const roles: readonly ServiceRole[] = ['front', 'service', 'store'];

export function roleColour(role: ServiceRole, theme: FigureTheme): string {
  const blue = theme === 'light' ? palette[0] : palette[5];
  return { front: palette[1], service: blue, store: palette[2] }[role];
}

/** CPU per request, and how much of it is assumed. */
export function demandText({ micros, assumedShare }: Pick<ServiceNode, 'micros' | 'assumedShare'>): string {
  if (micros === 0) return 'not called in this mix';
  const mark = assumedShare > 0.995 ? ', assumed' : assumedShare > 0.005 ? ', partly assumed' : '';
  return `${micros < 10 ? micros.toPrecision(2) : Math.round(micros)} µs${mark}`;
}

export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}

interface TextLook {
  readonly size: number;
  readonly fill: string;
  readonly weight?: 400 | 600;
  readonly anchor?: 'start' | 'end';
}

/** Text as wide as in our font, whatever font the reader's browser has for it: boxes are made to measure. */
export function svgText(x: number, y: number, text: string, look: TextLook, fonts: Fonts): string {
  const { size, fill, weight = 400, anchor = 'start' } = look;
  const width = (weight === 600 ? fonts.semibold : fonts.regular)(text) * size;
  const where = `x="${tidy(x)}" y="${tidy(y)}" text-anchor="${anchor}"`;
  const fitted = `textLength="${tidy(width)}" lengthAdjust="spacingAndGlyphs"`;
  const font = `font-family="${escapeText(figureFont)}" font-size="${size}" font-weight="${weight}"`;
  return `<text ${where} ${font} ${fitted} fill="${fill}">${escapeText(text)}</text>`;
}

/** Of a line without a call in this mix. */
export const paleOpacity = 0.45;

/** Thicker with more calls; thin and pale without any in this mix; dashed if only some executions make it. */
export function lineOf(
  path: string,
  edge: { readonly calls: number; readonly isSometimes: boolean },
  ink: Ink,
): string {
  const width = edge.calls === 0 ? 0.8 : 1 + 2 * Math.min(1, edge.calls);
  const pale = edge.calls === 0 ? ` stroke-opacity="${paleOpacity}"` : '';
  const dashes = edge.isSometimes ? ' stroke-dasharray="4 3"' : '';
  const tidied = path.replace(/-?\d+\.\d+/g, (number) => tidy(Number(number)));
  return `<path d="${tidied}" fill="none" stroke="${ink.baseline}" stroke-width="${tidy(width)}"${pale}${dashes}/>`;
}

/** Tenths of a pixel are fine enough, and the same on every machine. */
export const tidy = (value: number): string => String(Math.round(value * 10) / 10);

export function legend({ mix, totalMicros }: ServiceGraph, x: number, fonts: Fonts, theme: FigureTheme): string[] {
  const ink = inks[theme];
  let at = x;
  const parts = roles.map((role) => {
    const box = `<rect x="${tidy(at)}" y="27" width="10" height="10" rx="2" fill="${ink.background}" stroke="${roleColour(role, theme)}" stroke-width="1.5"/>`;
    const label = svgText(at + 15, 36, role, { size: 11, fill: ink.muted }, fonts);
    at += 15 + fonts.regular(role) * 11 + 16;
    return box + label;
  });
  const dashed = `<path d="M${tidy(at)} 32 H${tidy(at + 24)}" stroke="${ink.baseline}" stroke-width="1.5" stroke-dasharray="4 3"/>`;
  return [
    svgText(
      x,
      17,
      `CPU per request, mix ${mix}: ${(totalMicros / 1000).toFixed(2)} ms`,
      {
        size: 12,
        fill: ink.text,
        weight: 600,
      },
      fonts,
    ),
    ...parts,
    dashed,
    svgText(at + 29, 36, 'sometimes', { size: 11, fill: ink.muted }, fonts),
  ];
}
