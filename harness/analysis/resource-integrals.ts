import type { Plan } from '../plan/plan.ts';
import type { ReplicaReading } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';

/** What fronts and services reserved and used, summed over time. Null: not known, or without a limit. */
export interface ResourceIntegrals {
  readonly coreSeconds: number | null;
  readonly coreSecondsRequested: number | null;
  readonly coreSecondsUsed: number | null;
  /** Of 10^9 bytes, by limit. */
  readonly gigabyteSeconds: number | null;
  readonly replicaSeconds: number | null;
}

const bytesPerGigabyte = 1e9;

/**
 * Integrals over the samples (policies.md 11.5): the limit that a replica has at the end of a sample counts for as much of the sample as
 * the replica lived. It reserves from its start on, ready or not, until it has ended; one that ended within a sample counts to the end of
 * it, since when it ended is not recorded. Stores are left out, also of what was used: no policy can scale them. A sum is null as soon as
 * one replica has no such limit, for then nothing bounds what it reserves.
 * @param samples the measured ones
 */
export function resourceIntegrals(plan: Pick<Plan, 'application'>, samples: readonly Sample[]): ResourceIntegrals {
  const scaled = new Set(
    plan.application?.model.services.filter(({ role }) => role !== 'store').map(({ name }) => name),
  );
  const lives = samples.flatMap((sample) =>
    (sample.services ?? [])
      .filter(({ service }) => scaled.has(service))
      .flatMap(({ replicas }) => replicas.map((replica) => ({ replica, seconds: secondsAlive(sample, replica) }))),
  );
  const reserved = (limit: (replica: ReplicaReading) => number | null): number | null =>
    lives.reduce<number | null>(
      (total, { replica, seconds }) => {
        const one = limit(replica);
        if (seconds === 0) return total;
        return total === null || one === null ? null : total + one * seconds;
      },
      lives.length === 0 ? null : 0,
    );
  const bytes = reserved(({ memoryLimitBytes }) => memoryLimitBytes);
  const used = lives.flatMap(({ replica }) => replica.cpuSeconds ?? []);
  return {
    coreSeconds: reserved(({ cpuLimitCores }) => cpuLimitCores),
    coreSecondsRequested: reserved(({ cpuRequestCores }) => cpuRequestCores),
    coreSecondsUsed: used.length === 0 ? null : used.reduce((total, one) => total + one, 0),
    gigabyteSeconds: bytes === null ? null : bytes / bytesPerGigabyte,
    replicaSeconds: reserved(() => 1),
  };
}

function secondsAlive({ atMs, intervalMs }: Sample, { startedAtMs }: ReplicaReading): number {
  return Math.max(0, atMs - Math.max(atMs - intervalMs, startedAtMs)) / 1000;
}
