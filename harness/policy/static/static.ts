import type { z } from 'zod';
import type { JsonObject } from '../../plan/plan.ts';
import { mapping } from '../../yaml/fields.ts';
import type { StepPolicyKind } from '../port.ts';

/** There is nothing to choose: what services get is the allocation of the arm. */
const options: z.ZodType<JsonObject> = mapping({}, ['name']);

/** Between two steps, as published by nobody: it decides nothing, so that it is only to be rare. */
const intervalSeconds = 60;

/** The allocation stays as the arm begins with it: what every other policy has to be better than. */
export const staticKind: StepPolicyKind = {
  name: 'static',
  summary: 'Decides nothing: the allocation of the arm stays as it is.',
  source: null,
  variants: [],
  published: [],
  options,
  demands: () => ({ intervalSeconds, longestWindowSeconds: 0, needs: [], acts: [] }),
  create: (_options, context) => ({
    name: 'static',
    intervalMs: context.compressed(intervalSeconds),
    step: () => [],
  }),
};
