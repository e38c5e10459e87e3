import { z } from 'zod';
import { allocationInFile, allocationSchema } from './allocation-schema.ts';
import { placeholder } from './placeholder.ts';
import { driverSchema, faultsSchema } from './application-schema.ts';
import { canaryHelp, canarySchema, sourceSchema } from './measurement-schema.ts';
import { policySchema } from './policy-schema.ts';
import { describe } from '../yaml/describe.ts';
import { expecting, mapping, name, quantity } from '../yaml/fields.ts';
import type { ThreadCount } from './profile.ts';

const threadsExpected = 'a number of threads from 1 to 1024, or cores, or a multiple such as 2x cores (up to 64x)';
const timesCores = /^(?:([1-9]\d?)x\s*)?cores$/;

/** Threads as `4`, or in proportion to the machine as `cores`, `2x cores`. */
const threadCount = z
  .union(
    [
      z.int(expecting(threadsExpected)).min(1, expecting(threadsExpected)).max(1024, expecting(threadsExpected)),
      z.string().regex(timesCores, expecting(threadsExpected)),
    ],
    expecting(threadsExpected),
  )
  .transform((written, context): ThreadCount => {
    if (typeof written === 'number') return { threads: written };
    const times = Number(timesCores.exec(written)?.[1] ?? 1);
    if (times <= 64) return { timesCores: times };
    context.addIssue({ code: 'custom', message: `found ${describe(written)}, expected ${threadsExpected}` });
    return z.NEVER;
  })
  .meta({
    title: 'CPU disturbance',
    description: 'Busy threads that run in this arm: a number, `cores` for as many as the machine has, or `2x cores`.',
    examples: [1, 'cores', '2x cores'],
  });

const armName = name({
  title: 'Name of the arm',
  description:
    'Unique. Lower-case letters, digits, dots and dashes, at most 40 characters. In an arm with a matrix it holds the placeholders.',
  examples: ['idle', 'stress-1'],
});

const disturbancesHelp = {
  title: 'Disturbances',
  description: 'What takes resources on purpose while the trial runs. Without any the machine is left alone.',
  examples: [{ cpu: 1 }],
};

const assumedDemandHelp = {
  title: 'Assumed demand',
  description: 'Factor on the CPU demands of the model that nobody measured: does the result hang on them?',
  examples: ['50 %', '200 %'],
};
const factor = quantity('share', assumedDemandHelp, { from: '1 %', to: '10000 %' });

/** Only what is written: a default would hide what the profile says. */
export const overridesSchema = mapping({
  source: sourceSchema.optional(),
  driver: driverSchema.optional(),
  canary: canarySchema.nullable().optional().meta(canaryHelp),
  faults: faultsSchema.optional(),
}).meta({
  title: 'Overrides',
  description:
    'Fields of the profile that this arm has otherwise: how waits are measured, the load driver, the canary, faults.',
  examples: [{ source: 'none' }],
});

export type ParsedOverrides = z.output<typeof overridesSchema>;

const armHelp = { title: 'Arm', description: 'One treatment of the comparison.' };

/** `matrix` is known, for the sake of suggestions: it is gone once matrices are expanded. */
export const armSchema = mapping(
  {
    name: armName,
    disturbances: mapping({ cpu: threadCount.optional() }).prefault({}).meta(disturbancesHelp),
    allocation: allocationSchema.optional(),
    assumedDemand: factor.prefault('100 %'),
    policy: policySchema.optional(),
    overrides: overridesSchema.prefault({}),
  },
  ['matrix'],
).meta(armHelp);

/** The arm as the file may hold it, for editors: with a matrix, and placeholders wherever a value may stand. */
export const armInFile = mapping({
  name: z
    .string()
    .regex(/^([a-z0-9.-]|\{[A-Za-z]\w*\})+$/)
    .meta(z.globalRegistry.get(armName) ?? {}),
  disturbances: mapping({
    cpu: z
      .union([z.int().min(1).max(1024), z.string().regex(/^((\d+|\{\w+\})x\s*)?cores$|^\{\w+\}$/)])
      .optional()
      .meta(z.globalRegistry.get(threadCount) ?? {}),
  })
    .prefault({})
    .meta(disturbancesHelp),
  allocation: allocationInFile.optional(),
  assumedDemand: z
    .union([factor, z.string().regex(placeholder)])
    .prefault('100 %')
    .meta(assumedDemandHelp),
  policy: policySchema.optional(),
  // Any value may hold a placeholder; what it then is, is checked when the matrix is expanded.
  overrides: z
    .record(z.string(), z.unknown())
    .optional()
    .meta(z.globalRegistry.get(overridesSchema) ?? {}),
  matrix: z
    .record(z.string().regex(/^[A-Za-z]\w*$/), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1))
    .optional()
    .meta({
      title: 'Matrix',
      description:
        'Options and the values they take. The entry stands for one arm of each combination; `{option}` in its name and values is replaced (in quotes, because a bare brace begins a mapping).',
      examples: [{ threads: [1, 2, 4] }],
    }),
}).meta(armHelp);
