import { z } from 'zod';
import { expecting, quantity } from '../../yaml/fields.ts';

/** An interval or a window, in seconds before time compression. */
export const seconds = (title: string, description: string, example: string): z.ZodType<number, string> =>
  quantity(
    'duration',
    { title, description: `${description}, before time compression.`, examples: [example] },
    { from: '1s', to: '24h' },
  ).transform((ms) => ms / 1000);

export const every = (example: string): z.ZodType<number, string> =>
  seconds('Every', 'How often this part decides', example);

export function number(title: string, description: string, from: number, to: number): z.ZodType<number, number> {
  const text = expecting(`a number from ${from} to ${to}`);
  return z.number(text).min(from, text).max(to, text).meta({ title, description });
}
