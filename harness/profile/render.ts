import { stringify } from 'yaml';
import { unreachable } from '../core/unreachable.ts';
import type { Allocation } from './allocation.ts';
import type { ApplicationSpec, Profile, TestbedSpec, ThreadCount } from './profile.ts';
import { renderLoad } from './render-load.ts';
import { bytes, cores, microseconds, milliseconds, perSecond, share } from './render-quantity.ts';

/** The first line of a profile: editors take the schema from there. Relative to the profile. */
export const schemaComment = (schemaPath: string): string => `# yaml-language-server: $schema=${schemaPath}`;

/**
 * The whole of a profile as it takes effect, as YAML: `--set` applied, matrices expanded, defaults written out. Loads again to an
 * equal profile. Ends with a line break.
 * @param schemaPath of the JSON Schema, relative to where the text will be
 */
export function renderProfile(profile: Profile, schemaPath = './schema.json'): string {
  const { canary, limits } = profile;
  const fields = {
    ...(profile.description === null ? {} : { description: profile.description }),
    seed: profile.seed,
    blocks: profile.blocks,
    aa: profile.aa,
    testbed: renderTestbed(profile.testbed),
    ...renderApplication(profile.application),
    timeCompression: profile.timeCompression,
    source: profile.source,
    trial: { duration: milliseconds(profile.trialMs), warmup: milliseconds(profile.warmupMs) },
    sampleInterval: milliseconds(profile.sampleMs),
    canary: canary && { rate: perSecond(canary.ratePerSecond), work: microseconds(canary.workMicros) },
    arms: profile.arms.map(({ name, disturbances: { cpu }, allocation, assumedDemand }) => ({
      name,
      disturbances: cpu === null ? {} : { cpu: renderThreads(cpu) },
      ...(allocation === null ? {} : { allocation: renderAllocation(allocation), assumedDemand: share(assumedDemand) }),
    })),
    loads: profile.loads.map(renderLoad),
    hypotheses: profile.hypotheses,
    limits: {
      stolen: share(limits.stolenShare),
      clockJump: milliseconds(limits.clockJumpMs),
      observationGap: milliseconds(limits.observationGapMs),
      notSent: share(limits.notSentShare),
      lateness: limits.latenessP99Ms === null ? null : milliseconds(limits.latenessP99Ms),
      generatorCpu: share(limits.generatorCpuShare),
    },
  };
  return `${schemaComment(schemaPath)}\n${stringify(fields, { aliasDuplicateObjects: false })}`;
}

function renderApplication(application: ApplicationSpec | null): Readonly<Record<string, unknown>> {
  if (application === null) return {};
  const { reference, sloMs, driver, faults } = application;
  const { connections } = driver;
  return {
    application: reference,
    objective: milliseconds(sloMs),
    driver: {
      name: driver.name,
      timeout: milliseconds(driver.timeoutMs),
      inFlight: driver.mostInFlight,
      connections:
        connections.kind === 'fresh' || connections.maxAgeMs === null
          ? connections.kind
          : { maxAge: milliseconds(connections.maxAgeMs) },
      spans: share(driver.spanShare),
    },
    faults: faults.map((fault) =>
      fault.kind === 'kill'
        ? { kill: fault.service, at: milliseconds(fault.atMs) }
        : { stop: fault.service, at: milliseconds(fault.atMs), for: milliseconds(fault.durationMs) },
    ),
  };
}

function renderAllocation(allocation: Allocation): Readonly<Record<string, unknown>> {
  const services = Object.entries(allocation).map(([name, { replicas, cpuLimitCores, memoryLimitBytes }]) => [
    name,
    {
      replicas,
      cpu: cpuLimitCores === null ? null : cores(cpuLimitCores),
      memory: memoryLimitBytes === null ? null : bytes(memoryLimitBytes),
    },
  ]);
  return { services: Object.fromEntries(services) as unknown };
}

function renderTestbed(testbed: TestbedSpec): Readonly<Record<string, unknown>> {
  switch (testbed.kind) {
    case 'local':
      return { ...testbed };
    case 'sim':
      return {
        kind: 'sim',
        cores: testbed.cores === 1 ? '1 core' : `${testbed.cores} cores`,
        work: microseconds(testbed.workMicros),
      };
    default:
      return unreachable(testbed);
  }
}

function renderThreads(cpu: ThreadCount): number | string {
  if ('threads' in cpu) return cpu.threads;
  return cpu.timesCores === 1 ? 'cores' : `${cpu.timesCores}x cores`;
}
