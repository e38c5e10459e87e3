import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { ownHierarchy, type CgroupHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import { waitingRoomName } from './controller-handover.ts';

/** What we use of cgroups. CPU time is a controller of its own on v1 only. */
export const controllers = ['cpu', 'cpuacct', 'cpuset', 'memory'] as const;
export type Controller = (typeof controllers)[number];

/** The cgroup of one hierarchy that holds those of all runs of one machine; nothing outside it is ever touched. */
export interface Subtree {
  readonly path: string;
  readonly version: 1 | 2;
  /** What groups in it are limited and counted by. None where only pressure and killing are wanted: v2 on a hybrid. */
  readonly controllers: readonly Controller[];
}

/**
 * Where our subtree of that name is: below the root if we may write there, else below our own, delegated cgroup. In its waiting room
 * we are if a run was killed that had moved our shell there.
 * @throws HarnessError `usage` if that is no name for it
 */
export function subtreeOf(
  hierarchy: CgroupHierarchy,
  isRoot: boolean,
  name: string,
  has: readonly Controller[] = ['cpu'],
): Subtree {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name === waitingRoomName) {
    throw new HarnessError('usage', `${JSON.stringify(name)} is not a name for our cgroup.`, {
      hint: 'Set SCALELAB_CGROUP to letters, digits, dots, dashes and underscores that start with a letter or digit, or unset it.',
    });
  }
  const { dir, base } = parse(hierarchy.ownPath);
  const own = base === waitingRoomName ? dir : hierarchy.ownPath;
  const path = join(hierarchy.mountPoint, isRoot ? '/' : own, name);
  return { path, version: hierarchy.version, controllers: has };
}

/** Our subtrees, and which controllers we have to do without. */
export interface OwnSubtrees {
  /** The first is that of the cpu controller. */
  readonly subtrees: readonly Subtree[];
  readonly lacks: readonly Controller[];
}

/**
 * Our subtree of that name in every hierarchy that we use: one on v2; on v1 and hybrids one for each hierarchy, and that of v2 for what
 * only v2 has. A hierarchy in which nothing may be made is left out, and what it controls is lacking.
 * @param find where a controller is, null for the unified hierarchy
 */
export function ownSubtrees(
  isRoot: boolean,
  name: string,
  find: (controller: string | null) => CgroupHierarchy | null = ownHierarchy,
): OwnSubtrees {
  const found = new Map<string, { readonly hierarchy: CgroupHierarchy; readonly has: Controller[] }>();
  for (const controller of controllers) {
    const hierarchy = find(controller);
    if (hierarchy === null || !offers(hierarchy, controller, isRoot, name)) continue;
    const known = found.get(hierarchy.mountPoint) ?? { hierarchy, has: [] };
    known.has.push(controller);
    found.set(hierarchy.mountPoint, known);
  }
  const unified = find(null);
  if (unified !== null && !found.has(unified.mountPoint) && mayMakeGroups(subtreeOf(unified, isRoot, name))) {
    found.set(unified.mountPoint, { hierarchy: unified, has: [] });
  }
  const all = [...found.values()];
  return {
    subtrees: all.map(({ hierarchy, has }) => subtreeOf(hierarchy, isRoot, name, has)),
    lacks: controllers.filter((controller) => !all.some(({ has }) => has.includes(controller))),
  };
}

/** Without cpu nothing can be done: whatever keeps us from it is said later, by who needs it. */
function offers(hierarchy: CgroupHierarchy, controller: Controller, isRoot: boolean, name: string): boolean {
  if (controller === 'cpu') return true;
  const subtree = subtreeOf(hierarchy, isRoot, name);
  if (subtree.version === 1) return mayMakeGroups(subtree);
  return controller === 'cpuacct' || controllersIn(join(subtree.path, '..')).includes(controller);
}

/** What a v2 cgroup may hand down. */
export function controllersIn(cgroup: string): readonly string[] {
  try {
    return readFileSync(join(cgroup, 'cgroup.controllers'), 'utf8').trim().split(' ').filter(Boolean);
  } catch {
    return [];
  }
}

function mayMakeGroups({ path, version }: Subtree): boolean {
  const parent = join(path, '..');
  // Whoever moves a process on v2 must be allowed to write to where it comes from, too.
  const needed = [existsSync(path) ? path : parent, ...(version === 2 ? [join(parent, 'cgroup.procs')] : [])];
  return needed.every(isWritable);
}

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
