import { z } from 'zod';
import { expecting } from '../yaml/fields.ts';

const policyName = z.string(expecting('the name of a policy such as hpa')).meta({
  title: 'Name of the policy',
  description: 'One that `npx scalelab policies` lists; its options stand beside it.',
  examples: ['hpa', 'showar'],
});

const expected = 'the name of a policy such as hpa, or a mapping such as { name: hpa }';

/** As written: which policies there are, and their options, is known above this room only. */
export const policySchema = z.union([z.string(), z.looseObject({ name: policyName })], expecting(expected)).meta({
  title: 'Policy',
  description:
    'What scales the application: the name of a policy, with its options beside it. Without one the allocation stays as it is. `npx scalelab policies` lists them.',
  examples: ['hpa', { name: 'showar', horizontal: { target: '15ms' } }],
});

export type ParsedPolicy = z.output<typeof policySchema>;
