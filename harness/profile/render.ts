import { stringify } from 'yaml';
import { unreachable } from '../core/unreachable.ts';
import type { Allocation } from './allocation.ts';
import type { Bounds } from './bounds.ts';
import type {
  ApplicationSpec,
  CanarySpec,
  DriverSpec,
  Fault,
  Overrides,
  Profile,
  TestbedSpec,
  ThreadCount,
} from './profile.ts';
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
    canary: canary && renderCanary(canary),
    ...(profile.bounds === null ? {} : { bounds: renderBounds(profile.bounds) }),
    ...(profile.prices === null ? {} : { prices: profile.prices }),
    arms: profile.arms.map(({ name, disturbances: { cpu }, allocation, assumedDemand, policy, overrides }) => ({
      name,
      disturbances: cpu === null ? {} : { cpu: renderThreads(cpu) },
      ...(allocation === null ? {} : { allocation: renderAllocation(allocation), assumedDemand: share(assumedDemand) }),
      ...(policy === null ? {} : { policy: { name: policy.name, ...policy.written } }),
      overrides: renderOverrides(overrides),
    })),
    loads: profile.loads.map(renderLoad),
    hypotheses: profile.hypotheses.map(({ margin, ...rest }) => ({
      ...rest,
      ...(margin === null ? {} : { margin: margin.kind === 'share' ? share(margin.share) : margin.value }),
    })),
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
  return {
    application: reference,
    objective: milliseconds(sloMs),
    driver: renderDriver(driver),
    faults: faults.map(renderFault),
  };
}

function renderDriver({ name, timeoutMs, mostInFlight, connections, spanShare }: DriverSpec): object {
  return {
    name,
    timeout: milliseconds(timeoutMs),
    inFlight: mostInFlight,
    connections:
      connections.kind === 'fresh' || connections.maxAgeMs === null
        ? connections.kind
        : { maxAge: milliseconds(connections.maxAgeMs) },
    spans: share(spanShare),
  };
}

const renderFault = (fault: Fault): object =>
  fault.kind === 'kill'
    ? { kill: fault.service, at: milliseconds(fault.atMs) }
    : { stop: fault.service, at: milliseconds(fault.atMs), for: milliseconds(fault.durationMs) };

const renderCanary = ({ ratePerSecond, workMicros }: CanarySpec): object => ({
  rate: perSecond(ratePerSecond),
  work: microseconds(workMicros),
});

/** Only what the arm has otherwise. */
function renderOverrides({ source, driver, canary, faults }: Overrides): object {
  return {
    ...(source === undefined ? {} : { source }),
    ...(driver === undefined ? {} : { driver: renderDriver(driver) }),
    ...(canary === undefined ? {} : { canary: canary && renderCanary(canary) }),
    ...(faults === undefined ? {} : { faults: faults.map(renderFault) }),
  };
}

function renderBounds(bounds: Bounds): object {
  const services = Object.entries(bounds).map(([name, { replicas, cpuCores, memoryBytes }]) => [
    name,
    {
      replicas,
      cpu: { least: cores(cpuCores.least), most: cores(cpuCores.most) },
      memory: { least: bytes(memoryBytes.least), most: bytes(memoryBytes.most) },
    },
  ]);
  return { services: Object.fromEntries(services) as unknown };
}

function renderAllocation(allocation: Allocation): Readonly<Record<string, unknown>> {
  const services = Object.entries(allocation).map(
    ([name, { replicas, cpuLimitCores, cpuRequestCores, memoryLimitBytes }]) => [
      name,
      {
        replicas,
        cpu: cpuLimitCores === null ? null : cores(cpuLimitCores),
        cpuRequest: cpuRequestCores === null ? null : cores(cpuRequestCores),
        memory: memoryLimitBytes === null ? null : bytes(memoryLimitBytes),
      },
    ],
  );
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
