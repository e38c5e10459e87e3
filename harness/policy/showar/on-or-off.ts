import { z } from 'zod';
import { instead, isMapping } from '../../profile/load-instead.ts';
import { hiding } from '../../yaml/explain-fields.ts';
import { expecting, type Help } from '../../yaml/fields.ts';

/** A part that can be left out: `off` is null, `on` is its defaults, a mapping is its options. @param example such a mapping */
export function onOrOff<Output>(part: z.ZodType<Output>, example: string, help: Help): z.ZodType<Output | null> {
  const word = z.enum(['on', 'off'], expecting(`on, off, or a mapping such as ${example}`));
  const byWord = word.transform((text): Output | null => (text === 'off' ? null : part.parse({})));
  return hiding(instead<Output | null>((input) => (isMapping(input) ? part : byWord)).meta({ ...help }), part);
}
