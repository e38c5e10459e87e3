import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Mix, ServiceRole } from '../harness/application/application.ts';
import { buildRequest } from '../harness/application/build-request.ts';
import { loadApplication } from '../harness/application/load-application.ts';
import { mixWeights } from '../harness/application/mix-weights.ts';
import { stream } from '../harness/core/random.ts';
import { chooser } from '../harness/load/make-schedule.ts';
import { expectedWork } from '../deathstarbench/client/expected-work.ts';
import { HttpGenerator } from './twin-generator.ts';
import type { BenchRequest } from './twin-generator.ts';
import { startApplication } from './twin-replicas.ts';
import type { RunningApplication } from './twin-replicas.ts';

/** What the replicas of a role did in one round. */
export interface MixWork {
  /** Executions of operations: what the model draws for these very requests. */
  readonly hops: number;
  readonly demandMicros: number;
  /** CPU time of all their processes. */
  readonly cpuMicros: number;
}

export type MixRound = ReadonlyMap<ServiceRole, MixWork>;

/** The social network under the requests of its own mix, one replica of each service. */
export interface MixCost {
  readonly mix: string;
  readonly requestsPerSecond: number;
  readonly requestsInRound: number;
  readonly ownDemands: readonly MixRound[];
  /** The same requests where every demand is next to nothing: all that the hops cost by themselves. */
  readonly noDemands: readonly MixRound[];
}

const file = 'deathstarbench/social-network.yaml';
const requestsPerSecond = 100;
const requestsInRound = 300;
/** A scale of 0 is none; with this one a hop is asked for less than a nanosecond. */
const noScale = 1e-9;

/** @param cpu on which all processes run */
export async function measureMixCost(cpu: number, rounds: number, progress: (line: string) => void): Promise<MixCost> {
  const application = await readApplication();
  const [mix] = application.mixes;
  if (mix === undefined) throw new Error(`${file} has no mix.`);
  await using demanding = await openArm(application, mix, cpu);
  await using free = await openArm({ ...application, cpuScale: noScale }, mix, cpu);
  for (const arm of [demanding, free]) await arm.measure();
  const [ownDemands, noDemands]: [MixRound[], MixRound[]] = [[], []];
  const arms = [
    { arm: demanding, measured: ownDemands },
    { arm: free, measured: noDemands },
  ];
  for (let round = 0; round < rounds; round++) {
    for (const { arm, measured } of stream(round, 'bench/twin/mix-order').shuffle(arms))
      measured.push(await arm.measure());
    const last = (all: readonly MixRound[]): string => beyondDemand(all.at(-1) ?? new Map()).toFixed(1);
    progress(
      `mix, round ${round + 1} of ${rounds}, us of a hop beyond its demand: ${last(ownDemands)}; without one: ${last(noDemands)}`,
    );
  }
  return { mix: mix.name, requestsPerSecond, requestsInRound, ownDemands, noDemands };
}

/** Microseconds of CPU time of a hop beyond its demand, of one role or of all. */
export function beyondDemand(round: MixRound, role?: ServiceRole): number {
  const { hops, demandMicros, cpuMicros } = workOf(round, role);
  return (cpuMicros - demandMicros) / hops;
}

export function workOf(round: MixRound, role?: ServiceRole): MixWork {
  const none = { hops: 0, demandMicros: 0, cpuMicros: 0 };
  return [...round]
    .filter(([name]) => role === undefined || name === role)
    .reduce((sum, [, work]) => added(sum, work), none);
}

function added(one: MixWork, other: MixWork): MixWork {
  return {
    hops: one.hops + other.hops,
    demandMicros: one.demandMicros + other.demandMicros,
    cpuMicros: one.cpuMicros + other.cpuMicros,
  };
}

async function readApplication(): Promise<Application> {
  const loaded = loadApplication({ text: await readFile(file, 'utf8'), fileName: file });
  if (!loaded.ok) throw new Error(`${file} has mistakes.`);
  return loaded.application;
}

async function openArm(application: Application, mix: Mix, cpu: number) {
  const running = await startApplication(application, String(cpu));
  const front = application.services.find(({ role }) => role === 'front')?.name ?? '';
  const choose = chooser(mixWeights(application, mix.name) ?? []);
  const asked = (index: number): { readonly endpoint: string; readonly request: BenchRequest } => {
    const seed = Math.imul(index + 1, 0x9e3779b1) >>> 0;
    const number = choose(stream(index, 'bench/twin/endpoint').uniform());
    return {
      endpoint: application.endpoints[number]?.name ?? '',
      request: { ...buildRequest(application, number, seed), seed },
    };
  };
  const generator = new HttpGenerator(running.replicas.get(front)?.port ?? 0, false, (index) => asked(index).request);
  let sent = 0;
  return {
    async measure(): Promise<MixRound> {
      const before = await cpuByService(running);
      await generator.send(requestsInRound, requestsPerSecond);
      // What is done after an answer belongs to it.
      await delay(300);
      const after = await cpuByService(running);
      const round = new Map<ServiceRole, MixWork>();
      const add = (service: string, work: MixWork): void => {
        const role = application.services.find(({ name }) => name === service)?.role ?? 'service';
        round.set(role, added(round.get(role) ?? { hops: 0, demandMicros: 0, cpuMicros: 0 }, work));
      };
      for (const [service, micros] of after) {
        add(service, { hops: 0, demandMicros: 0, cpuMicros: micros - (before.get(service) ?? NaN) });
      }
      for (const end = sent + requestsInRound; sent < end; sent++) {
        const { endpoint, request } = asked(sent);
        for (const { service, demandMicros } of expectedWork(application, endpoint, request.seed)) {
          add(service, { hops: 1, demandMicros, cpuMicros: 0 });
        }
      }
      return round;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      generator.close();
      await running[Symbol.asyncDispose]();
    },
  };
}

async function cpuByService(running: RunningApplication): Promise<ReadonlyMap<string, number>> {
  return new Map([...(await running.counters())].map(([name, { cpuSeconds }]) => [name, cpuSeconds * 1e6]));
}
