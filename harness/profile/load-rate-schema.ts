import { z } from 'zod';
import { describe } from '../yaml/describe.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import { expecting, mapping, quantity, type Help } from '../yaml/fields.ts';
import { instead, isMapping } from './load-instead.ts';

/** How the mean rate of a load is written: a rate alone, or a shape with its fields. */

const rateOf = (title: string, description: string, example: string): z.ZodType<number, string> =>
  quantity('rate', { title, description, examples: [example] }, { from: '0/s', to: '1000000/s' });

const timeOf = (help: Help, from: string): z.ZodType<number, string> =>
  quantity('duration', help, { from, to: '240h', whole: { scale: 1000, named: 'microseconds' } });

/** Times are read as whole microseconds, so that their milliseconds are exact in a schedule. */
export const microsToMs = (micros: number): number => micros / 1000;

export const rateShapes = ['constant', 'steps', 'ramp', 'sine', 'diurnal', 'spike', 'trace'] as const;

const shape = <Name extends (typeof rateShapes)[number]>(name: Name): z.ZodLiteral<Name> =>
  z.literal(name).meta({ title: 'Shape', description: 'How the mean rate changes over time.', examples: [name] });

export const constantRate = quantity(
  'rate',
  { title: 'Rate', description: 'Mean arrivals, the same all the time.', examples: ['50/s'] },
  { from: '0.001/s', to: '1000000/s' },
);

const scaleExpected = 'a factor from 0.000001 to 1000000 such as 0.5';
export const rateFactor = z
  .number(expecting(scaleExpected))
  .min(1e-6, expecting(scaleExpected))
  .max(1e6, expecting(scaleExpected));

const fileName = (description: string, example: string): z.ZodType<string, string> =>
  z
    .string(expecting('the path of a file'))
    .min(1, expecting('the path of a file'))
    .meta({ title: 'File', description, examples: [example] });

const contents = (description: string): z.ZodType<string | undefined, string | undefined> =>
  z
    .string(expecting('the text of such a file'))
    .optional()
    .meta({ title: 'Contents', description, examples: ['1\n2.5\n'] });

export const fileFields = { fileName, contents };

const shapes = z.discriminatedUnion(
  'shape',
  [
    mapping({ shape: shape('constant'), rate: constantRate }).meta({ title: 'Constant' }),
    mapping({
      shape: shape('steps'),
      steps: z
        .array(
          mapping({
            rate: rateOf('Rate', 'Mean arrivals in this step.', '100/s'),
            for: timeOf({ title: 'For', description: 'How long it lasts.', examples: ['30s'] }, '1ms'),
          }).meta({ title: 'Step' }),
          expecting('a list of steps such as { rate: 100/s, for: 30s }'),
        )
        .min(1, { error: () => 'found none, expected at least one step such as { rate: 100/s, for: 30s }' })
        .max(5000, { error: ({ input }) => `found ${lengthOf(input)}, expected at most 5000 steps` })
        .meta({ title: 'Steps', description: 'One after the other; the last one goes on.' }),
    }).meta({ title: 'Steps' }),
    mapping({
      shape: shape('ramp'),
      from: rateOf('From', 'Rate at the start.', '50/s'),
      to: rateOf('To', 'Rate at the end, which goes on.', '200/s'),
      over: timeOf({ title: 'Over', description: 'How long the way takes.', examples: ['60s'] }, '1ms'),
    }).meta({ title: 'Ramp' }),
    mapping({
      shape: shape('sine'),
      mean: rateOf('Mean', 'Mean over a period.', '100/s'),
      amplitude: rateOf('Amplitude', 'At most the mean.', '50/s'),
      period: timeOf({ title: 'Period', description: 'It begins at the mean, going up.', examples: ['60s'] }, '1ms'),
    })
      .check(({ value, issues }) => {
        if (value.amplitude <= value.mean) return;
        const message = `found ${value.amplitude}/s with a mean of ${value.mean}/s, expected at most the mean: a rate is not negative`;
        issues.push({ code: 'custom', path: ['amplitude'], message, input: value.amplitude });
      })
      .meta({ title: 'Sine' }),
    mapping({
      shape: shape('diurnal'),
      low: rateOf('Low', 'Rate at night, the lowest of the day.', '20/s'),
      high: rateOf('High', 'Rate in the evening, the highest of the day.', '200/s'),
      day: timeOf({ title: 'Day', description: 'Length of a day; it begins at midnight.', examples: ['10m'] }, '1ms'),
    })
      .check(({ value, issues }) => {
        if (value.low <= value.high) return;
        const message = `found ${value.low}/s with high: ${value.high}/s, expected at most that`;
        issues.push({ code: 'custom', path: ['low'], message, input: value.low });
      })
      .meta({ title: 'Diurnal', description: 'Two humps in a day, the evening’s higher, and a quiet night.' }),
    mapping({
      shape: shape('spike'),
      base: rateOf('Base', 'Rate before and after.', '50/s'),
      peak: rateOf('Peak', 'Rate while it holds.', '500/s'),
      at: timeOf({ title: 'At', description: 'When it begins to rise.', examples: ['60s'] }, '0s'),
      rise: timeOf(
        { title: 'Rise', description: 'How long it rises; 0s for a jump.', examples: ['1s'] },
        '0s',
      ).prefault('0s'),
      hold: timeOf({ title: 'Hold', description: 'How long the peak holds.', examples: ['20s'] }, '0s'),
      fall: timeOf({ title: 'Fall', description: 'How long it falls.', examples: ['1s'] }, '0s').prefault('0s'),
    }).meta({ title: 'Spike' }),
    mapping({
      shape: shape('trace'),
      file: fileName('CSV with a rate for each second, from the folder of the file that names it.', 'trace.csv'),
      rates: contents('What stands in the file, if it is written here instead; `file` is then only a name.'),
      scale: rateFactor
        .prefault(1)
        .meta({ title: 'Scale', description: 'Factor on all rates of the file.', examples: [0.5] }),
    }).meta({ title: 'Trace', description: 'A rate for each second, from a file; the last one goes on.' }),
  ],
  {
    error: ({ input }) => {
      // Called for the word, and with what holds it; anything but a mapping went to the rate alone.
      const named: unknown = typeof input === 'object' && input !== null && 'shape' in input ? input.shape : undefined;
      return typeof named === 'string'
        ? unknownWord('shape', named, rateShapes)
        : expecting(`one of ${rateShapes.join(', ')}`).error({ input: named });
    },
  },
);

const rateHelp = {
  title: 'Rate',
  description: 'Mean arrivals over time: a rate, or a mapping with a shape.',
  examples: ['50/s', { shape: 'ramp', from: '50/s', to: '200/s', over: '60s' }],
};

/** For validation; the type of what it gives is that of a shape. */
export const rateSchema = instead((input) =>
  isMapping(input) ? shapes : constantRate.transform((rate) => ({ shape: 'constant' as const, rate })),
).meta(rateHelp);

/** For editors. */
export const rateInFile = z.union([constantRate, shapes]).meta(rateHelp);

export type ParsedRate = z.output<typeof shapes>;

const lengthOf = (input: unknown): string => (Array.isArray(input) ? String(input.length) : describe(input));
