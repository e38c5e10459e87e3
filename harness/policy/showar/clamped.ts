import type { Range } from '../../plan/plan.ts';

/** The nearest value within the range. */
export const clamped = (value: number, { least, most }: Range): number => Math.min(most, Math.max(least, value));
