import { formatSeconds } from '../core/units.ts';
import type { CanarySpec } from './plan.ts';

export const canaryText = (canary: CanarySpec | null): string =>
  canary === null ? 'no canary' : `canary ${canary.ratePerSecond}/s, ${formatSeconds(canary.workMicros / 1e6)} of work`;
