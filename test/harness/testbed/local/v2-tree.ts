import { dirname, basename, join } from 'node:path';
import type { CgroupTree } from '../../../../harness/testbed/local/controller-handover.ts';

/**
 * A cgroup v2 tree in memory with the kernel's rules. The controllers cpu and cpuset are threaded: a cgroup that holds processes may
 * hand them down if no child holds any, and then becomes the root of threads, below which no process may live. One that holds
 * processes may not hand memory down at all.
 */
export class V2Tree implements CgroupTree {
  readonly #groups = new Map<string, { handsDown: string[]; pids: string[] }>();
  /** Every successful change, in order. */
  readonly changes: string[] = [];
  /** Runs after each move, as other processes do. */
  afterMove: () => void = () => undefined;
  /** Processes that have ended since they were listed. */
  readonly ended = new Set<string>();

  constructor(paths: readonly string[]) {
    for (const path of paths) this.#groups.set(path, { handsDown: [], pids: [] });
  }

  /** Puts a process there without asking the rules. */
  place(pid: string, path: string): void {
    for (const group of this.#groups.values()) group.pids = group.pids.filter((other) => other !== pid);
    this.#group(path).pids.push(pid);
  }

  handDown(path: string, controller = 'cpu'): void {
    this.#group(path).handsDown.push(controller);
  }

  pids(path: string): readonly string[] {
    return this.#group(path).pids;
  }

  handsDown(path: string, controller = 'cpu'): boolean {
    return this.#group(path).handsDown.includes(controller);
  }

  exists(path: string): boolean {
    if (basename(path) === 'cgroup.type') return this.#groups.has(dirname(path)) && dirname(path) !== '/tree';
    return this.#groups.has(path);
  }

  read(path: string): string {
    const { handsDown, pids } = this.#group(dirname(path));
    if (basename(path) === 'cgroup.subtree_control') return `${[...handsDown, 'pids'].join(' ')}\n`;
    return pids.map((pid) => `${pid}\n`).join('');
  }

  write(path: string, text: string): void {
    const folder = dirname(path);
    if (basename(path) === 'cgroup.procs') this.#move(text, folder);
    else if (text.startsWith('+')) this.#enable(folder, text.slice(1).split(' +'));
    else this.#disable(folder, text.slice(1).split(' -'));
    this.changes.push(`${text} > ${path}`);
    if (basename(path) === 'cgroup.procs') this.afterMove();
  }

  makeDirectory(path: string): void {
    this.#groups.set(path, { handsDown: [], pids: [] });
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
    if (folder !== '/tree' && this.#group(folder).handsDown.length > 0 && isPopulatedBelow) throw systemError('EBUSY');
    this.place(pid, folder);
  }

  #enable(folder: string, controllers: readonly string[]): void {
    const isPopulatedBelow = this.#children(folder).some((child) => this.#group(child).pids.length > 0);
    const isPopulated = folder !== '/tree' && this.#group(folder).pids.length > 0;
    if (isPopulated && (isPopulatedBelow || controllers.includes('memory'))) throw systemError('EBUSY');
    this.#group(folder).handsDown = [...new Set([...this.#group(folder).handsDown, ...controllers])];
  }

  #disable(folder: string, controllers: readonly string[]): void {
    const isUsed = (name: string): boolean =>
      this.#children(folder).some((child) => this.#group(child).handsDown.includes(name));
    if (controllers.some(isUsed)) throw systemError('EBUSY');
    this.#group(folder).handsDown = this.#group(folder).handsDown.filter((name) => !controllers.includes(name));
  }

  #isThreadRoot(path: string): boolean {
    const group = this.#groups.get(path);
    return path !== '/tree' && group !== undefined && group.handsDown.length > 0 && group.pids.length > 0;
  }

  #children(path: string): readonly string[] {
    return [...this.#groups.keys()].filter((other) => other !== path && dirname(other) === path);
  }

  #group(path: string): { handsDown: string[]; pids: string[] } {
    const group = this.#groups.get(path);
    if (group === undefined) throw systemError('ENOENT');
    return group;
  }
}

export const own = join('/tree', 'own');

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: said the kernel, write`), { code });
}
