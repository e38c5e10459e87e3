import { z } from 'zod';
import { unknownWord } from '../yaml/did-you-mean.ts';
import { expecting, mapping, quantity } from '../yaml/fields.ts';
import { instead, isMapping } from './load-instead.ts';
import { fileFields } from './load-rate-schema.ts';

/** How the arrivals of a load are written: the name of a process, or a mapping with its fields. */

const processes = ['poisson', 'even', 'bursty', 'instants'] as const;
const plainProcesses = ['poisson', 'even'] as const;

const process = <Name extends (typeof processes)[number]>(name: Name): z.ZodLiteral<Name> =>
  z.literal(name).meta({ title: 'Process', description: 'How arrivals follow each other.', examples: [name] });

const dwell = (title: string, description: string, example: string): z.ZodType<number, string> =>
  quantity(
    'duration',
    { title, description, examples: [example] },
    { from: '1ms', to: '24h', whole: { scale: 1000, named: 'microseconds' } },
  );

const factorExpected = 'a factor above 1, at most 1000, such as 5';

const mappings = z.discriminatedUnion(
  'process',
  [
    mapping({ process: process('poisson') }).meta({ title: 'Poisson' }),
    mapping({ process: process('even') }).meta({ title: 'Even' }),
    mapping({
      process: process('bursty'),
      factor: z
        .number(expecting(factorExpected))
        .gt(1, expecting(factorExpected))
        .max(1000, expecting(factorExpected))
        .meta({ title: 'Factor', description: 'Rate in a burst, over that outside of one.', examples: [5] }),
      burst: dwell('Burst', 'Mean length of a burst, exponentially distributed.', '500ms'),
      calm: dwell('Calm', 'Mean time between two bursts, exponentially distributed.', '2s'),
    }).meta({
      title: 'Bursty',
      description: 'A Poisson process whose rate is modulated by a Markov chain of two states.',
    }),
    mapping({
      process: process('instants'),
      file: fileFields.fileName(
        'An instant in seconds on each line, from the folder of the file that names it.',
        'arrivals.txt',
      ),
      instants: fileFields.contents(
        'What stands in the file, if it is written here instead; `file` is then only a name.',
      ),
    }).meta({ title: 'Instants', description: 'Arrivals at the instants of a file. They make their own rate.' }),
  ],
  {
    error: ({ input }) => {
      const named: unknown =
        typeof input === 'object' && input !== null && 'process' in input ? input.process : undefined;
      return typeof named === 'string'
        ? unknownWord('process', named, processes)
        : expecting(`one of ${processes.join(', ')}`).error({ input: named });
    },
  },
);

const plainExpected = 'poisson, even, or a mapping such as { process: bursty, factor: 5, burst: 500ms, calm: 2s }';
const plain = z.enum(plainProcesses, {
  error: ({ input }) =>
    typeof input === 'string' && !(processes as readonly string[]).includes(input)
      ? unknownWord('process', input, processes)
      : expecting(plainExpected).error({ input }),
});

const arrivalsHelp = {
  title: 'Arrivals',
  description: 'How arrivals follow each other at that rate: independently, evenly spaced, in bursts, or as in a file.',
  examples: ['poisson', 'even', { process: 'bursty', factor: 5, burst: '500ms', calm: '2s' }],
};

/** For validation; the type of what it gives is that of a mapping. */
export const arrivalsSchema = instead((input) =>
  isMapping(input) ? mappings : plain.transform((name) => ({ process: name })),
).meta(arrivalsHelp);

/** For editors. */
export const arrivalsInFile = z.union([plain, mappings]).meta(arrivalsHelp);

export type ParsedArrivals = z.output<typeof mappings>;
