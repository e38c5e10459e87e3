import type { Replica } from './replica.ts';

/** What of a replica says how far a scaling has come. */
export type ScaledReplica = Pick<Replica, 'state' | 'isWanted' | 'isKnown'>;

/** When all of a scaling can be felt: its newcomers are known to callers, those who were to go have gone. */
export class ScaleGoal {
  readonly #wanted: number;
  readonly #leavers: readonly ScaledReplica[];
  readonly #hasNewcomers: boolean;

  /**
   * @param replicas of the service, now that new ones have begun to start
   * @param leavers that this scaling told to go; those that were told before are not its business
   */
  constructor(wanted: number, replicas: readonly ScaledReplica[], leavers: readonly ScaledReplica[]) {
    this.#wanted = wanted;
    this.#leavers = leavers;
    this.#hasNewcomers = replicas.some(({ isWanted, isKnown }) => isWanted && !isKnown);
  }

  isReached(replicas: readonly ScaledReplica[]): boolean {
    if (this.#leavers.some(({ state }) => state !== 'ended')) return false;
    // One that crashes when all had been known is replaced, which is no part of the scaling.
    return (
      !this.#hasNewcomers || replicas.filter(({ isWanted, isKnown }) => isWanted && isKnown).length >= this.#wanted
    );
  }
}
