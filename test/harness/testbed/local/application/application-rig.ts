import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Application } from '../../../../../harness/application/application.ts';
import { Cleanup } from '../../../../../harness/core/cleanup.ts';
import { systemClock } from '../../../../../harness/core/clock.ts';
import { packageRoot } from '../../../../../harness/core/package-root.ts';
import { startChild } from '../../../../../harness/core/process.ts';
import type { Allocation, ServiceAllocation } from '../../../../../harness/plan/plan.ts';
import type { ReplicaReading, ServiceReading } from '../../../../../harness/telemetry/application-reading.ts';
import { LocalApplication } from '../../../../../harness/testbed/local/application/local-application.ts';
import type { Replica } from '../../../../../harness/testbed/local/application/replica.ts';
import { ServiceReader } from '../../../../../harness/testbed/local/application/service-reader.ts';
import { twinPrograms } from '../../../../../harness/testbed/local/application/twin-programs.ts';
import { kernelAheadMs } from '../../../../../harness/testbed/local/kernel-clock.ts';
import type { LocalDependencies } from '../../../../../harness/testbed/local/local-dependencies.ts';
import { allowedCpus } from '../../../../../harness/testbed/local/own-cpus.ts';
import type { ResourceGroup } from '../../../../../harness/testbed/local/resource-group.ts';
import { removeFolder } from '../../../../../harness/testbed/local/run-folder.ts';
import { createRunGroup } from '../../../../../harness/testbed/local/run-group.ts';
import { ownSubtrees } from '../../../../../harness/testbed/local/subtree.ts';
import { applicationOf } from '../../../../deathstarbench/twin-rig.ts';

const native = join(packageRoot, 'build', 'native');

/** What the local testbed needs of the world, for tests on the real one. */
export function localDependencies(subtree: string, changes: Partial<LocalDependencies> = {}): LocalDependencies {
  return {
    ...{ runner: startChild, clock: systemClock },
    tracer: join(native, 'scalelab-runq'),
    workload: join(native, 'scalelab-workload'),
    twin: join(native, 'scalelab-twin'),
    ...{ stress: null, taskset: '/usr/bin/taskset' },
    ...{ isRoot: true, isSystemd: false, subtree },
    ...{ pid: process.pid, temporaryFolder: tmpdir() },
    ...changes,
  };
}

export const echo = (): Application => applicationOf(join(packageRoot, 'deathstarbench', 'echo.yaml'));

/** One replica of each service without limits, but for what is said. */
export function allocationOf(
  { services }: Application,
  changes: Readonly<Record<string, Partial<ServiceAllocation>>> = {},
): Allocation {
  const alone = { replicas: 1, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: null };
  return Object.fromEntries(services.map(({ name }) => [name, { ...alone, ...changes[name] }]));
}

let made = 0;

/** The group of a run in a subtree of its own; everything in it is gone when the test is over. */
export function runGroup(): ResourceGroup {
  const { subtrees } = ownSubtrees(localDependencies(`scalelab-test-${process.pid}-${++made}`));
  const run = createRunGroup(subtrees, process.pid);
  onTestFinished(() => run.remove(systemClock));
  return run.group;
}

export interface RigOptions {
  readonly model?: Application;
  readonly changes?: Readonly<Record<string, Partial<ServiceAllocation>>>;
  readonly cpus?: readonly number[];
  readonly port?: number | null;
}

/** A running application, and what tests ask about it. */
export interface ApplicationRig {
  readonly application: LocalApplication;
  readonly url: string;
  /** A sample of all services since the last. */
  readonly sample: () => Promise<readonly ServiceReading[]>;
  readonly living: (service: string) => readonly Replica[];
  /** The events so far, without their instants. */
  readonly events: () => readonly string[];
}

export async function startRig({
  model = echo(),
  changes = {},
  cpus,
  port = null,
}: RigOptions = {}): Promise<ApplicationRig> {
  const group = runGroup();
  const cleanup = new Cleanup();
  onTestFinished(() => cleanup[Symbol.asyncDispose]());
  const folder = mkdtempSync(join(tmpdir(), 'scalelab-test-'));
  cleanup.defer(() => {
    removeFolder(folder);
  });
  const twins = await twinPrograms(model, folder, localDependencies('unused'));
  const meter = { watch: () => undefined, forget: () => undefined };
  const options = { clock: systemClock, twins, group, meter, cpus: cpus ?? allowedCpus(), port, pid: process.pid };
  const { signal } = new AbortController();
  const application = cleanup.use(await LocalApplication.start(model, allocationOf(model, changes), options, signal));
  const aheadMs = kernelAheadMs(systemClock);
  const reader = new ServiceReader(application.services, {
    clock: systemClock,
    kernelAheadMs: aheadMs,
    sampleMs: 1000,
  });
  const originMs = systemClock.nowMs();
  return {
    application,
    url: application.url ?? '',
    sample: () => reader.read(originMs, 1000, signal),
    living: (service) =>
      application.services
        .filter((one) => one.service.name === service)
        .flatMap(({ replicas }) => replicas.filter(({ state }) => state !== 'ended')),
    events: () => application.events.map(({ type, replica, text }) => `${type} ${replica} ${text}`),
  };
}

export function readingOf(services: readonly ServiceReading[], id: string): ReplicaReading {
  const reading = services.flatMap(({ replicas }) => replicas).find((replica) => replica.id === id);
  if (reading === undefined) throw new Error(`no reading of ${id}`);
  return reading;
}

/** Waits until it is so, for at most 10 s. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = systemClock.nowMs() + 10_000;
  while (!(await isSo())) {
    if (systemClock.nowMs() > deadlineMs) throw new Error('it did not become so within 10 s');
    await systemClock.sleep(10);
  }
}
