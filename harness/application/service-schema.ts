import type { z } from 'zod';
import { choice, count, mapping, name } from '../yaml/fields.ts';
import { bytes, list, microseconds, milliseconds, quantityName, source } from './schema-fields.ts';
import { steps } from './step-schema.ts';

const cpu = mapping({
  mean: microseconds(
    { title: 'Mean', description: 'CPU time of one execution, before cpuScale.', examples: ['450us'] },
    '1us',
    '100s',
  ),
  perItem: microseconds(
    { title: 'Per item', description: 'In addition for each item.', examples: ['20us'] },
    '1us',
    '1s',
  ).optional(),
  items: list(
    quantityName,
    'names of quantities',
    { title: 'Items', description: 'Quantities whose sum is the number of items.', examples: [['followers']] },
    1,
    8,
  ).optional(),
  shape: choice('shape', ['constant', 'exponential'], {
    title: 'Shape',
    description: 'Distribution of the demand around its mean.',
    examples: ['exponential'],
  }).prefault('exponential'),
  source: source('the demand'),
})
  .check(({ value, issues }) => {
    const missing = value.perItem === undefined ? 'perItem' : value.items === undefined ? 'items' : null;
    if (missing === null || (value.perItem === undefined && value.items === undefined)) return;
    const message = `missing, expected ${missing === 'items' ? 'what is counted' : 'the time for each item'}`;
    issues.push({ code: 'custom', message, path: [missing], input: value });
  })
  .meta({ title: 'CPU', description: 'Thread CPU time of one execution, without what it calls.' });

const operation = mapping({
  name: name({ title: 'Name of the operation', description: 'Unique in its service.', examples: ['read-posts'] }),
  cpu,
  steps: steps
    .prefault([])
    .meta({ title: 'Steps of the operation', description: 'What it calls, in this order. Missing: nobody.' }),
  reply: bytes({ title: 'Reply', description: 'Size of the answer.', examples: ['100 B'] }, '0 B', '16 MiB'),
}).meta({ title: 'Operation', description: 'Something that a service can be asked to do.' });

const memory = mapping({
  base: bytes(
    { title: 'Base', description: 'Held by a replica from its start on.', examples: ['16 MiB'] },
    '0 B',
    '2 GiB',
  ),
  perRequest: bytes(
    { title: 'Per request', description: 'Held while a request is answered.', examples: ['64 KiB'] },
    '0 B',
    '64 MiB',
  ).prefault('0 B'),
  kept: bytes(
    { title: 'Kept', description: 'Held for ever after each request.', examples: ['1 kB'] },
    '0 B',
    '1 MiB',
  ).prefault('0 B'),
}).meta({ title: 'Memory', description: 'Of one replica.' });

const age = (title: string, description: string) =>
  milliseconds({ title, description }, '1ms', '24h')
    .nullable()
    .meta({ title, description, examples: ['10s', null] });

const pool = mapping({
  connections: count(
    { title: 'Connections', description: 'At most so many to one service.', examples: [512] },
    1,
    10_000,
  ),
  wait: milliseconds(
    {
      title: 'Wait',
      description: 'How long a request waits for a free connection before it fails.',
      examples: ['10s'],
    },
    '1ms',
    '10min',
  ),
  maxAge: age('Maximum age', 'Dropped when older, counted from its creation. `null`: never.'),
  maxIdle: age('Maximum idle time', 'Dropped when unused for longer. `null`: never.'),
}).meta({ title: 'Connection pool', description: 'Towards each service that it calls. Needed by whoever calls.' });

export const service = mapping({
  name: name({ title: 'Name of the service', description: 'Unique.', examples: ['text-service'] }),
  role: choice('role', ['front', 'service', 'store'], {
    title: 'Role',
    description: '`front` answers HTTP; `service` and `store` are called. A store is not scaled.',
    examples: ['service'],
  }),
  port: count(
    { title: 'Port', description: 'As in the original. Those of fronts differ.', examples: [9090] },
    1,
    65535,
  ),
  startUp: milliseconds(
    { title: 'Start-up', description: 'From the start of its process until it answers.', examples: ['1s'] },
    '0s',
    '10min',
  ),
  threads: count(
    { title: 'Threads', description: 'Connections that are served at once; more wait.', examples: [512] },
    1,
    10_000,
  ),
  memory,
  pool: pool.optional(),
  operations: list(
    operation,
    'operations',
    { title: 'Operations', description: 'Empty: a process that is there and that nobody calls.' },
    0,
    64,
  ),
}).meta({ title: 'Service', description: 'A scalable component, or a store.' });

export type ParsedService = z.output<typeof service>;
