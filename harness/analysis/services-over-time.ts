import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { Sample } from '../telemetry/sample.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import type { ServicePoint } from './application-figure-data.ts';
import { SlotSum } from './slot-sum.ts';
import { stepOf, timeSteps } from './time-steps.ts';

/** Steps of a map of services: cells that can still be told apart side by side. */
const mostSteps = 60;

interface Cell {
  cpuSeconds: number | null;
  readonly waits: SlotSum;
}

/** CPU and run-queue wait of each service over the course of a trial, over the trials of one arm. */
export function servicesOverTime(plan: Plan, arm: string, trials: readonly RecordedTrial[]): readonly ServicePoint[] {
  const steps = timeSteps(plan, mostSteps);
  const services = plan.application?.model.services.map(({ name }) => name) ?? [];
  const newCells = (): Cell[] =>
    Array.from({ length: steps.count }, () => ({ cpuSeconds: null, waits: new SlotSum() }));
  const cells = new Map(services.map((service) => [service, newCells()]));
  const elapsedSeconds = new Array<number>(steps.count).fill(0);
  for (const sample of trials.flatMap(({ samples }) => samples)) {
    // By its middle, because a sample ends a little after it is due.
    const step = stepOf(steps, sample.atMs - sample.intervalMs / 2);
    if (step === null) continue;
    elapsedSeconds[step] = (elapsedSeconds[step] ?? 0) + sample.intervalMs / 1000;
    for (const { service, replicas } of sample.services ?? []) {
      const cell = cells.get(service)?.[step];
      if (cell === undefined) continue;
      for (const { cpuSeconds } of replicas) {
        if (cpuSeconds !== null) cell.cpuSeconds = (cell.cpuSeconds ?? 0) + cpuSeconds;
      }
    }
    for (const [service, waits] of waitsByService(sample)) cells.get(service)?.[step]?.waits.add(waits);
  }
  return services.flatMap((service) =>
    (cells.get(service) ?? []).map(({ cpuSeconds, waits }, step) => {
      const seconds = elapsedSeconds[step] ?? 0;
      return {
        ...{ arm, service, fromMs: step * steps.stepMs, toMs: (step + 1) * steps.stepMs },
        cpuCores: cpuSeconds === null || seconds === 0 ? null : cpuSeconds / seconds,
        waitP95Seconds: waits.slots === null ? null : (waitQuantile(waits.slots, 0.95)?.value ?? null),
      };
    }),
  );
}

/** The waits of the replicas of each service; a service without one is missing. */
export function waitsByService(sample: Sample): ReadonlyMap<string, NonNullable<Sample['waits']>> {
  const serviceOf = new Map(
    (sample.services ?? []).flatMap(({ service, replicas }) => replicas.map(({ id }) => [id, service] as const)),
  );
  const byService = new Map<string, NonNullable<Sample['waits']>[number][]>();
  for (const reading of sample.waits ?? []) {
    const service = serviceOf.get(reading.group);
    if (service === undefined) continue;
    const own = byService.get(service);
    if (own === undefined) byService.set(service, [reading]);
    else own.push(reading);
  }
  return byService;
}
