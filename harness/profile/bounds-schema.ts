import { z } from 'zod';
import { count, expecting, mapping, quantity, wholeBytes } from '../yaml/fields.ts';

const memoryEnds = { from: '1 MiB', to: '1024 GiB', whole: wholeBytes };
const cpuEnds = { from: '0.01 cores', to: '1024 cores' };

const end = (which: 'Least' | 'Most', of: string): { title: string; description: string } => ({
  title: which,
  description: `${which} ${of} that a policy may choose.`,
});

const replicas = mapping({
  least: count({ ...end('Least', 'replicas'), examples: [1] }, 0, 100).optional(),
  most: count({ ...end('Most', 'replicas'), examples: [8] }, 1, 100).optional(),
});
const cpu = mapping({
  least: quantity('cores', { ...end('Least', 'CPU'), examples: ['0.05 cores'] }, cpuEnds).optional(),
  most: quantity('cores', { ...end('Most', 'CPU'), examples: ['1 core'] }, cpuEnds).optional(),
});
const memory = mapping({
  least: quantity('bytes', { ...end('Least', 'memory'), examples: ['16 MiB'] }, memoryEnds).optional(),
  most: quantity('bytes', { ...end('Most', 'memory'), examples: ['128 MiB'] }, memoryEnds).optional(),
});

const help = {
  replicas: { title: 'Replicas', description: 'From 1 to 10 where nothing is said.' },
  cpu: { title: 'CPU limit', description: 'Of each replica; from 0.01 to 1024 cores where nothing is said.' },
  memory: { title: 'Memory limit', description: 'Of each replica; from 4 MiB to 1024 GiB where nothing is said.' },
};

const share = mapping({
  replicas: replicas.prefault({}).meta(help.replicas),
  cpu: cpu.prefault({}).meta(help.cpu),
  memory: memory.prefault({}).meta(help.memory),
});

/** Between what policies may choose: `default` for every front and service, `services` by name. */
export const boundsSchema = mapping({
  default: share.prefault({}).meta({ title: 'Default', description: 'For every front and service.' }),
  services: z
    .record(z.string(), share, expecting('a mapping of services to their bounds'))
    .prefault({})
    .meta({ title: 'Services', description: 'By name, instead of the default.' }),
}).meta({
  title: 'Bounds',
  description: 'Between what policies may choose. The same for all arms; a decision outside of them is refused.',
  examples: [{ default: { replicas: { most: 4 }, cpu: { least: '0.05 cores', most: '1 core' } } }],
});

export type ParsedBounds = z.output<typeof boundsSchema>;
