import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { Cgroup } from './cgroup.ts';
import { handDown } from './controller-handover.ts';
import type { Controller } from './subtree.ts';

/** The cgroup of a group in one hierarchy. */
export interface Place {
  readonly cgroup: Cgroup;
  readonly version: 1 | 2;
  readonly controllers: readonly Controller[];
}

/** Processes that are limited and counted together: one cgroup in each hierarchy, all of the same path below its subtree. */
export class ResourceGroup {
  /** The first is that of the cpu controller. */
  readonly places: readonly Place[];

  constructor(places: readonly Place[]) {
    this.places = places;
  }

  /** @throws HarnessError `machine-lacks` if the system does not allow it; nothing is left of it then */
  child(name: string): ResourceGroup {
    const made: Place[] = [];
    try {
      for (const place of this.places) made.push({ ...place, cgroup: makeChild(place, name) });
    } catch (error) {
      for (const { cgroup } of made) cgroup.removeEmpty();
      throw error;
    }
    return new ResourceGroup(made);
  }

  /** In the hierarchy of the cpu controller, by which the tracer knows the group. */
  get cpu(): Cgroup {
    const [first] = this.places;
    if (first === undefined) throw new Error('a group without a cgroup');
    return first.cgroup;
  }

  /** A process that writes its id into all of them is in. */
  get processesFiles(): readonly string[] {
    return this.places.map(({ cgroup }) => cgroup.processesFile);
  }

  /** Where a controller has its files; null where it is lacking. */
  placeOf(controller: Controller): Place | null {
    return this.places.find(({ controllers }) => controllers.includes(controller)) ?? null;
  }

  /** That of v2, which has pressure and more even where it controls nothing. */
  get unified(): Place | null {
    return this.places.find(({ version }) => version === 2) ?? null;
  }

  /** Kills whatever is in it and below it. */
  kill(): void {
    (this.unified ?? this.places[0])?.cgroup.kill();
  }

  /** Kills, then removes; see `Cgroup.remove`. */
  async remove(clock: Clock, signal?: AbortSignal): Promise<void> {
    this.kill();
    for (const { cgroup } of this.places) await cgroup.remove(clock, signal);
  }
}

/** A cgroup that may have children is opened for them, and one of v1 gets what its parent has of CPUs and memory: it begins with none. */
function makeChild({ cgroup, version, controllers }: Place, name: string): Cgroup {
  const handsDown = version === 2 ? controllersOfV2(controllers) : [];
  if (handsDown.length > 0) handDown(handsDown, cgroup.path);
  const child = Cgroup.create(join(cgroup.path, name));
  if (version === 1 && controllers.includes('cpuset')) inheritCpuset(cgroup.path, child.path);
  return child;
}

/** CPU time comes with the cpu controller there. */
export function controllersOfV2(controllers: readonly Controller[]): readonly Controller[] {
  return controllers.filter((controller) => controller !== 'cpuacct');
}

export function inheritCpuset(parent: string, child: string): void {
  for (const file of ['cpuset.mems', 'cpuset.cpus'].filter((name) => existsSync(join(parent, name)))) {
    writeFileSync(join(child, file), readFileSync(join(parent, file), 'utf8'));
  }
}
