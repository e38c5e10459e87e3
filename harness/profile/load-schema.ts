import { z } from 'zod';
import { mapping, expecting, name } from '../yaml/fields.ts';
import { arrivalsInFile, arrivalsSchema } from './load-arrivals-schema.ts';
import { rateInFile, rateSchema } from './load-rate-schema.ts';

/** What a person writes about a load: an entry of `loads` in a profile, or a file of its own. `to-load.ts` makes a `Load` of it. */

const loadName = name({ title: 'Name of the load', description: 'Unique. As for arms.', examples: ['low'] });

const mix = z
  .string(expecting('the name of a mix of the application'))
  .min(1, expecting('the name of a mix of the application'))
  .nullable()
  .optional()
  .meta({
    title: 'Mix',
    description: "How often each endpoint is asked for: a mix of the application's model; its first if none is named.",
    examples: ['original'],
  });

const file = z
  .string(expecting('the path of a load file'))
  .min(1, expecting('the path of a load file'))
  .meta({
    title: 'File',
    description: 'A load file, from the folder of the profile. It holds everything but the name.',
    examples: ['load/diurnal.yaml'],
  });

const rateExpected = 'a rate such as 200/s, 30/min, or a mapping with a shape';

interface Written {
  readonly rate?: unknown;
  readonly arrivals?: { readonly process: string } | undefined;
  readonly mix?: unknown;
  readonly file?: unknown;
}

/** Which fields go together. */
function together(value: Written, refuse: (field: string, message: string) => void): void {
  if (value.file !== undefined) {
    for (const field of ['rate', 'arrivals', 'mix'] as const) {
      if (value[field] !== undefined) refuse(field, 'stands beside file, expected it in the load file alone');
    }
  } else if (value.arrivals?.process === 'instants') {
    if (value.rate !== undefined) refuse('rate', 'stands beside instants, expected none: they make their own rate');
  } else if (value.rate === undefined) {
    refuse('rate', `missing, expected ${rateExpected}`);
  }
}

const body = { rate: rateSchema.optional(), arrivals: arrivalsSchema.optional(), mix };

/** A load file: an entry without name and file. */
export const loadFileSchema = mapping(body).check(({ value, issues }) => {
  together(value, (field, message) => issues.push({ code: 'custom', path: [field], message, input: value }));
});

/** An entry of `loads` in a profile. */
export const loadSchema = mapping({ name: loadName, ...body, file: file.optional() })
  .check(({ value, issues }) => {
    together(value, (field, message) => issues.push({ code: 'custom', path: [field], message, input: value }));
  })
  .meta({ title: 'Load', description: 'Requests offered to the application.' });

const inFile = { rate: rateInFile.optional(), arrivals: arrivalsInFile.optional(), mix };

/** The entry for editors. */
export const loadInFile = mapping({ name: loadName, ...inFile, file: file.optional() }).meta({
  title: 'Load',
  description: 'Requests offered to the application: a rate and how arrivals follow each other, or a load file.',
});

/** The load file for editors. */
export const loadFileInFile = mapping(inFile).meta({
  title: 'Scalelab load',
  description: 'How many requests arrive when, and what they ask for.',
});

export type ParsedLoad = z.output<typeof loadSchema>;
export type ParsedLoadFile = z.output<typeof loadFileSchema>;
