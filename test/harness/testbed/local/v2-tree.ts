import { dirname, basename, join } from 'node:path';
import type { CgroupTree } from '../../../../harness/testbed/local/cpu-handover.ts';

/**
 * A cgroup v2 tree in memory with the kernel's rules for the cpu controller, which is a threaded one: a cgroup that holds processes
 * may hand it down if no child holds any, and then becomes the root of threads, below which no process may live.
 */
export class V2Tree implements CgroupTree {
  readonly #groups = new Map<string, { handsDown: boolean; pids: string[] }>();
  /** Every successful change, in order. */
  readonly changes: string[] = [];
  /** Runs after each move, as other processes do. */
  afterMove: () => void = () => undefined;
  /** Processes that have ended since they were listed. */
  readonly ended = new Set<string>();

  constructor(paths: readonly string[]) {
    for (const path of paths) this.#groups.set(path, { handsDown: false, pids: [] });
  }

  /** Puts a process there without asking the rules. */
  place(pid: string, path: string): void {
    for (const group of this.#groups.values()) group.pids = group.pids.filter((other) => other !== pid);
    this.#group(path).pids.push(pid);
  }

  handDown(path: string): void {
    this.#group(path).handsDown = true;
  }

  pids(path: string): readonly string[] {
    return this.#group(path).pids;
  }

  handsDown(path: string): boolean {
    return this.#group(path).handsDown;
  }

  exists(path: string): boolean {
    if (basename(path) === 'cgroup.type') return this.#groups.has(dirname(path)) && dirname(path) !== '/tree';
    return this.#groups.has(path);
  }

  read(path: string): string {
    const { handsDown, pids } = this.#group(dirname(path));
    if (basename(path) === 'cgroup.subtree_control') return handsDown ? 'cpu pids\n' : 'pids\n';
    return pids.map((pid) => `${pid}\n`).join('');
  }

  write(path: string, text: string): void {
    const folder = dirname(path);
    if (basename(path) === 'cgroup.procs') this.#move(text, folder);
    else if (text === '+cpu') this.#enable(folder);
    else this.#disable(folder);
    this.changes.push(`${text} > ${path}`);
    if (basename(path) === 'cgroup.procs') this.afterMove();
  }

  makeDirectory(path: string): void {
    this.#groups.set(path, { handsDown: false, pids: [] });
    this.changes.push(`mkdir ${path}`);
  }

  removeDirectory(path: string): void {
    if (this.#group(path).pids.length > 0 || this.#children(path).length > 0) throw systemError('EBUSY');
    this.#groups.delete(path);
    this.changes.push(`rmdir ${path}`);
  }

  #move(pid: string, folder: string): void {
    if (this.ended.delete(pid)) {
      for (const group of this.#groups.values()) group.pids = group.pids.filter((other) => other !== pid);
      throw systemError('ESRCH');
    }
    if (this.#isThreadRoot(dirname(folder))) throw systemError('ENOTSUP');
    const isPopulatedBelow = this.#children(folder).some((child) => this.#group(child).pids.length > 0);
    if (folder !== '/tree' && this.#group(folder).handsDown && isPopulatedBelow) throw systemError('EBUSY');
    this.place(pid, folder);
  }

  #enable(folder: string): void {
    const isPopulatedBelow = this.#children(folder).some((child) => this.#group(child).pids.length > 0);
    if (folder !== '/tree' && this.#group(folder).pids.length > 0 && isPopulatedBelow) throw systemError('EBUSY');
    this.#group(folder).handsDown = true;
  }

  #disable(folder: string): void {
    if (this.#children(folder).some((child) => this.#group(child).handsDown)) throw systemError('EBUSY');
    this.#group(folder).handsDown = false;
  }

  #isThreadRoot(path: string): boolean {
    const group = this.#groups.get(path);
    return path !== '/tree' && group !== undefined && group.handsDown && group.pids.length > 0;
  }

  #children(path: string): readonly string[] {
    return [...this.#groups.keys()].filter((other) => other !== path && dirname(other) === path);
  }

  #group(path: string): { handsDown: boolean; pids: string[] } {
    const group = this.#groups.get(path);
    if (group === undefined) throw systemError('ENOENT');
    return group;
  }
}

export const own = join('/tree', 'own');

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: said the kernel, write`), { code });
}
