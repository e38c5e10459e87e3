import type { Application, CpuDemand } from './application.ts';

/** The source of a number that nobody measured. */
export const assumed = 'assumed';

/**
 * The application with every CPU demand that is assumed times `factor`, and those with a source as they are: how much hangs on the
 * assumptions? In whole microseconds, and never 0.
 * @param factor above 0
 */
export function withAssumedDemand(application: Application, factor: number): Application {
  const scaled = (micros: number): number => (micros === 0 ? 0 : Math.max(1, Math.round(micros * factor)));
  const change = (cpu: CpuDemand): CpuDemand =>
    cpu.source === assumed
      ? { ...cpu, meanMicros: scaled(cpu.meanMicros), perItemMicros: scaled(cpu.perItemMicros) }
      : cpu;
  return {
    ...application,
    services: application.services.map((service) => ({
      ...service,
      operations: service.operations.map((operation) => ({ ...operation, cpu: change(operation.cpu) })),
    })),
  };
}
