import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The files of the fonts that pictures are drawn with, so that they are the same on every machine. */
export interface FigureFonts {
  readonly regular: string;
  readonly semibold: string;
}

export function figureFonts(): FigureFonts {
  const { resolve } = createRequire(import.meta.url);
  return {
    regular: resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
    semibold: resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
  };
}

/** Width of a text in em, without kerning. */
export type TextWidth = (text: string) => number;

/** Reads the advance widths of a TrueType font (OpenType 1.9: head, hhea, hmtx, and the cmap of format 4). */
export async function readTextWidth(file: string): Promise<TextWidth> {
  const font = await readFile(file);
  const tables = new Map<string, number>();
  for (let index = 0; index < font.readUInt16BE(4); index++) {
    const entry = 12 + 16 * index;
    tables.set(font.toString('latin1', entry, entry + 4), font.readUInt32BE(entry + 8));
  }
  const table = (tag: string): number => {
    const offset = tables.get(tag);
    if (offset === undefined) throw new Error(`The font ${file} has no table ${tag}.`);
    return offset;
  };
  const unitsPerEm = font.readUInt16BE(table('head') + 18);
  const widthCount = font.readUInt16BE(table('hhea') + 34);
  const widths = table('hmtx');
  const glyphOf = readCharacterMap(font, table('cmap'));
  return (text) => {
    let units = 0;
    for (const character of text) {
      const glyph = glyphOf(character.codePointAt(0) ?? 0);
      units += font.readUInt16BE(widths + 4 * Math.min(glyph, widthCount - 1));
    }
    return units / unitsPerEm;
  };
}

/** Glyph by code point from the Unicode subtable of format 4; 0, the missing glyph, for what it does not hold. */
function readCharacterMap(font: Buffer, cmap: number): (codePoint: number) => number {
  const subtables = Array.from({ length: font.readUInt16BE(cmap + 2) }, (_, index) =>
    font.readUInt32BE(cmap + 8 + 8 * index),
  );
  const found = subtables.find((offset) => font.readUInt16BE(cmap + offset) === 4);
  if (found === undefined) throw new Error('The font has no character map of format 4.');
  const start = cmap + found;
  const segments = font.readUInt16BE(start + 6) / 2;
  const [ends, starts] = [start + 14, start + 16 + 2 * segments];
  const [deltas, ranges] = [starts + 2 * segments, starts + 4 * segments];
  return (codePoint) => {
    for (let segment = 0; segment < segments; segment++) {
      if (codePoint > font.readUInt16BE(ends + 2 * segment)) continue;
      const first = font.readUInt16BE(starts + 2 * segment);
      if (codePoint < first) return 0;
      const delta = font.readUInt16BE(deltas + 2 * segment);
      const range = font.readUInt16BE(ranges + 2 * segment);
      if (range === 0) return (codePoint + delta) % 65536;
      const glyph = font.readUInt16BE(ranges + 2 * segment + range + 2 * (codePoint - first));
      return glyph === 0 ? 0 : (glyph + delta) % 65536;
    }
    return 0;
  };
}
