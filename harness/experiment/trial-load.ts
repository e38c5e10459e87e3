import { mkdir, rm } from 'node:fs/promises';
import type { ArrivalSchedule } from '../load/arrival-schedule.ts';
import type { LoadDriver, PreparedLoad } from '../load/port.ts';
import type { ApplicationSpec } from '../plan/plan.ts';
import type { LiveTrial } from '../testbed/port.ts';

/** The load of a trial, before it knows where to go. */
export interface TrialLoad {
  prepare(live: Pick<LiveTrial, 'target' | 'generatorCpus' | 'workFolder'>, signal: AbortSignal): Promise<PreparedLoad>;
}

/** A schedule and the driver that will send it. */
export function trialLoad(application: ApplicationSpec, schedule: ArrivalSchedule, driver: LoadDriver): TrialLoad {
  return {
    async prepare({ target, generatorCpus, workFolder }, signal) {
      if (target === null) throw new Error('the testbed has no application that takes the load');
      // In virtual time nothing is written for the driver.
      if (workFolder !== null) await mkdir(workFolder, { recursive: true });
      const removeFolder = async (): Promise<void> => {
        if (workFolder !== null) await rm(workFolder, { recursive: true, force: true });
      };
      const { model, driver: options } = application;
      const order = { ...options, schedule, requests: model, target, cpus: generatorCpus };
      try {
        const prepared = await driver.prepare({ ...order, workFolder: workFolder ?? '' }, signal);
        return {
          go: (over) => prepared.go(over),
          [Symbol.asyncDispose]: async () => {
            try {
              await prepared[Symbol.asyncDispose]();
            } finally {
              await removeFolder();
            }
          },
        };
      } catch (error) {
        await removeFolder();
        throw error;
      }
    },
  };
}
