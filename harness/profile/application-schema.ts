import { z } from 'zod';
import { choice, count, expecting, listed, mapping, name, quantity, wholeMilliseconds } from '../yaml/fields.ts';

const duration = (title: string, description: string, from: string, example: string) =>
  quantity('duration', { title, description, examples: [example] }, { from, to: '1h', whole: wholeMilliseconds });

/** Applications that come with Scalelab: files in `deathstarbench/`. */
export const ownModels: readonly string[] = ['social-network', 'echo', 'one-service'];

export const modelSchema = z.string(expecting('the name or the path of a model')).meta({
  title: 'Application',
  description:
    'The model of what runs: `social-network`, `echo` or `one-service`, or the path of a YAML file, relative to the profile. Without it nothing runs but the disturbances.',
  examples: ['social-network', './my-application.yaml'],
});

export const objectiveSchema = duration(
  'Objective',
  'Latency that an answer may have, from its due instant. What is later, or has an error, violates the objective.',
  '1ms',
  '200ms',
);

const connectionsExpected = 'kept, fresh, or a mapping such as { maxAge: 10s }';

export const driverSchema = mapping({
  name: choice('driver', ['built-in', 'k6'], {
    title: 'Driver',
    description: 'Who sends the load: our own driver, or the program k6, which is found on PATH or by K6_BIN.',
    examples: ['built-in'],
  }).prefault('built-in'),
  timeout: duration('Time-out', 'From the due instant.', '10ms', '5s').prefault('5s'),
  inFlight: count(
    {
      title: 'Requests in flight',
      description: 'At most so many; beyond it a request is recorded as not sent.',
      examples: [1000],
    },
    1,
    100_000,
  ).prefault(1000),
  connections: z
    .union(
      [
        z.enum(['kept', 'fresh']),
        mapping({ maxAge: duration('Age', 'At most so old, from its creation.', '10ms', '10s') }),
      ],
      expecting(connectionsExpected),
    )
    .prefault('kept')
    .meta({
      title: 'Connections',
      description: '`kept` between requests, `fresh` for each request, or kept up to an age.',
      examples: ['kept', 'fresh', { maxAge: '10s' }],
    }),
  spans: quantity(
    'share',
    {
      title: 'Spans',
      description: 'Share of the requests that leave spans, from which the report tells where the time went.',
      examples: ['10 %'],
    },
    { from: '0 %', to: '100 %' },
  ).prefault('10 %'),
})
  .check(({ value: { name: driver, connections }, issues }) => {
    if (driver !== 'k6' || typeof connections === 'string') return;
    const message = 'k6 cannot drop connections by their age, expected kept or fresh, or the built-in driver';
    issues.push({ code: 'custom', path: ['connections'], message, input: connections });
  })
  .meta({
    title: 'Driver',
    description: 'How the load is sent: open loop, on schedule, whatever the application does.',
  });

const service = name({ title: 'Service', description: 'One of the model.', examples: ['nginx-thrift'] });
const onLoadAxis = 'on the time axis of the load, which time compression divides';
const at = duration('At', `From the start of the trial, ${onLoadAxis}.`, '0s', '5s');

const faultSchema = z
  .union(
    [
      mapping({ kill: service, at }),
      mapping({ stop: service, at, for: duration('For', `Then it goes on: ${onLoadAxis}.`, '1ms', '2s') }),
    ],
    expecting('a mapping such as { kill: nginx-thrift, at: 5s } or { stop: user-mongodb, at: 5s, for: 2s }'),
  )
  .meta({
    title: 'Fault',
    description: '`kill` ends the oldest replica of a service with SIGKILL, `stop` halts it for a while.',
    examples: [{ stop: 'user-mongodb', at: '5s', for: '2s' }],
  });

export const faultsSchema = z
  .array(faultSchema, expecting('a list of faults'))
  .max(100, listed('at most 100 faults'))
  .meta({ title: 'Faults', description: 'What is done to the application on purpose, in every trial.' });

export type ParsedDriver = z.output<typeof driverSchema>;
export type ParsedFault = z.output<typeof faultSchema>;
