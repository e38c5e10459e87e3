import { sha256 } from '../core/sha256.ts';
import type { ApplicationSpec } from '../plan/plan.ts';

/** Of the model as the plan holds it: the same for the same numbers, however its file is laid out. */
export const modelSha256 = ({ model }: Pick<ApplicationSpec, 'model'>): string => sha256(JSON.stringify(model));
