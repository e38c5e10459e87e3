import type { Range } from '../../plan/plan.ts';

/** Of each replica; null where there is none. */
export interface CpuSize {
  readonly limitCores: number | null;
  readonly requestCores: number | null;
}

/** Which of the two SHOWAR sizes: the paper speaks of the size of a microservice, of which there are two in a cluster. */
export type SizedPart = 'both' | 'limit' | 'request';

/** The number that an estimate is compared with. */
export function sizeOf({ limitCores, requestCores }: CpuSize, part: SizedPart): number | null {
  return part === 'request' ? requestCores : limitCores;
}

/**
 * What to ask for so that the part becomes `cores`. A request is never above its limit: it is lowered with a limit that falls below it, and a
 * limit is raised with a request that rises above it.
 */
export function resized(
  now: CpuSize,
  part: SizedPart,
  cores: number,
  bounds: Range,
): { readonly limitCores: number; readonly requestCores?: number } {
  switch (part) {
    case 'both':
      return { limitCores: cores, requestCores: cores };
    case 'limit':
      return now.requestCores !== null && now.requestCores > cores
        ? { limitCores: cores, requestCores: cores }
        : { limitCores: cores };
    case 'request':
      // A decision has a limit; where there is none, the highest that is allowed comes nearest.
      return { limitCores: Math.max(cores, Math.min(now.limitCores ?? bounds.most, bounds.most)), requestCores: cores };
  }
}
