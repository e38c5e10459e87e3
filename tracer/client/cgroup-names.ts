import { readdir, stat } from 'node:fs/promises';
import type { Clock } from '../../harness/core/clock.ts';
import type { CpuHierarchy } from './cpu-hierarchy.ts';

/** The little of a file system that naming needs. Each answers null for what is not there (any more). */
export interface CgroupFiles {
  /** Names of the directories in a directory. */
  directories(path: string): Promise<readonly string[] | null>;
  /** As a decimal string: 64 bits wide. */
  inode(path: string): Promise<string | null>;
}

/** A cgroup as the tracer's readers know it. */
export interface CgroupName {
  readonly id: string;
  /** 0, and one more each time the same id was found to be another cgroup. Id and generation together are unique. */
  readonly generation: number;
  /** Below the mount point, `/` for the root; null if it was gone before it could be looked up. */
  readonly path: string | null;
  /** What to show: `host`, the path, or `cgroup 4711` without a path. */
  readonly label: string;
}

/** Tasks of no cgroup (autogroups have id 0) and those of the root are the machine's own (tracing.md, section 3). */
export const hostLabel = 'host';
const hostIds: readonly string[] = ['0', '1'];

const shortestMsBetweenWalks = 1000;

/** Names the cgroup ids of the tracer by walking the tree of the cpu controller; the id is the inode of the directory. */
export class CgroupNames {
  readonly #hierarchy: CpuHierarchy;
  readonly #files: CgroupFiles;
  readonly #clock: Clock;
  readonly #known = new Map<string, CgroupName>();
  /** Ids whose directory is gone, and that no other directory has had since. */
  readonly #gone = new Set<string>();
  #walkedAtMs = -Infinity;
  #walk: Promise<void> | null = null;

  constructor(hierarchy: CpuHierarchy, files: CgroupFiles, clock: Clock) {
    this.#hierarchy = hierarchy;
    this.#files = files;
    this.#clock = clock;
  }

  /**
   * The cgroups that these ids stand for now, by id. Pass the ids that had waits lately: each is checked against its directory, and one
   * that is unknown, gone or elsewhere causes a new walk, at most once a second. A cgroup that was removed keeps its last name.
   */
  async resolve(ids: readonly string[]): Promise<ReadonlyMap<string, CgroupName>> {
    if (await this.#hasStale(ids)) await this.#walkUnlessJustDone();
    return new Map(ids.map((id) => [id, this.#known.get(id) ?? unnamed(id)]));
  }

  async #hasStale(ids: readonly string[]): Promise<boolean> {
    for (const id of ids) {
      const known = this.#known.get(id);
      if (hostIds.includes(id)) continue;
      if (known?.path === undefined || known.path === null || this.#gone.has(id)) return true;
      if ((await this.#files.inode(this.#hierarchy.mountPoint + known.path)) !== id) return true;
    }
    return false;
  }

  /** Callers that come while a walk is under way share it. */
  async #walkUnlessJustDone(): Promise<void> {
    if (this.#walk === null) {
      if (this.#clock.nowMs() - this.#walkedAtMs < shortestMsBetweenWalks) return;
      this.#walk = this.#walkTree().finally(() => {
        this.#walk = null;
      });
    }
    await this.#walk;
  }

  async #walkTree(): Promise<void> {
    this.#walkedAtMs = this.#clock.nowMs();
    const found = new Map<string, string>();
    const paths = ['/'];
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      const directory = this.#hierarchy.mountPoint + path;
      const id = await this.#files.inode(directory);
      if (id === null) continue;
      found.set(id, path);
      for (const child of (await this.#files.directories(directory)) ?? []) {
        paths.push(path === '/' ? `/${child}` : `${path}/${child}`);
      }
    }
    for (const [id, path] of found) this.#remember(id, path);
    for (const id of this.#known.keys()) if (!found.has(id)) this.#gone.add(id);
  }

  #remember(id: string, path: string): void {
    const known = this.#known.get(id);
    const isSame = known?.path === path && !this.#gone.has(id);
    if (isSame) return;
    this.#gone.delete(id);
    const label = path === '/' || hostIds.includes(id) ? hostLabel : path;
    this.#known.set(id, { id, generation: known === undefined ? 0 : known.generation + 1, path, label });
  }
}

function unnamed(id: string): CgroupName {
  const label = hostIds.includes(id) ? hostLabel : `cgroup ${id}`;
  return { id, generation: 0, path: null, label };
}

/** The real file system. */
export const cgroupFiles: CgroupFiles = {
  directories: (path) =>
    orNull(async () => {
      const entries = await readdir(path, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    }),
  inode: (path) => orNull(async () => (await stat(path, { bigint: true })).ino.toString()),
};

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch {
    // A cgroup may vanish between two steps of a walk; what cannot be read is not there for us.
    return null;
  }
}
