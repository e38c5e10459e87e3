import { existsSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Application } from '../../harness/application/application.ts';
import { loadApplication } from '../../harness/application/load-application.ts';
import { systemClock } from '../../harness/core/clock.ts';
import { startChild } from '../../harness/core/process.ts';
import { Registry } from '../../deathstarbench/client/registry.ts';
import { prepareRunFolder, runFiles } from '../../deathstarbench/client/run-folder.ts';
import type { RunFiles } from '../../deathstarbench/client/run-folder.ts';
import { startTwin } from '../../deathstarbench/client/start-twin.ts';
import type { RegistryEntry, TwinCounters, TwinReplica } from '../../deathstarbench/client/twin.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

export const twinProgram = 'build/native/scalelab-twin';
export const launcherProgram = 'build/native/scalelab-workload';

/** Why replicas cannot be started here; null if they can. */
export function whyNoTwin(): string | null {
  if (process.platform !== 'linux') return 'the twin needs Linux';
  return existsSync(twinProgram) ? null : `${twinProgram} was not built`;
}

export function applicationOf(file: string): Application {
  const loaded = loadApplication({ text: readFileSync(file, 'utf8'), fileName: file });
  if (!loaded.ok) throw new Error(`${file} has mistakes`);
  return loaded.application;
}

/** A replica that answers. */
export interface RunningReplica extends TwinReplica {
  readonly service: string;
  readonly replica: string;
  readonly port: number;
}

export interface StartOptions {
  /** Whether others are told of it; the default is yes. */
  readonly isRegistered?: boolean;
  /** 0, the default, lets the kernel choose. */
  readonly port?: number;
  readonly program?: string;
}

/** Replicas of an application in a folder of their own. Those that still run when the test is over are killed. */
export class TwinRig {
  readonly application: Application;
  readonly folder: string;
  readonly files: RunFiles;
  readonly registry: Registry;
  readonly program: string;
  #entries: readonly RegistryEntry[] = [];

  private constructor(application: Application, folder: string, program: string) {
    this.application = application;
    this.folder = folder;
    this.files = runFiles(folder);
    this.registry = new Registry(this.files.registry);
    this.program = program;
  }

  static async open(application: Application, program = twinProgram): Promise<TwinRig> {
    const folder = join(temporaryFolder(), 'run');
    await prepareRunFolder(folder, application);
    return new TwinRig(application, folder, program);
  }

  /** Starts one, waits until it answers, and registers it. */
  async start(service: string, replica = `${service}-1`, options: StartOptions = {}): Promise<RunningReplica> {
    const started = await this.startOnly(service, replica, options);
    const port = await started.ready;
    const running: RunningReplica = { ...started, service, replica, port };
    if (options.isRegistered ?? true) await this.register(running);
    return running;
  }

  async startOnly(
    service: string,
    replica = `${service}-1`,
    { port = 0, program = this.program }: StartOptions = {},
  ): Promise<TwinReplica> {
    const model = this.application.services.find(({ name }) => name === service);
    if (!model) throw new Error(`no service ${service}`);
    const started = await startTwin(
      {
        program,
        launcher: launcherProgram,
        runFolder: this.folder,
        service: model,
        replica,
        port,
        cgroupFiles: [],
        cpus: null,
      },
      { runner: startChild, clock: systemClock, signal: new AbortController().signal },
    );
    onTestFinished(() => started[Symbol.asyncDispose]());
    return started;
  }

  async startAll(): Promise<ReadonlyMap<string, RunningReplica>> {
    const replicas = await Promise.all(
      this.application.services.map((service) => this.start(service.name, undefined, { isRegistered: false })),
    );
    await this.register(...replicas);
    return new Map(replicas.map((replica) => [replica.service, replica]));
  }

  async register(...replicas: readonly RunningReplica[]): Promise<void> {
    await this.publish([
      ...this.#entries,
      ...replicas.map(({ service, replica, port }) => ({ service, replica, port })),
    ]);
  }

  async unregister(replica: RunningReplica): Promise<void> {
    await this.publish(this.#entries.filter((entry) => entry.replica !== replica.replica));
  }

  async publish(entries: readonly RegistryEntry[]): Promise<void> {
    this.#entries = entries;
    await this.registry.publish(entries);
  }
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** A connection of its own, unless an agent is given. */
export function ask(port: number, path: string, { method = 'GET', body, headers, agent }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, agent: agent ?? false, headers: headers ?? {} },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: text });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** The header that names a request of a schedule. */
export function traceParent(index: number, seed: number, isSampled = true): string {
  const request = (index + 1).toString(16).padStart(16, '0');
  return `00-${request}${seed.toString(16).padStart(16, '0')}-0000000000000001-${isSampled ? '01' : '00'}`;
}

/** Counters once they are as wanted; the test's own limit ends a wait for what does not come. */
export async function countersWhen(
  replica: TwinReplica,
  areThere: (counters: TwinCounters) => boolean,
): Promise<TwinCounters> {
  for (;;) {
    const counters = await replica.counters();
    if (counters !== null && areThere(counters)) return counters;
    await delay(10);
  }
}
