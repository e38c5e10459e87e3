import { z } from 'zod';
import { parseBytes, parseCores, parseDurationMs, parseRatePerSecond, parseShare } from '../core/units.ts';
import { describe } from './describe.ts';
import { oneOf, unknownWord } from './did-you-mean.ts';

/** What an editor shows for a field. */
export interface Help {
  readonly title: string;
  readonly description: string;
  readonly examples?: readonly unknown[];
}

/** Zod's way to a message: what was found, and what was expected. */
export function expecting(expected: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => foundExpected(input, expected) };
}

function foundExpected(input: unknown, expected: string): string {
  return input === undefined ? `missing, expected ${expected}` : `found ${describe(input)}, expected ${expected}`;
}

/**
 * A mapping that knows all its keys. What was allowed is lost in zod's issue of an unknown key, so the message of such an issue
 * is the list of them, separated by spaces.
 */
export function mapping<Shape extends z.ZodRawShape>(
  shape: Shape,
  alsoKnown: readonly string[] = [],
): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? [...keys, ...alsoKnown].join(' ')
        : foundExpected(issue.input, `a mapping with the keys ${keys.join(', ')}`),
  });
}

/** For the length of a list. */
export const listed = (expected: string): { error: (issue: { readonly input?: unknown }) => string } => ({
  error: ({ input }) =>
    `found ${Array.isArray(input) && input.length > 0 ? input.length : 'none'}, expected ${expected}`,
});

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(
  kind: string,
  words: Words,
  help: Help,
): z.ZodType<Words[number], string> {
  return z
    .enum(words, {
      error: ({ input }) =>
        typeof input === 'string' ? unknownWord(kind, input, words) : foundExpected(input, oneOf(words)),
    })
    .meta({ ...help });
}

interface Quantity {
  /** `a duration such as 500ms, 30s, 5m`. */
  readonly expected: string;
  readonly units: string;
  readonly parse: (text: string) => number | null;
}

const quantities = {
  duration: {
    expected: 'a duration such as 500ms, 30s, 5m',
    units: '(us|ms|s|m|min|h)',
    parse: parseDurationMs,
  },
  rate: { expected: 'a rate such as 200/s, 30/min', units: '/\\s*(s|min|h)', parse: parseRatePerSecond },
  cores: { expected: 'a number of cores such as 2 cores', units: '(core|cores|millicores)', parse: parseCores },
  share: { expected: 'a share such as 2 %', units: '%', parse: parseShare },
  bytes: { expected: 'a size such as 24 MiB, 4 kB', units: '(B|kB|MB|GB|KiB|MiB|GiB)', parse: parseBytes },
} as const satisfies Record<string, Quantity>;

export interface Bounds {
  /** Both with their unit, and both allowed. */
  readonly from: string;
  readonly to: string;
  /** Values are whole multiples of it: `{ scale: 1000, named: 'microseconds' }` where milliseconds are parsed. */
  readonly whole?: { readonly scale: number; readonly named: string };
}

/**
 * A number with its unit, as text. The value is in the unit of the parser (`core/units.ts`), or with `whole` in the named one.
 * A bare number is a mistake.
 */
export function quantity(kind: keyof typeof quantities, help: Help, bounds: Bounds): z.ZodType<number, string> {
  const { expected, units, parse } = quantities[kind];
  const [minimum, maximum] = [parse(bounds.from), parse(bounds.to)];
  if (minimum === null || maximum === null)
    throw new Error(`bounds ${bounds.from} and ${bounds.to} are not ${expected}`);
  const isBare = (input: unknown): boolean =>
    typeof input === 'number' || (typeof input === 'string' && /^\s*[\d.]+\s*$/.test(input));
  const refusal = (input: unknown): string =>
    foundExpected(input, isBare(input) ? `${expected}; a bare number has no unit` : expected);
  return z
    .string({ error: ({ input }) => refusal(input) })
    .transform((text, context) => {
      const refuse = (message: string): never => {
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      };
      const parsed = parse(text);
      if (parsed === null || !Number.isFinite(parsed)) return refuse(refusal(text));
      if (parsed < minimum || parsed > maximum) {
        return refuse(`found ${describe(text)}, expected ${bounds.from} to ${bounds.to}`);
      }
      const scaled = parsed * (bounds.whole?.scale ?? 1);
      // 12 digits: what a person writes, without the dust of scaling: 1.001 * 1000 is 1000.9999999999999.
      const value = Number.isInteger(scaled) ? scaled : Number(scaled.toPrecision(12));
      if (bounds.whole && !Number.isInteger(value)) {
        return refuse(`found ${describe(text)}, expected whole ${bounds.whole.named}`);
      }
      return value;
    })
    .meta({ pattern: `^\\s*\\d+(\\.\\d+)?\\s*${units}\\s*$`, ...help });
}

/** The same, or null. An editor shows the help of the field in both cases. */
export function orNull<Field extends z.ZodType>(field: Field): z.ZodNullable<Field> {
  const { title, description, examples } = z.globalRegistry.get(field) ?? {};
  return field.nullable().meta({ title, description, examples });
}

export const wholeMilliseconds = { scale: 1, named: 'milliseconds' };
export const wholeMicroseconds = { scale: 1000, named: 'microseconds' };
export const wholeWakeupsPerSecond = { scale: 1, named: 'wake-ups per second' };
export const wholeCores = { scale: 1, named: 'cores' };
export const wholeBytes = { scale: 1, named: 'bytes' };

/** A count, written as a plain number. */
export function count(help: Help, from: number, to: number): z.ZodType<number, number> {
  const text = expecting(`a whole number from ${from} to ${to}`);
  return z
    .int(text)
    .min(from, text)
    .max(to, text)
    .meta({ ...help });
}

export const nameRule =
  'a name of lower-case letters, digits, dots and dashes that starts with a letter or digit, at most 40 characters';
const namePattern = /^[a-z0-9][a-z0-9.-]{0,39}$/;
export const isName = (text: string): boolean => namePattern.test(text);

/** A name that is safe as part of a folder's. */
export function name(help: Help): z.ZodType<string, string> {
  return z
    .string(expecting(nameRule))
    .regex(namePattern, expecting(nameRule))
    .meta({ ...help });
}
