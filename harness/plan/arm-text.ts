import { formatShare } from '../core/units.ts';
import { plural } from '../core/plural.ts';
import type { Allocation, Disturbances, PlannedArm, ServiceAllocation } from './plan.ts';

/** What an arm does, a line for each thing: its disturbance, and what each service of the application gets. */
export function armLines({ disturbances, allocation, assumedDemand }: PlannedArm): readonly string[] {
  return [
    disturbanceText(disturbances),
    ...(assumedDemand === 1 ? [] : [`assumed demands at ${formatShare(assumedDemand)}`]),
    ...(allocation === null ? [] : allocationLines(allocation)),
  ];
}

function disturbanceText({ cpu }: Disturbances): string {
  if (cpu === null) return 'no disturbance';
  if ('threads' in cpu) return `${cpu.threads} busy ${cpu.threads === 1 ? 'thread' : 'threads'}`;
  return cpu.timesCores === 1 ? 'a busy thread per core' : `${cpu.timesCores} busy threads per core`;
}

/** Services that get the same share a line. */
function allocationLines(allocation: Allocation): readonly string[] {
  const services = new Map<string, string[]>();
  for (const [name, given] of Object.entries(allocation)) {
    const text = givenText(given);
    services.set(text, [...(services.get(text) ?? []), name]);
  }
  return [...services].map(([text, names]) => `${text}: ${names.join(', ')}`);
}

function givenText({ replicas, cpuLimitCores, memoryLimitBytes }: ServiceAllocation): string {
  const limits = [
    ...(cpuLimitCores === null ? [] : [plural(cpuLimitCores, 'core')]),
    ...(memoryLimitBytes === null ? [] : [memoryText(memoryLimitBytes)]),
  ];
  return `${plural(replicas, 'replica')} ${limits.length === 0 ? 'without limits' : `of ${limits.join(' and ')}`}`;
}

const memoryText = (bytes: number): string => (bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes} B`);
