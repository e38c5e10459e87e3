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
  /** The systemd unit whose cgroup it is: systemd makes and removes it, and hands controllers down to it. Null if we do. */
  readonly unit: string | null;
}

/** Whose it is. */
export interface SubtreeOwner {
  readonly isRoot: boolean;
  /** Is systemd the init of this machine? It then owns the root of the hierarchy of v2. */
  readonly isSystemd: boolean;
  /** Its name. */
  readonly subtree: string;
}

export const unitSlice = 'system.slice';

/**
 * Where our subtree is: for root below the root, or in a unit where that belongs to systemd; else below our own, delegated cgroup.
 * @throws HarnessError `usage` if that is no name for it
 */
export function subtreeOf(
  hierarchy: CgroupHierarchy,
  owner: SubtreeOwner,
  has: readonly Controller[] = ['cpu'],
): Subtree {
  const { isRoot, isSystemd, subtree: name } = owner;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name === waitingRoomName) {
    throw new HarnessError('usage', `${JSON.stringify(name)} is not a name for our cgroup.`, {
      hint: 'Set SCALELAB_CGROUP to letters, digits, dots, dashes and underscores that start with a letter or digit, or unset it.',
    });
  }
  const { version, mountPoint } = hierarchy;
  // On hybrids systemd keeps to a hierarchy of its own.
  const unit = isRoot && isSystemd && version === 2 && has.includes('cpu') ? `${name}.service` : null;
  const path = unit === null ? join(cgroupAbove(hierarchy, owner), name) : join(mountPoint, unitSlice, unit);
  return { path, version, controllers: has, unit };
}

/**
 * The cgroup that has the controllers which our subtree may get. In the waiting room of ours we are if a run was killed that had moved
 * our shell there.
 */
export function cgroupAbove({ mountPoint, ownPath }: CgroupHierarchy, { isRoot }: SubtreeOwner): string {
  const { dir, base } = parse(ownPath);
  return join(mountPoint, isRoot ? '' : base === waitingRoomName ? dir : ownPath, '.');
}

/** Our subtrees, and which controllers we have to do without. */
export interface OwnSubtrees {
  /** The first is that of the cpu controller. */
  readonly subtrees: readonly Subtree[];
  readonly lacks: readonly Controller[];
}

/**
 * Our subtree in every hierarchy that we use: one on v2; on v1 and hybrids one for each hierarchy, and that of v2 for what
 * only v2 has. A hierarchy in which nothing may be made is left out, and what it controls is lacking.
 * @param find where a controller is, null for the unified hierarchy
 */
export function ownSubtrees(
  owner: SubtreeOwner,
  find: (controller: string | null) => CgroupHierarchy | null = ownHierarchy,
): OwnSubtrees {
  const found = new Map<string, { readonly hierarchy: CgroupHierarchy; readonly has: Controller[] }>();
  for (const controller of controllers) {
    const hierarchy = find(controller);
    if (hierarchy === null || !offers(hierarchy, controller, owner)) continue;
    const known = found.get(hierarchy.mountPoint) ?? { hierarchy, has: [] };
    known.has.push(controller);
    found.set(hierarchy.mountPoint, known);
  }
  const unified = find(null);
  if (unified !== null && !found.has(unified.mountPoint) && mayMakeGroups(subtreeOf(unified, owner, []))) {
    found.set(unified.mountPoint, { hierarchy: unified, has: [] });
  }
  const all = [...found.values()];
  return {
    subtrees: all.map(({ hierarchy, has }) => subtreeOf(hierarchy, owner, has)),
    lacks: controllers.filter((controller) => !all.some(({ has }) => has.includes(controller))),
  };
}

/** Without cpu nothing can be done: whatever keeps us from it is said later, by who needs it. */
function offers(hierarchy: CgroupHierarchy, controller: Controller, owner: SubtreeOwner): boolean {
  if (controller === 'cpu') return true;
  if (hierarchy.version === 1) return mayMakeGroups(subtreeOf(hierarchy, owner));
  return controller === 'cpuacct' || controllersIn(cgroupAbove(hierarchy, owner)).includes(controller);
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
