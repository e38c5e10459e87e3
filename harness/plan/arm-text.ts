import { formatShare } from '../core/units.ts';
import { plural } from '../core/plural.ts';
import { driverText, faultText } from './application-text.ts';
import { bytesText } from './bounds-text.ts';
import { canaryText } from './canary-text.ts';
import type { Allocation, Disturbances, Overrides, Plan, PlannedArm, ServiceAllocation } from './plan.ts';
import { policyLines } from './policy-text.ts';

/** What an arm does, a line for each thing: its policy, its disturbance, what it has otherwise, and what each service gets to begin with. */
export function armLines(
  { policy, disturbances, overrides, allocation, assumedDemand }: PlannedArm,
  times: Pick<Plan, 'trialMs' | 'timeCompression'>,
): readonly string[] {
  return [
    ...(policy === null ? [] : policyLines(policy, times)),
    disturbanceText(disturbances),
    ...overrideLines(overrides),
    ...(assumedDemand === 1 ? [] : [`assumed demands at ${formatShare(assumedDemand)}`]),
    ...(allocation === null ? [] : allocationLines(allocation)),
  ];
}

function overrideLines({ source, canary, driver, faults }: Overrides): readonly string[] {
  return [
    ...(source === undefined ? [] : [`source of run-queue wait: ${source}`]),
    ...(canary === undefined ? [] : [canaryText(canary)]),
    ...(driver === undefined ? [] : [driverText(driver)]),
    ...(faults === undefined ? [] : faults.length === 0 ? ['no faults'] : faults.map(faultText)),
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

function givenText({ replicas, cpuLimitCores, cpuRequestCores, memoryLimitBytes }: ServiceAllocation): string {
  const limits = [
    ...(cpuLimitCores === null ? [] : [plural(cpuLimitCores, 'core')]),
    ...(memoryLimitBytes === null ? [] : [bytesText(memoryLimitBytes)]),
  ];
  const given = limits.length === 0 ? 'without limits' : `of ${limits.join(' and ')}`;
  // Without a word the request is the limit.
  const request = cpuRequestCores === cpuLimitCores ? '' : `, request ${plural(cpuRequestCores ?? 0, 'core')}`;
  return `${plural(replicas, 'replica')} ${given}${request}`;
}
