import { plural } from '../core/plural.ts';
import type { Bounds, ServiceBounds } from './plan.ts';

/** Services with the same bounds a line. */
export function boundsLines(bounds: Bounds): readonly string[] {
  const services = new Map<string, string[]>();
  for (const [name, own] of Object.entries(bounds)) {
    const text = serviceText(own);
    services.set(text, [...(services.get(text) ?? []), name]);
  }
  return [...services].map(([text, names]) => `${text}: ${names.join(', ')}`);
}

const serviceText = ({ replicas, cpuCores, memoryBytes }: ServiceBounds): string =>
  [
    `${replicas.least} to ${plural(replicas.most, 'replica')}`,
    `${cpuCores.least} to ${plural(cpuCores.most, 'core')}`,
    `${bytesText(memoryBytes.least)} to ${bytesText(memoryBytes.most)}`,
  ].join(', ');

export const bytesText = (bytes: number): string =>
  bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes} B`;
