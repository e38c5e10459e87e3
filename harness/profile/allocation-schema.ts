import { z } from 'zod';
import { count, expecting, mapping, orNull, quantity, wholeBytes, type Help } from '../yaml/fields.ts';
import { placeholder } from './placeholder.ts';

const help = {
  cpu: { title: 'CPU limit', description: 'Of each replica; `null` without a limit.', examples: ['0.5 cores', null] },
  cpuRequest: {
    title: 'CPU request',
    description:
      'Of each replica: what its utilisation is a share of, and its weight where CPU is short. The limit by default.',
    examples: ['0.25 cores', null],
  },
  memory: {
    title: 'Memory limit',
    description: 'Of each replica; `null` without a limit.',
    examples: ['64 MiB', null],
  },
  replicas: { title: 'Replicas', description: 'Of the service.', examples: [1] },
  default: {
    title: 'Default',
    description:
      'For every front and service: one replica without limits where nothing is said. Stores take no part in it.',
    examples: [{ replicas: 1, cpu: '0.5 cores', memory: '64 MiB' }],
  },
  services: {
    title: 'Services',
    description: 'By name, instead of the default.',
    examples: [{ 'nginx-thrift': { cpu: '1 core' } }],
  },
  allocation: {
    title: 'Allocation',
    description: 'Replicas and limits of the services in this arm.',
    examples: [{ default: { cpu: '0.5 cores', memory: '64 MiB' } }],
  },
};

const cpu = orNull(quantity('cores', help.cpu, { from: '0.01 cores', to: '1024 cores' }));
const cpuRequest = orNull(quantity('cores', help.cpuRequest, { from: '0.001 cores', to: '1024 cores' }));
const memory = orNull(quantity('bytes', help.memory, { from: '1 MiB', to: '1024 GiB', whole: wholeBytes }));
const replicas = count(help.replicas, 0, 100);
const share = mapping({
  replicas: replicas.optional(),
  cpu: cpu.optional(),
  cpuRequest: cpuRequest.optional(),
  memory: memory.optional(),
});

/** What services get, as a person writes it: `default` for fronts and services, `services` by name, stores too. */
export const allocationSchema = mapping({
  default: share.prefault({}).meta(help.default),
  services: z
    .record(z.string(), share, expecting('a mapping of services to what they get'))
    .prefault({})
    .meta(help.services),
}).meta(help.allocation);

const orPlaceholder = (field: z.ZodType, own: Help): z.ZodOptional<z.ZodType> =>
  z
    .union([field, z.string().regex(placeholder)])
    .meta({ ...own })
    .optional();

const shareInFile = mapping({
  replicas: orPlaceholder(replicas, help.replicas),
  cpu: orPlaceholder(cpu, help.cpu),
  cpuRequest: orPlaceholder(cpuRequest, help.cpuRequest),
  memory: orPlaceholder(memory, help.memory),
});

/** The same for editors: any value may hold a placeholder. What it then is, is checked when the matrix is expanded. */
export const allocationInFile = mapping({
  default: shareInFile.prefault({}).meta(help.default),
  services: z.record(z.string(), shareInFile).prefault({}).meta(help.services),
}).meta(help.allocation);

export type ParsedAllocation = z.output<typeof allocationSchema>;
