import { expect, test } from 'vitest';
import { allocationSchema } from '../../../harness/profile/allocation-schema.ts';
import type { Allocation } from '../../../harness/profile/allocation.ts';
import { makeAllocation } from '../../../harness/profile/make-allocation.ts';
import { applicationProfileText, loaded } from './profile-text.ts';

const model = loaded(applicationProfileText()).application?.model;
if (model === undefined) throw new Error('no model');
/** `gate` in front of `echo`, which keeps what it is told in a store. */
const services = [
  ...model.services,
  ...model.services.slice(1).map((service) => ({ ...service, name: 'memory', role: 'store' as const })),
];

const allocationOf = (written: object): Allocation =>
  makeAllocation({ ...model, services }, allocationSchema.parse(written));

const alone = { replicas: 1, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: null };

test('without a word every service has one replica without limits', () => {
  expect(allocationOf({})).toEqual({ gate: alone, echo: alone, memory: alone });
});

test('the default is for fronts and services, not for stores', () => {
  const given = { replicas: 3, cpuLimitCores: 0.5, cpuRequestCores: 0.5, memoryLimitBytes: 64 * 2 ** 20 };

  expect(allocationOf({ default: { replicas: 3, cpu: '500 millicores', memory: '64 MiB' } })).toEqual({
    gate: given,
    echo: given,
    memory: alone,
  });
});

test('what is said by name replaces the default field by field, null too, and is for stores as well', () => {
  const written = {
    default: { replicas: 3, cpu: '0.5 cores' },
    services: { gate: { cpu: null }, echo: { replicas: 0, memory: '2 MB' }, memory: { cpu: '2 cores' } },
  };

  expect(allocationOf(written)).toEqual({
    gate: { replicas: 3, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: null },
    echo: { replicas: 0, cpuLimitCores: 0.5, cpuRequestCores: 0.5, memoryLimitBytes: 2_000_000 },
    memory: { replicas: 1, cpuLimitCores: 2, cpuRequestCores: 2, memoryLimitBytes: null },
  });
});

test('a request is the limit where nothing is said, and what is said where something is', () => {
  const written = {
    default: { cpu: '0.5 cores', cpuRequest: '0.25 cores' },
    services: { echo: { cpuRequest: null }, memory: { cpu: '2 cores', cpuRequest: '1 core' } },
  };

  expect(allocationOf(written)).toMatchObject({
    gate: { cpuLimitCores: 0.5, cpuRequestCores: 0.25 },
    echo: { cpuLimitCores: 0.5, cpuRequestCores: 0.5 },
    memory: { cpuLimitCores: 2, cpuRequestCores: 1 },
  });
});

test('services are in the order of the model, however they were written, so that the plan is the same', () => {
  const written = { services: { memory: {}, echo: {}, gate: {} } };

  expect(Object.keys(allocationOf(written))).toEqual(['gate', 'echo', 'memory']);
});
