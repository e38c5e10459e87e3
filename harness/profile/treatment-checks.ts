import type { Application } from '../application/application.ts';
import { withAssumedDemand } from '../application/assumed-demand.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import { makeAllocation } from './make-allocation.ts';
import type { PolicySpec } from './policy-spec.ts';
import { differentTreatments, sameTreatment } from './same-treatment.ts';
import type { ParsedProfile } from './schema.ts';

/**
 * Two arms may be written differently, and come to the same with this model and these policies.
 * @param policies by arm, as they take effect
 */
export function treatmentMistakes(
  { aa, arms, source, canary, driver, faults }: ParsedProfile,
  model: Application,
  policies: readonly (PolicySpec | null)[],
): FieldMistake[] {
  // The model is large, and most arms have it as it is.
  const factors = [...new Set(arms.map(({ assumedDemand }) => assumedDemand))];
  const models = new Map(factors.map((factor) => [factor, canonicalJson(withAssumedDemand(model, factor))]));
  const treatments = arms.map(({ disturbances, allocation, assumedDemand, overrides }, index) => {
    const policy = policies[index] ?? null;
    return canonicalJson([
      disturbances,
      makeAllocation(model, allocation ?? { default: {}, services: {} }),
      models.get(assumedDemand),
      policy && [policy.name, policy.options],
      { source, canary, driver, faults, ...overrides },
    ]);
  });
  if (aa) return differentTreatments(treatments);
  return treatments.flatMap((treatment, index) => {
    const first = treatments.indexOf(treatment);
    return first === index ? [] : [sameTreatment(index, arms[first]?.name)];
  });
}
