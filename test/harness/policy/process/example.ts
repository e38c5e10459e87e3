import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import { isRunnable } from '../../../../harness/core/find-program.ts';
import { packageRoot } from '../../../../harness/core/package-root.ts';
import { startChild } from '../../../../harness/core/process.ts';
import { stream } from '../../../../harness/core/random.ts';
import type { Controller, PolicyContext, Window } from '../../../../harness/policy/port.ts';
import type { ProcessDependencies } from '../../../../harness/policy/process/process-dependencies.ts';
import { processOptions, type ProcessOptions } from '../../../../harness/policy/process/process-options.ts';
import { startProcessPolicy } from '../../../../harness/policy/process/start-process-policy.ts';
import type { ServiceReading } from '../../../../harness/telemetry/application-reading.ts';
import type { Sample } from '../../../../harness/telemetry/sample.ts';
import { replicaOf, serviceOf } from '../../../rig/replica-reading.ts';

const workload = join(packageRoot, 'build', 'native', 'scalelab-workload');

/** As on the command line, but seen from a folder, and with time limits that a test can wait for where it has to. */
export const worldIn = (workingFolder: string, changes: Partial<ProcessDependencies> = {}): ProcessDependencies => ({
  ...{ runner: startChild, clock: systemClock, workingFolder },
  ...{ searchPath: process.env['PATH'] ?? '', environment: { PATH: process.env['PATH'] ?? '' } },
  ...{ workload: isRunnable(workload) ? workload : null, node: process.execPath },
  ...changes,
});

/** From what stands in a profile. */
export const optionsOf = (written: object): ProcessOptions => processOptions.parse(written);

const range = { least: 1, most: 4 };
const bounds = { replicas: range, cpuCores: { least: 0.1, most: 2 }, memoryBytes: { least: 1e6, most: 1e9 } };
const allocation = { replicas: 2, cpuLimitCores: 0.5, cpuRequestCores: 0.5, memoryLimitBytes: null };

/** A front and a service that calls a store; two seconds of a trial are one. What of it can be sent. */
export const toldContext: Omit<PolicyContext, 'random' | 'compressed'> = {
  services: [
    { name: 'nginx', role: 'front', isScalable: true, calls: ['echo'], startUpMs: 500 },
    { name: 'echo', role: 'service', isScalable: true, calls: ['redis'], startUpMs: 500 },
    { name: 'redis', role: 'store', isScalable: false, calls: [], startUpMs: 500 },
  ],
  allocation: { nginx: allocation, echo: allocation, redis: { ...allocation, replicas: 1 } },
  bounds: { nginx: bounds, echo: bounds },
  ...{ capacityCores: 2, sampleMs: 500, timeCompression: 2, objectiveMs: 50 },
};

export const exampleContext = (changes: Partial<PolicyContext> = {}): PolicyContext => ({
  ...toldContext,
  random: stream(7, 'policy'),
  compressed: (seconds) => (seconds * 1000) / 2,
  ...changes,
});

/** A service in which each replica used so many cores in half a second. */
export function busyService(name: string, replicas: number, cores: number): ServiceReading {
  const busy = { cpuSeconds: cores * 0.5, cpuLimitCores: 0.5, cpuRequestCores: 0.5 };
  return serviceOf(name, ...Array.from({ length: replicas }, (_, index) => replicaOf(`${name}-${index + 1}`, busy)));
}

export const sampleOf = (atMs: number, ...services: readonly ServiceReading[]): Sample => ({
  ...{ atMs, intervalMs: 500, clockOffsetMs: 0, source: 'none', waits: null, host: null, tracer: null },
  ...{ services: services.length === 0 ? null : services, load: null },
});

export const windowOf = (...samples: readonly Sample[]): Window => ({
  ...{ nowMs: samples.at(-1)?.atMs ?? 0, samples, pending: [], settled: [] },
});

export const never = new AbortController().signal;

/** Starts a policy that ends with the test. */
export async function startPolicy(
  written: object,
  world: ProcessDependencies,
  context: PolicyContext = exampleContext(),
): Promise<Controller> {
  const controller = await startProcessPolicy(optionsOf(written), context, world, never);
  onTestFinished(() => controller[Symbol.asyncDispose]());
  return controller;
}

/** A file that can be started. @returns its name */
export function writeProgram(folder: string, name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
  return name;
}

/** A shell script that says it is ready, and then does for each window what `answer` says; the window is in `$line`. */
export const shellPolicy = (answer: string): string => `#!/bin/sh
read -r line
echo '{"type":"ready","protocol":1,"name":"test"}'
step=0
while read -r line; do
  case $line in *'"type":"stop"'*) exit 0 ;; esac
  step=$((step + 1))
  ${answer}
done
`;

/** The answer of a policy that decides nothing. */
export const nothing = `echo "{\\"type\\":\\"decisions\\",\\"step\\":$step,\\"decisions\\":[]}"`;

/** What an action was refused with, as text. */
export const failureOf = async (action: Promise<unknown>): Promise<{ code: unknown; message: string; hint: unknown }> =>
  action.then(
    () => ({ code: null, message: 'it did not fail', hint: null }),
    (error: unknown) => {
      const { code, message, hint } = error as { code: unknown; message: string; hint: unknown };
      return { code, message, hint };
    },
  );
