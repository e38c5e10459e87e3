import { z } from 'zod';
import { count, expecting, mapping, quantity, wholeBytes } from '../yaml/fields.ts';

const cpu = quantity(
  'cores',
  { title: 'CPU limit', description: 'Of each replica; `null` without a limit.', examples: ['0.5 cores', null] },
  { from: '0.01 cores', to: '1024 cores' },
).nullable();

const memory = quantity(
  'bytes',
  { title: 'Memory limit', description: 'Of each replica; `null` without a limit.', examples: ['64 MiB', null] },
  { from: '1 MiB', to: '1024 GiB', whole: wholeBytes },
).nullable();

const replicas = count({ title: 'Replicas', description: 'Of the service.', examples: [1] }, 0, 100);

const share = mapping({ replicas: replicas.optional(), cpu: cpu.optional(), memory: memory.optional() });

/** What services get, as a person writes it: `default` for fronts and services, `services` by name, stores too. */
export const allocationSchema = mapping({
  default: share.prefault({}).meta({
    title: 'Default',
    description:
      'For every front and service: one replica without limits where nothing is said. Stores take no part in it.',
    examples: [{ replicas: 1, cpu: '0.5 cores', memory: '64 MiB' }],
  }),
  services: z
    .record(z.string(), share, expecting('a mapping of services to what they get'))
    .prefault({})
    .meta({
      title: 'Services',
      description: 'By name, instead of the default.',
      examples: [{ nginx: { cpu: '1 core' } }],
    }),
}).meta({
  title: 'Allocation',
  description: 'Replicas and limits of the services in this arm.',
  examples: [{ default: { cpu: '0.5 cores', memory: '64 MiB' } }],
});

export type ParsedAllocation = z.output<typeof allocationSchema>;
