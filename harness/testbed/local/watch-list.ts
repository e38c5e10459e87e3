import type { MeteredCgroup, WaitMeter } from './wait-meter.ts';

/** Groups whose waits are to be told apart, also those that were made before the meter was started. */
export class WatchList {
  readonly #groups = new Map<string, MeteredCgroup>();
  #meter: WaitMeter | null = null;

  watch(group: string, { path, id }: MeteredCgroup): void {
    // What it is called is read now: it may be gone when there is a meter.
    const cgroup = { path, id };
    this.#groups.set(group, cgroup);
    this.#meter?.watch(group, cgroup);
  }

  forget(group: string): void {
    this.#groups.delete(group);
    this.#meter?.forget(group);
  }

  handTo(meter: WaitMeter): void {
    this.#meter = meter;
    for (const [group, cgroup] of this.#groups) meter.watch(group, cgroup);
  }
}
