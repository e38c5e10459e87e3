import type { Replica, ReplicaShare } from './replica.ts';

/**
 * Gives all of them something else, or none.
 * @param before what they have
 * @throws HarnessError `testbed-failed` if the kernel refuses one; then all have what they had
 */
export function resizeReplicas(
  replicas: readonly Pick<Replica, 'resize'>[],
  before: ReplicaShare,
  after: ReplicaShare,
): void {
  const resized: Pick<Replica, 'resize'>[] = [];
  try {
    for (const replica of replicas) {
      replica.resize(after);
      resized.push(replica);
    }
  } catch (error) {
    for (const replica of resized) replica.resize(before);
    throw error;
  }
}
