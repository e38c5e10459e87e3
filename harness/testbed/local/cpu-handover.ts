import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { hasCode } from './error-code.ts';

/** The little of a cgroup v2 tree that handing the cpu controller down takes. */
export interface CgroupTree {
  exists(path: string): boolean;
  read(path: string): string;
  write(path: string, text: string): void;
  makeDirectory(path: string): void;
  removeDirectory(path: string): void;
}

/** Where the processes of a delegated cgroup wait while it hands the controller down. */
export const waitingRoomName = 'scalelab-harness';

export const cgroupRemedy =
  'Run as root, or in a delegated scope: systemd-run --user --scope -p Delegate=yes npx scalelab run FILE.';

/** Processes fork while they are moved; each round leaves fewer behind. */
const mostRounds = 20;

/**
 * Gives the children of a v2 cgroup the cpu controller: the kernel counts a thread to the nearest ancestor that has it. A cgroup that
 * hands it down may hold no process itself, or its children may hold none; so whatever is in it, we and who started us, moves
 * into a child. The root of the whole tree is exempt.
 * @returns whether that was news, so that it is ours to take back
 * @throws HarnessError `machine-lacks` if the system does not allow it
 */
export function handDownCpu(cgroup: string, tree: CgroupTree = realTree): boolean {
  const control = join(cgroup, 'cgroup.subtree_control');
  const wasThere = tree.read(control).trim().split(' ').includes('cpu');
  const isRoot = !tree.exists(join(cgroup, 'cgroup.type'));
  if (!isRoot && processesOf(cgroup, tree).length > 0) {
    if (wasThere) write(control, '-cpu', tree);
    const room = join(cgroup, waitingRoomName);
    if (!tree.exists(room)) makeRoom(room, tree);
    moveProcesses(cgroup, room, tree);
  }
  try {
    write(control, '+cpu', tree);
  } catch (error) {
    takeBackCpu(cgroup, false, tree);
    throw error;
  }
  return !wasThere;
}

/**
 * Undoes it, and lets the processes in the waiting room back; the room tells that it was ours to undo, whichever run made it. Nothing
 * is changed while others below the cgroup use the controller.
 */
export function takeBackCpu(cgroup: string, isOurs: boolean, tree: CgroupTree = realTree): void {
  const room = join(cgroup, waitingRoomName);
  const hasRoom = tree.exists(room);
  if (!hasRoom && !isOurs) return;
  try {
    tree.write(join(cgroup, 'cgroup.subtree_control'), '-cpu');
  } catch (error) {
    if (hasCode(error, 'EBUSY')) return;
    throw error;
  }
  if (!hasRoom) return;
  moveProcesses(room, cgroup, tree);
  tree.removeDirectory(room);
}

function processesOf(cgroup: string, tree: CgroupTree): readonly string[] {
  return tree
    .read(join(cgroup, 'cgroup.procs'))
    .split('\n')
    .filter((pid) => pid !== '');
}

function moveProcesses(from: string, to: string, tree: CgroupTree): void {
  for (let round = 0; round < mostRounds; round++) {
    const pids = processesOf(from, tree);
    if (pids.length === 0) return;
    for (const pid of pids) {
      // The kernel says 0 for a process that has no number in this container; written, 0 would mean ourselves.
      if (pid === '0') continue;
      try {
        write(join(to, 'cgroup.procs'), pid, tree);
      } catch (error) {
        // It has ended by itself.
        if (!(error instanceof HarnessError && hasCode(error.cause, 'ESRCH'))) throw error;
      }
    }
  }
}

function makeRoom(room: string, tree: CgroupTree): void {
  try {
    tree.makeDirectory(room);
  } catch (cause) {
    throw refused(`The cgroup ${room} cannot be made`, cause);
  }
}

function write(file: string, text: string, tree: CgroupTree): void {
  try {
    tree.write(file, text);
  } catch (cause) {
    throw refused(`${file} does not take ${text}`, cause);
  }
}

function refused(what: string, cause: unknown): HarnessError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HarnessError('machine-lacks', `${what}: ${reason}.`, { hint: cgroupRemedy, cause });
}

const realTree: CgroupTree = {
  exists: existsSync,
  read: (path) => readFileSync(path, 'utf8'),
  write: (path, text) => {
    writeFileSync(path, text);
  },
  makeDirectory: (path) => {
    mkdirSync(path);
  },
  removeDirectory: (path) => {
    rmdirSync(path);
  },
};
