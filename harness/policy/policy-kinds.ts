import { hpaKind } from './hpa/hpa.ts';
import type { StepPolicyKind } from './port.ts';
import { showarKind } from './showar/showar.ts';
import { staticKind } from './static/static.ts';

/** Policies that run in the harness, in the order in which they are listed. */
export const policyKinds: readonly StepPolicyKind[] = [staticKind, hpaKind, showarKind];
