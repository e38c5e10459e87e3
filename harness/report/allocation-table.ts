import { formatNumber, formatShare } from '../core/units.ts';
import type { Plan, PlannedArm, ServiceAllocation } from '../plan/plan.ts';
import { type Cell, cell, columns, type Table } from './document.ts';
import { formatBytes } from './number-text.ts';
import { plural } from './wording.ts';

/** What each service was given in each arm: services that were given the same in every arm share a row, arms alike a column. */
export function allocationTable({ arms, application }: Plan): Table | null {
  if (application === null) return null;
  const services = application.model.services.map(({ name }) => name);
  const columnsOfArms = alike(arms, (arm) =>
    [arm.assumedDemand, ...services.map((service) => givenText(arm, service))].join('\n'),
  );
  const rows = alike(services, (service) =>
    columnsOfArms.map(([arm]) => (arm ? givenText(arm, service) : '')).join('\n'),
  );
  return {
    caption: 'Allocation: replicas, and of each the CPU and memory limit',
    columns: columns(
      ['services', ...columnsOfArms.map((same) => same.map(({ name }) => name).join(', '))],
      columnsOfArms.map((same) => same.map(({ name }) => name).join(', ')),
    ),
    rows: [
      ...rows.map((same) => [
        servicesCell(same, services),
        ...columnsOfArms.map(([arm]) => cell(arm ? givenText(arm, same[0] ?? '') : '–')),
      ]),
      ...(arms.every(({ assumedDemand }) => assumedDemand === 1)
        ? []
        : [[cell('assumed CPU demands'), ...columnsOfArms.map(([arm]) => cell(formatShare(arm?.assumedDemand ?? 1)))]]),
    ],
    folded: false,
  };
}

/** In groups of the same key, each group where its first stands. */
function alike<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function servicesCell(same: readonly string[], all: readonly string[]): Cell {
  if (same.length === all.length) return cell(all.length === 1 ? (all[0] ?? '') : `all ${all.length} services`);
  return same.length === 1 ? cell(same[0] ?? '') : cell(plural(same.length, 'service'), same.join(', '));
}

function givenText({ allocation }: PlannedArm, service: string): string {
  const given = allocation?.[service];
  return given === undefined ? '–' : allocationText(given);
}

/** `1 × 0.100 cores, 64.0 MiB`. */
function allocationText({ replicas, cpuLimitCores, memoryLimitBytes }: ServiceAllocation): string {
  const cpu =
    cpuLimitCores === null ? 'no CPU limit' : cpuLimitCores === 1 ? '1 core' : `${formatNumber(cpuLimitCores)} cores`;
  const memory = memoryLimitBytes === null ? 'no memory limit' : formatBytes(memoryLimitBytes);
  return `${replicas} × ${cpu}, ${memory}`;
}
