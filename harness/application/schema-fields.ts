import { z } from 'zod';
import {
  expecting,
  isName,
  quantity,
  wholeBytes,
  wholeMicroseconds,
  wholeMilliseconds,
  type Help,
} from '../yaml/fields.ts';

/** Kinds of fields that the parts of an application's schema share. */

export const source = (what: string): z.ZodType<string, string> =>
  z
    .string(expecting(`where ${what} is from, or assumed`))
    .min(1, expecting(`where ${what} is from, or assumed`))
    .max(500, expecting('at most 500 characters'))
    .meta({ title: 'Source', description: `Where ${what} is from; \`assumed\` if nobody measured it.` });

/** For the length of a list. */
const listed = (expected: string): { error: (issue: { readonly input?: unknown }) => string } => ({
  error: ({ input }) =>
    `found ${Array.isArray(input) && input.length > 0 ? input.length : 'none'}, expected ${expected}`,
});

export function list<Item extends z.ZodType>(item: Item, what: string, help: Help, from: number, to: number) {
  return z
    .array(item, expecting(`a list of ${what}`))
    .min(from, listed(`at least ${from} ${what}`))
    .max(to, listed(`at most ${to} ${what}`))
    .meta({ ...help });
}

export const text = (most: number, help: Help, least = 0): z.ZodType<string, string> =>
  z
    .string(expecting('a text'))
    .min(least, 'nothing in it, expected a text')
    .max(most, {
      error: ({ input }) =>
        `found ${typeof input === 'string' ? input.length : 0} characters, expected at most ${most}`,
    })
    .meta({ ...help });

export function number(help: Help, from: number, to: number): z.ZodType<number, number> {
  const expected = expecting(`a number from ${from} to ${to}`);
  return z
    .number(expected)
    .min(from, expected)
    .max(to, expected)
    .meta({ ...help });
}

export const milliseconds = (help: Help, from: string, to: string): z.ZodType<number, string> =>
  quantity('duration', help, { from, to, whole: wholeMilliseconds });
export const microseconds = (help: Help, from: string, to: string): z.ZodType<number, string> =>
  quantity('duration', help, { from, to, whole: wholeMicroseconds });
export const bytes = (help: Help, from: string, to: string): z.ZodType<number, string> =>
  quantity('bytes', help, { from, to, whole: wholeBytes });

const callRule = 'a service and one of its operations, such as text-service/compose-text';
/** `service/operation`. */
export const call = z
  .string(expecting(callRule))
  .refine((written) => written.split('/').length === 2 && written.split('/').every(isName), expecting(callRule))
  .meta({ title: 'Call', description: `A call: ${callRule}.`, examples: ['text-service/compose-text'] });

export const quantityName = z
  .string(expecting('the name of a quantity'))
  .meta({ title: 'Quantity', description: 'One of `quantities`.', examples: ['mentions'] });

/** A mapping that is one of several kinds, told by which of its keys is there. */
export function oneKind(
  kinds: Readonly<Record<string, readonly string[]>>,
): (context: z.core.ParsePayload<Readonly<Record<string, unknown>>>) => void {
  const words = Object.keys(kinds);
  return ({ value, issues }) => {
    const refuse = (message: string, path: string[] = []): void => {
      issues.push({ code: 'custom', message, path, input: value });
    };
    const there = words.filter((word) => value[word] !== undefined);
    const [kind] = there;
    if (kind === undefined || there.length > 1) {
      refuse(`found ${there.length === 0 ? 'none' : there.join(' and ')}, expected one of ${words.join(', ')}`);
      return;
    }
    for (const key of Object.keys(value)) {
      if (value[key] === undefined || key === kind || kinds[kind]?.includes(key)) continue;
      const known = kinds[kind]?.length === 0 ? 'nothing else' : `only ${kinds[kind]?.join(', ')}`;
      refuse(`does not belong to ${kind}, expected ${known} beside it`, [key]);
    }
  };
}
