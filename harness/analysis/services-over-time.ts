import { waitQuantile } from '../telemetry/wait-quantile.ts';
import type { ServicePoint } from './application-figure-data.ts';
import type { ServiceWalk } from './service-walk.ts';

/** CPU and run-queue wait of each service over the course of a trial, over the trials of one arm. */
export function servicesOverTime(
  arm: string,
  { cells, cellSteps: { stepMs }, elapsedSeconds }: ServiceWalk,
): readonly ServicePoint[] {
  return [...cells].flatMap(([service, own]) =>
    own.map(({ cpuSeconds, waits }, step) => {
      const seconds = elapsedSeconds[step] ?? 0;
      return {
        ...{ arm, service, fromMs: step * stepMs, toMs: (step + 1) * stepMs },
        cpuCores: cpuSeconds === null || seconds === 0 ? null : cpuSeconds / seconds,
        waitP95Seconds: waits.slots === null ? null : (waitQuantile(waits.slots, 0.95)?.value ?? null),
      };
    }),
  );
}
