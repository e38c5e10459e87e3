import type { ReplicaReading } from '../telemetry/application-reading.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { ApplicationMetrics } from './summary.ts';

/** What the application used and suffered over the measured part; null without one. @param samples the measured ones */
export function measureApplication(
  samples: readonly Sample[],
  elapsedSeconds: number,
  { application }: TrialEvidence,
): ApplicationMetrics | null {
  if (application === null || elapsedSeconds === 0) return null;
  const readings = samples.map(({ services }) => (services ?? []).flatMap(({ replicas }) => replicas));
  const all = readings.flat();
  const memory = readings.flatMap((replicas) => sumOf(replicas, ({ memoryBytes }) => memoryBytes) ?? []);
  const events = (type: (typeof application.events)[number]['type']): number =>
    application.events.filter((event) => event.type === type).length;
  return {
    cpuCores: perSecond(
      sumOf(all, ({ cpuSeconds }) => cpuSeconds),
      elapsedSeconds,
    ),
    throttledSeconds: sumOf(all, ({ throttledSeconds }) => throttledSeconds),
    mostMemoryBytes: memory.length === 0 ? null : memory.reduce((most, one) => Math.max(most, one)),
    oomKills: events('killed-by-memory-limit'),
    restarts: events('restarted'),
  };
}

const perSecond = (total: number | null, seconds: number): number | null => (total === null ? null : total / seconds);

/** null if no replica has the number. */
function sumOf(replicas: readonly ReplicaReading[], value: (one: ReplicaReading) => number | null): number | null {
  const known = replicas.flatMap((one) => value(one) ?? []);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
}
