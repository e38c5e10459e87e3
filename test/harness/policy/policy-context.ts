import { stream } from '../../../harness/core/random.ts';
import type { PolicyContext } from '../../../harness/policy/port.ts';

/** A context with one front that may be scaled. */
export function policyContext(changes: Partial<PolicyContext> = {}): PolicyContext {
  const timeCompression = changes.timeCompression ?? 1;
  return {
    services: [{ name: 'one', role: 'front', isScalable: true, calls: [], startUpMs: 2000 }],
    allocation: { one: { replicas: 1, cpuLimitCores: 1, cpuRequestCores: 1, memoryLimitBytes: null } },
    bounds: {
      one: {
        replicas: { least: 1, most: 10 },
        cpuCores: { least: 0.01, most: 4 },
        memoryBytes: { least: 4 * 1024 ** 2, most: 1024 ** 3 },
      },
    },
    capacityCores: 8,
    sampleMs: 1000,
    timeCompression,
    objectiveMs: 100,
    random: stream(1, 'policy'),
    compressed: (seconds) => (seconds * 1000) / timeCompression,
    ...changes,
  };
}
