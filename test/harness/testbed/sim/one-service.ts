import { compressTimes } from '../../../../harness/application/compress-times.ts';
import type { Application, Service } from '../../../../harness/application/application.ts';
import { loadApplication } from '../../../../harness/application/load-application.ts';
import { SimService, type SimServiceOptions } from '../../../../harness/testbed/sim/sim-service.ts';
import type { Job, RunningJob } from '../../../../harness/testbed/sim/sim-replica.ts';
import { readProjectFile } from '../../../guard/project-files.ts';

/** The application `one-service`: it starts in 5 s, is known a second later, and drains for at most 5 s. */
export function oneService(timeCompression = 1): Application {
  const fileName = 'deathstarbench/one-service.yaml';
  const loaded = loadApplication({ text: readProjectFile(fileName), fileName });
  if (!loaded.ok) throw new Error('one-service.yaml holds mistakes');
  return compressTimes(loaded.application, timeCompression);
}

export interface ServiceRig {
  readonly service: SimService;
  /** In the order in which they came, with the instant of the answer. */
  readonly answers: { readonly job: RunningJob; readonly replica: string; readonly atMs: number }[];
  readonly lost: { readonly job: Job; readonly atMs: number }[];
  /** When all replicas that are wanted were known, and the others had ended. */
  readonly settled: number[];
  /** Sends a request that takes so much CPU. */
  send(atMs: number, workMs: number): boolean;
  advanceTo(atMs: number): void;
}

/** The service by itself, without a front. */
export function serviceRig(changes: Partial<SimServiceOptions['allocation']> = {}, cores = 16): ServiceRig {
  const application = oneService();
  const [model] = application.services;
  const answers: ServiceRig['answers'] = [];
  const lost: ServiceRig['lost'] = [];
  const settled: number[] = [];
  let sent = 0;
  const service = new SimService({
    ...{ application, service: required(model), cores },
    allocation: { replicas: 1, cpuLimitCores: 1, cpuRequestCores: 1, memoryLimitBytes: null, ...changes },
    onAnswer: (job, { id }, atMs) => {
      answers.push({ job, replica: id, atMs });
    },
    onLost: (job, atMs) => {
      lost.push({ job, atMs });
    },
    onSettled: (atMs) => {
      settled.push(atMs);
    },
  });
  const advanceTo = (atMs: number): void => {
    while (service.nextMs <= atMs) service.takeNext();
  };
  return {
    ...{ service, answers, lost, settled, advanceTo },
    send: (atMs, workMs) => {
      advanceTo(atMs);
      return service.arrive({ request: sent++, workMs, arrivedAtMs: atMs });
    },
  };
}

function required(service: Service | undefined): Service {
  if (service === undefined) throw new Error('no service');
  return service;
}
