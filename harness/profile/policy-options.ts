import { unknownWord } from '../yaml/did-you-mean.ts';
import { fieldMistakes, type FieldMistake } from '../yaml/field-mistake.ts';
import type { ParsedPolicy } from './policy-schema.ts';
import type { JsonObject, PolicyOffer, PolicySpec } from './policy-spec.ts';

/** The policy of each arm, and the mistakes in their names and options. An arm without a policy has null. */
export function policySpecs(
  arms: readonly { readonly policy?: ParsedPolicy | undefined }[],
  offers: readonly PolicyOffer[],
): { readonly policies: readonly (PolicySpec | null)[]; readonly mistakes: readonly FieldMistake[] } {
  const mistakes: FieldMistake[] = [];
  const policies = arms.map(({ policy }, index): PolicySpec | null => {
    if (policy === undefined) return null;
    const path = ['arms', index, 'policy'] as const;
    const { name, ...rest } = typeof policy === 'string' ? { name: policy } : policy;
    const offer = offers.find((one) => one.name === name);
    if (offer === undefined) {
      const message = unknownWord(
        'policy',
        name,
        offers.map((one) => one.name),
      );
      mistakes.push({ path: typeof policy === 'string' ? path : [...path, 'name'], message });
      return null;
    }
    const { data, error } = offer.options.safeParse(rest);
    if (data === undefined) {
      const own = fieldMistakes(error.issues);
      mistakes.push(...own.map((mistake) => ({ ...mistake, path: [...path, ...mistake.path] })));
      return null;
    }
    // It comes from YAML, which has nothing that JSON lacks.
    const spec = { name, written: rest as JsonObject, options: data, demands: offer.demands(data) };
    const { published = [] } = offer;
    return published.length === 0 ? spec : { ...spec, published };
  });
  return { policies, mistakes };
}
