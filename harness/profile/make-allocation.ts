import type { Application } from '../application/application.ts';
import type { Allocation, ServiceAllocation } from './allocation.ts';
import type { ParsedAllocation } from './allocation-schema.ts';

const alone: ServiceAllocation = { replicas: 1, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: null };

/** What every service of the model gets. Stores are not scaled and have no limit, unless they are named. */
export function makeAllocation({ services }: Application, written: ParsedAllocation): Allocation {
  return Object.fromEntries(
    services.map(({ name, role }) => {
      const named = written.services[name] ?? {};
      const byDefault = role === 'store' ? {} : written.default;
      const given = { ...alone, ...fieldsOf(byDefault), ...fieldsOf(named) };
      return [name, { ...given, cpuRequestCores: given.cpuRequestCores ?? given.cpuLimitCores }];
    }),
  );
}

/** Only what was written: a limit may be written as null. */
function fieldsOf({ replicas, cpu, cpuRequest, memory }: ParsedAllocation['default']): Partial<ServiceAllocation> {
  return {
    ...(replicas === undefined ? {} : { replicas }),
    ...(cpu === undefined ? {} : { cpuLimitCores: cpu }),
    ...(cpuRequest === undefined ? {} : { cpuRequestCores: cpuRequest }),
    ...(memory === undefined ? {} : { memoryLimitBytes: memory }),
  };
}
