import { z } from 'zod';
import { count, expecting, mapping, name } from '../yaml/fields.ts';
import { number, source } from './schema-fields.ts';

const quantityHelp = {
  name: name({ title: 'Name of the quantity', description: 'Unique.', examples: ['mentions'] }),
  source: source('the distribution'),
};
const mostQuantity = 1_000_000_000;
const whole = (title: string, description: string, from = 0): z.ZodType<number, number> =>
  count({ title, description }, from, mostQuantity);

const kind = <Kind extends 'constant' | 'uniform' | 'lognormal'>(word: Kind): z.ZodLiteral<Kind> =>
  z.literal(word).meta({ title: 'Kind', description: 'Of the distribution.', examples: [word] });

export const quantitySchema = z.discriminatedUnion(
  'kind',
  [
    mapping({ ...quantityHelp, kind: kind('constant'), value: whole('Value', 'Always this.') }),
    mapping({
      ...quantityHelp,
      kind: kind('uniform'),
      low: whole('Low', 'Smallest value.'),
      high: whole('High', 'Largest value, included.'),
    }),
    mapping({
      ...quantityHelp,
      kind: kind('lognormal'),
      median: number({ title: 'Median', description: 'Before rounding.' }, 0.001, mostQuantity),
      sigma: number({ title: 'Sigma', description: 'Standard deviation of the logarithm.' }, 0, 5),
      most: whole('Most', 'Larger values become this.', 1),
    }),
  ],
  {
    error: ({ input }) => {
      if (typeof input !== 'object' || input === null || Array.isArray(input)) {
        return expecting('a mapping such as { name: user, kind: uniform, low: 0, high: 961, source: assumed }').error({
          input,
        });
      }
      return expecting('constant, uniform or lognormal').error({ input: 'kind' in input ? input.kind : undefined });
    },
  },
);

export type ParsedQuantity = z.output<typeof quantitySchema>;
