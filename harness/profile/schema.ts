import { z } from 'zod';
import { driverSchema, faultsSchema, modelSchema, objectiveSchema } from './application-schema.ts';
import { armInFile, armSchema } from './arm-schema.ts';
import { boundsSchema } from './bounds-schema.ts';
import { canaryHelp, canarySchema, sourceSchema } from './measurement-schema.ts';
import { hypothesisSchema } from './hypothesis-schema.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import {
  count,
  expecting,
  listed,
  mapping,
  orNull,
  quantity,
  wholeCores,
  wholeMicroseconds,
  wholeMilliseconds,
} from '../yaml/fields.ts';
import { loadInFile, loadSchema } from './load-schema.ts';

/** What a person writes in a profile. One schema for validation (after matrices are expanded) and for the editor's JSON Schema. */

const kind = <Kind extends string>(name: Kind): z.ZodLiteral<Kind> =>
  z.literal(name).meta({ title: 'Kind', description: 'Which testbed.', examples: [name] });

const cpuSet = (title: string, example: string) =>
  z
    .string(expecting('CPUs such as 0 or 1-3,5'))
    .regex(/^\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*$/, expecting('CPUs such as 0 or 1-3,5'))
    .meta({ title, description: 'A list of CPUs; shared out by default.', examples: [example] });

export const testbedSchema = z
  .discriminatedUnion(
    'kind',
    [
      mapping({
        kind: kind('local'),
        applicationCpus: orNull(cpuSet('CPUs of the application', '0')).prefault(null),
        harnessCpus: orNull(cpuSet('CPUs of harness, load generator and tracer', '1')).prefault(null),
        port: orNull(
          count(
            {
              title: 'Port',
              description: 'Of the front on 127.0.0.1; without it one that is free, from 20000 to 29999.',
              examples: [8080],
            },
            1,
            65_535,
          ),
        ).prefault(null),
      }).meta({
        title: 'Local',
        description: 'This machine: real processes in cgroups, run-queue wait from its kernel.',
      }),
      mapping({
        kind: kind('sim'),
        cores: quantity(
          'cores',
          { title: 'Cores', description: 'Cores of the simulated machine, whole.', examples: ['2 cores'] },
          { from: '1 core', to: '1024 cores', whole: wholeCores },
        ),
        work: quantity(
          'duration',
          {
            title: 'Work',
            description: 'Mean CPU demand of an arrival, exponentially distributed.',
            examples: ['10ms'],
          },
          { from: '1us', to: '1h', whole: wholeMicroseconds },
        ).prefault('10ms'),
      }).meta({
        title: 'Simulator',
        description: 'A simulated machine in virtual time: one queue, a number of cores.',
      }),
    ],
    {
      error: ({ input }) => {
        // Called for the kind, and for a value that is no mapping at all.
        if (typeof input !== 'object' || input === null || Array.isArray(input)) {
          return expecting('a mapping such as { kind: local } or { kind: sim, cores: 2 cores }').error({ input });
        }
        const named: unknown = 'kind' in input ? input.kind : undefined;
        return typeof named === 'string'
          ? unknownWord('testbed', named, ['local', 'sim'])
          : expecting('local or sim').error({ input: named });
      },
    },
  )
  .meta({
    title: 'Testbed',
    description: 'Where trials run. Nothing else is ever put in its place.',
    examples: [{ kind: 'local' }, { kind: 'sim', cores: '2 cores', work: '10ms' }],
  });

const price = (title: string, description: string) =>
  z
    .number(expecting('a price such as 0.04'))
    .min(0, expecting('a price such as 0.04'))
    .meta({ title, description, examples: [0.04] });

const prices = mapping({
  coreHour: price('Core hour', 'Of one core, reserved for an hour.'),
  gigabyteHour: price('Gigabyte hour', 'Of 10^9 bytes of memory, reserved for an hour.'),
});

const limits = mapping({
  stolen: quantity(
    'share',
    { title: 'Stolen CPU', description: 'Share of CPU time that a hypervisor may give to others.', examples: ['2 %'] },
    { from: '0 %', to: '100 %' },
  ).prefault('2 %'),
  clockJump: quantity(
    'duration',
    { title: 'Clock jump', description: 'Step of the wall clock against the monotonic one.', examples: ['20ms'] },
    { from: '1ms', to: '1h', whole: wholeMilliseconds },
  ).prefault('20ms'),
  observationGap: quantity(
    'duration',
    { title: 'Observation gap', description: 'How late a sample may be.', examples: ['2s'] },
    { from: '100ms', to: '1h', whole: wholeMilliseconds },
  ).prefault('2s'),
  notSent: quantity(
    'share',
    {
      title: 'Not sent',
      description: 'Requests that the load generator could not send for reasons of its own, of those offered.',
      examples: ['0.5 %'],
    },
    { from: '0 %', to: '100 %' },
  ).prefault('0.5 %'),
  lateness: orNull(
    quantity(
      'duration',
      {
        title: 'Lateness',
        description: 'p99 of send instant minus due instant. `null`: the smaller of 5 ms and 5 % of the objective.',
        examples: ['5ms'],
      },
      { from: '10us', to: '1h' },
    ),
  ).prefault(null),
  generatorCpu: quantity(
    'share',
    { title: 'Generator CPU', description: 'CPU of the load generator, of what it could use.', examples: ['80 %'] },
    { from: '1 %', to: '100 %' },
  ).prefault('80 %'),
});

const trial = mapping({
  duration: quantity(
    'duration',
    {
      title: 'Duration',
      description: 'Length of a trial, warm-up included: a whole multiple of the sample interval.',
      examples: ['5s'],
    },
    { from: '200ms', to: '24h', whole: wholeMilliseconds },
  ).prefault('5s'),
  warmup: quantity(
    'duration',
    {
      title: 'Warm-up',
      description: 'Its first part, which is not used: a whole multiple of the sample interval.',
      examples: ['1s'],
    },
    { from: '0s', to: '24h', whole: wholeMilliseconds },
  ).prefault('1s'),
});

/**
 * The sections of a profile, in the order in which they are documented and written.
 * @param leastArms entries that there must be
 */
function sections<Arm extends z.ZodType, Load extends z.ZodType>(arm: Arm, load: Load, leastArms: number) {
  return {
    description: z
      .string(expecting('a text'))
      .max(2000, {
        error: ({ input }) => `found ${typeof input === 'string' ? input.length : 0} characters, expected at most 2000`,
      })
      .optional()
      .meta({
        title: 'Description',
        description: 'What is compared, and why: one or two sentences for the reader of the report.',
        examples: ['Run-queue wait on an idle machine and beside busy threads.'],
      }),
    seed: z
      .int(expecting('a whole number from -9007199254740991 to 9007199254740991'))
      .prefault(1)
      .meta({
        title: 'Seed',
        description: 'Root of all random streams. Same profile and seed, same plan.',
        examples: [1],
      }),
    blocks: count(
      {
        title: 'Blocks',
        description: 'Rounds in which every arm runs once, in random order; of each load, if there are loads.',
        examples: [8],
      },
      1,
      1000,
    ).prefault(8),
    aa: z
      .boolean(expecting('true or false'))
      .prefault(false)
      .meta({
        title: 'A/A',
        description: 'One treatment as two arms: what difference does this testbed show by accident?',
        examples: [true],
      }),
    testbed: testbedSchema,
    application: modelSchema.optional(),
    objective: objectiveSchema.prefault('200ms'),
    driver: driverSchema.prefault({}),
    faults: faultsSchema.prefault([]),
    timeCompression: z
      .number(expecting('a number from 1 to 1000'))
      .min(1, expecting('a number from 1 to 1000'))
      .max(1000, expecting('a number from 1 to 1000'))
      .prefault(1)
      .meta({
        title: 'Time compression',
        description:
          'k: divides start-up, discovery, drain limit and connection ages of the application, the time axis of loads and faults, and the sample interval; never latencies, and not the length of the trial.',
        examples: [10],
      }),
    source: sourceSchema.prefault('auto'),
    trial: trial.prefault({}).meta({ title: 'Trial', description: 'One arm in one block.' }),
    sampleInterval: quantity(
      'duration',
      {
        title: 'Sample interval',
        description: 'How often everything is measured. Time compression divides it, down to 100 ms.',
        examples: ['1s', '200ms'],
      },
      { from: '100ms', to: '10s', whole: wholeMilliseconds },
    ).prefault('1s'),
    canary: canarySchema.nullable().prefault({}).meta(canaryHelp),
    bounds: boundsSchema.prefault({}),
    prices: prices.optional().meta({
      title: 'Prices',
      description: 'What resources cost, in any currency, for the metric `cost`.',
      examples: [{ coreHour: 0.04, gigabyteHour: 0.005 }],
    }),
    arms: z
      .array(arm, expecting('a list of arms'))
      .min(leastArms, listed('at least two arms to compare'))
      .max(100, listed('at most 100 arms'))
      .meta({ title: 'Arms', description: 'The treatments that are compared.' }),
    loads: z
      .array(load, expecting('a list of loads'))
      .max(100, listed('at most 100 loads'))
      .prefault([])
      .meta({ title: 'Loads', description: 'Each block belongs to one of them. Empty: nothing arrives.' }),
    hypotheses: z
      .array(hypothesisSchema, expecting('a list of hypotheses'))
      .min(1, listed('at least one hypothesis, named before the run'))
      .max(100, listed('at most 100 hypotheses'))
      .meta({
        title: 'Hypotheses',
        description: 'The questions the experiment answers. More of them need more blocks; the plan says how many.',
      }),
    limits: limits.prefault({}).meta({
      title: 'Limits',
      description: 'Beyond them the measurement broke down: the trial is invalid and is repeated.',
    }),
  };
}

export const profileSchema = mapping(sections(armSchema, loadSchema, 2));
/** One entry with a matrix is enough. */
export const profileFileSchema = mapping(sections(armInFile, loadInFile, 1)).meta({
  title: 'Scalelab profile',
  description: 'What to compare, on what testbed, under what loads, how often.',
});

export type ParsedProfile = z.output<typeof profileSchema>;
