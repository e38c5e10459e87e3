import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { ReplicaTotals } from './replica-totals.ts';
import type { ApplicationMetrics } from './summary.ts';

/** What the application used and suffered over the measured part; null without one, or if nothing was measured. */
export function measureApplication(
  { cpuSeconds, throttledSeconds, mostMemoryBytes }: ReplicaTotals,
  elapsedSeconds: number,
  { application }: TrialEvidence,
): ApplicationMetrics | null {
  if (application === null || elapsedSeconds === 0) return null;
  const events = (type: (typeof application.events)[number]['type']): number =>
    application.events.filter((event) => event.type === type).length;
  return {
    cpuCores: cpuSeconds === null ? null : cpuSeconds / elapsedSeconds,
    ...{ throttledSeconds, mostMemoryBytes },
    oomKills: events('killed-by-memory-limit'),
    restarts: events('restarted'),
  };
}
