import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Application } from '../harness/application/application.ts';
import { systemClock } from '../harness/core/clock.ts';
import { startChild } from '../harness/core/process.ts';
import { Registry } from '../deathstarbench/client/registry.ts';
import { prepareRunFolder } from '../deathstarbench/client/run-folder.ts';
import { startTwin } from '../deathstarbench/client/start-twin.ts';
import type { TwinCounters, TwinReplica } from '../deathstarbench/client/twin.ts';

/** One replica of every service of an application, by the name of the service. */
export interface RunningApplication extends AsyncDisposable {
  readonly replicas: ReadonlyMap<string, TwinReplica & { readonly port: number }>;
  counters(): Promise<ReadonlyMap<string, TwinCounters>>;
}

/** @param cpus that all replicas share, as in the local testbed; null for all */
export async function startApplication(application: Application, cpus: string | null): Promise<RunningApplication> {
  const runFolder = await mkdtemp(join(tmpdir(), 'scalelab-bench-'));
  const files = await prepareRunFolder(runFolder, application);
  const { signal } = new AbortController();
  const started = await Promise.all(
    application.services.map((service) =>
      startTwin(
        {
          program: 'build/native/scalelab-twin',
          launcher: 'build/native/scalelab-workload',
          runFolder,
          service,
          replica: service.name,
          port: 0,
          cgroupFiles: [],
          cpus,
        },
        { runner: startChild, clock: systemClock, signal },
      ).then(async (replica) => [service.name, { ...replica, port: await replica.ready }] as const),
    ),
  );
  const replicas = new Map(started);
  await new Registry(files.registry).publish(
    started.map(([service, { port }]) => ({ service, replica: service, port })),
  );
  return {
    replicas,
    async counters() {
      const all = await Promise.all(
        [...replicas].map(async ([name, replica]) => [name, await replica.counters()] as const),
      );
      return new Map(
        all.map(([name, counters]) => {
          if (counters === null) throw new Error(`${name} does not answer.`);
          return [name, counters];
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      for (const replica of replicas.values()) await replica[Symbol.asyncDispose]();
      await rm(runFolder, { recursive: true, force: true });
    },
  };
}
