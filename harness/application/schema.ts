import { z } from 'zod';
import { expecting, mapping, name, quantity } from '../yaml/fields.ts';
import { endpoint } from './endpoint-schema.ts';
import { quantitySchema } from './quantity-schema.ts';
import { list, milliseconds, number, source, text } from './schema-fields.ts';
import { service } from './service-schema.ts';

/**
 * What a person writes in an application's file. One schema for validation and for the editor's JSON Schema. All bounds are such that
 * the twin, which reads a compiled form in C, holds every number in 32 bits.
 */

const mix = mapping({
  name: name({ title: 'Name of the mix', description: 'Unique.', examples: ['original'] }),
  weights: list(
    mapping({
      endpoint: z
        .string(expecting('the name of an endpoint'))
        .meta({ title: 'Endpoint', description: 'One of `endpoints`.', examples: ['compose'] }),
      weight: number({ title: 'Weight', description: 'In any unit.', examples: [10] }, 0.000001, 1_000_000),
    }),
    'weights',
    { title: 'Weights', description: 'Shares of the endpoints; one that is missing is never asked for.' },
    1,
    255,
  ),
  source: source('the mix'),
}).meta({ title: 'Mix', description: 'Shares of the endpoints in the load.' });

export const applicationSchema = mapping({
  format: z.literal(1, expecting('format 1')).meta({ title: 'Format', description: 'Of this file.', examples: [1] }),
  name: name({ title: 'Name of the application', description: 'Shown in reports.', examples: ['social-network'] }),
  description: text(2000, { title: 'Description', description: 'What it is, for the reader of a report.' }),
  source: source('the structure'),
  cpuScale: number(
    { title: 'CPU scale', description: 'Factor on every CPU demand: fits the model to the machine.', examples: [1] },
    0.001,
    1000,
  ),
  cpuFirstShare: quantity(
    'share',
    {
      title: 'First share of CPU',
      description: 'Share of its own demand that an operation burns before its first step; the rest after its last.',
      examples: ['50 %'],
    },
    { from: '0 %', to: '100 %' },
  ),
  discovery: milliseconds(
    { title: 'Discovery', description: 'From a replica being ready until all callers know it.', examples: ['1s'] },
    '0s',
    '10min',
  ),
  drainLimit: milliseconds(
    { title: 'Drain limit', description: 'A replica that is scaled in has so long to finish.', examples: ['5s'] },
    '0s',
    '10min',
  ),
  quantities: list(
    quantitySchema,
    'quantities',
    { title: 'Quantities', description: 'Whole numbers drawn once for each request.' },
    0,
    64,
  ),
  services: list(service, 'services', { title: 'Services', description: 'In the order of reports.' }, 1, 255),
  endpoints: list(endpoint, 'endpoints', { title: 'Endpoints', description: 'What clients ask for.' }, 1, 255),
  mixes: list(mix, 'mixes', { title: 'Mixes', description: 'The first is the default.' }, 1, 64),
}).meta({
  title: 'Scalelab application',
  description: 'Model of an application: services, calls, demands, endpoints.',
});

export type ParsedApplication = z.output<typeof applicationSchema>;
