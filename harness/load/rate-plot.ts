/** A plot of text: each character holds 2 by 4 dots of braille. */

export interface RatePlot {
  /** Values from left to right, two for each character. */
  readonly drawn: readonly number[];
  readonly expected: readonly number[];
  /** Above what any value needs; the scale begins at 0. */
  readonly top: number;
  /** In characters. */
  readonly rows: number;
}

/** Bits of the dots in a braille character, by row from above and column. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/**
 * The lines of the plot, from above. What was drawn is a line of dots, with a dot for every value between a value and the next; what was
 * expected is a middle dot wherever that leaves a character free.
 */
export function plotRates({ drawn, expected, top, rows }: RatePlot): string[] {
  const levels = rows * 4;
  const levelOf = (value: number): number =>
    Math.max(0, Math.min(levels - 1, Math.round((value / top) * (levels - 1))));
  const columns = Math.ceil(drawn.length / 2);
  const cells = Array.from({ length: rows }, () => new Uint8Array(columns));
  drawn.forEach((value, index) => {
    const level = levelOf(value);
    const before = levelOf(drawn[index - 1] ?? value);
    for (let each = Math.min(level, before); each <= Math.max(level, before); each++) {
      const fromAbove = levels - 1 - each;
      const row = cells[fromAbove >> 2];
      const bit = dots[fromAbove % 4]?.[index % 2] ?? 0;
      if (row) row[index >> 1] = (row[index >> 1] ?? 0) | bit;
    }
  });
  return cells.map((row, rowIndex) =>
    Array.from(row, (bits, column) => {
      if (bits !== 0) return String.fromCodePoint(0x2800 + bits);
      const isExpected = [2 * column, 2 * column + 1].some((index) => {
        const value = expected[index];
        return value !== undefined && (levels - 1 - levelOf(value)) >> 2 === rowIndex;
      });
      return isExpected ? '·' : ' ';
    })
      .join('')
      .trimEnd(),
  );
}

/** The least of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is not below the value; 1 for 0. */
export function roundTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each * power >= value * (1 - 1e-12)) ?? 10;
  return Number((step * power).toPrecision(3));
}
