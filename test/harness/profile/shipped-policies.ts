import { policyKinds } from '../../../harness/policy/policy-kinds.ts';
import { processKind } from '../../../harness/policy/process/process-kind.ts';
import type { PolicyOffer } from '../../../harness/profile/policy-spec.ts';

/** Those that the command line offers to a profile. */
export const shippedPolicies: readonly PolicyOffer[] = [...policyKinds, processKind];
