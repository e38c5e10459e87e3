import type { Mistake } from '../yaml/diagnostic.ts';
import { describe } from '../yaml/describe.ts';
import type { SourceText } from '../yaml/source-text.ts';

/** What stands in a file of numbers, one line each. Blank lines and lines that begin with `#` are left out. */
export interface ColumnReading {
  readonly values: readonly number[];
  readonly mistakes: readonly Mistake[];
}

const decimal = /^\d+(\.\d+)?$/;
const mostMistakes = 20;
const mostPerSecond = 1e6;
/** A little more than a day. */
const mostRates = 100_000;
const mostInstants = 1_000_000;

/**
 * Rates per second, one for each second: a column `rate`, or two columns `second,rate` whose seconds count from 0. The first line may
 * name them.
 */
export function readRates(source: SourceText): ColumnReading {
  return readColumn(source, { what: 'rate', kind: 'a rate for each second', most: mostRates }, (cells, index) => {
    const [first = '', second] = cells;
    if (cells.length > 2) return `found ${cells.length} columns, expected a rate, or second,rate`;
    if (second !== undefined && Number(first) !== index) {
      return `found the second ${describe(first)}, expected ${index}: seconds count from 0 without gaps`;
    }
    const rate = second ?? first;
    if (!decimal.test(rate) || Number(rate) > mostPerSecond) {
      return `found ${describe(rate)}, expected a rate per second from 0 to ${mostPerSecond}`;
    }
    return Number(rate);
  });
}

/** Instants in seconds from the start of the trial, in order; to milliseconds, in whole microseconds. The first line may be a name. */
export function readInstants(source: SourceText): ColumnReading {
  let last = 0;
  return readColumn(source, { what: 'instant', kind: 'instants in seconds', most: mostInstants }, (cells) => {
    const [text = ''] = cells;
    if (cells.length > 1) return `found ${cells.length} columns, expected one: an instant in seconds`;
    if (!decimal.test(text) || Number(text) > 864_000) {
      return `found ${describe(text)}, expected an instant in seconds from 0 to 864000`;
    }
    const atMs = Math.round(Number(text) * 1e6) / 1e3;
    if (atMs < last) return `found ${text} after ${last / 1000}, expected instants in order`;
    last = atMs;
    return atMs;
  });
}

interface Column {
  readonly what: string;
  readonly kind: string;
  readonly most: number;
}

function readColumn(
  source: SourceText,
  { what, kind, most }: Column,
  read: (cells: readonly string[], index: number) => number | string,
): ColumnReading {
  const values: number[] = [];
  const mistakes: Mistake[] = [];
  const refuse = (offset: number, message: string): void => {
    mistakes.push({ place: { source, offset }, path: '', message });
  };
  let mayBeHeader = true;
  for (const [line, offset] of source.lineStarts.entries()) {
    if (mistakes.length >= mostMistakes) break;
    const text = source.text.slice(offset, source.lineStarts[line + 1] ?? undefined).trim();
    if (text === '' || text.startsWith('#')) continue;
    const isHeader = mayBeHeader && /^[A-Za-z]/.test(text);
    mayBeHeader = false;
    if (isHeader) continue;
    if (values.length === most) {
      refuse(offset, `more than ${most} lines, expected at most that many ${what}s`);
      break;
    }
    const cells = text.split(',').map((cell) => cell.trim());
    const value = read(cells, values.length);
    if (typeof value === 'number') values.push(value);
    else refuse(offset, value);
  }
  if (values.length === 0 && mistakes.length === 0) refuse(0, `no ${what} in it, expected ${kind}, one on each line`);
  return { values, mistakes };
}
