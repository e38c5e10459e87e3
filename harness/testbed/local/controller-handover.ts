import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { hasCode } from './error-code.ts';

/** The little of a cgroup v2 tree that handing controllers down takes. */
export interface CgroupTree {
  exists(path: string): boolean;
  read(path: string): string;
  write(path: string, text: string): void;
  makeDirectory(path: string): void;
  removeDirectory(path: string): void;
}

/** Where the processes of a delegated cgroup wait while it hands controllers down. */
export const waitingRoomName = 'scalelab-harness';

export const cgroupRemedy =
  'Run as root, or in a delegated scope: systemd-run --user --scope -p Delegate=yes npx scalelab run FILE.';

/** Processes fork while they are moved; each round leaves fewer behind. */
const mostRounds = 20;

/** What may be handed down; v2 counts CPU time wherever it has the cpu controller. */
const ownControllers = ['cpu', 'cpuset', 'memory'];

/**
 * Gives the children of a v2 cgroup these controllers: the kernel counts a thread to the nearest ancestor that has one. A cgroup that
 * hands them down may hold no process itself, or its children may hold none; so whatever is in it, we and who started us, moves
 * into a child. The root of the whole tree is exempt.
 * @returns those that were news, so that they are ours to take back
 * @throws HarnessError `machine-lacks` if the system does not allow it
 */
export function handDown(
  controllers: readonly string[],
  cgroup: string,
  tree: CgroupTree = realTree,
): readonly string[] {
  const control = join(cgroup, 'cgroup.subtree_control');
  const there = handedDown(cgroup, tree).filter((name) => controllers.includes(name));
  const news = controllers.filter((name) => !there.includes(name));
  const isRoot = !tree.exists(join(cgroup, 'cgroup.type'));
  if (!isRoot && processesOf(cgroup, tree).length > 0) {
    if (there.length > 0) write(control, signed('-', there), tree);
    const room = join(cgroup, waitingRoomName);
    if (!tree.exists(room)) makeRoom(room, tree);
    moveProcesses(cgroup, room, tree);
  } else if (news.length === 0) {
    return news;
  }
  try {
    write(control, signed('+', controllers), tree);
  } catch (error) {
    takeBack([], cgroup, tree);
    throw error;
  }
  return news;
}

/**
 * Undoes it, and lets the processes in the waiting room back; the room tells that all of it was ours to undo, whichever run made it.
 * Nothing is changed while others below the cgroup use a controller.
 * @param news what was handed down for us
 */
export function takeBack(news: readonly string[], cgroup: string, tree: CgroupTree = realTree): void {
  const room = join(cgroup, waitingRoomName);
  const hasRoom = tree.exists(room);
  if (!hasRoom && news.length === 0) return;
  const ours = hasRoom ? handedDown(cgroup, tree).filter((name) => ownControllers.includes(name)) : news;
  try {
    if (ours.length > 0) tree.write(join(cgroup, 'cgroup.subtree_control'), signed('-', ours));
  } catch (error) {
    if (hasCode(error, 'EBUSY')) return;
    throw error;
  }
  if (!hasRoom) return;
  moveProcesses(room, cgroup, tree);
  tree.removeDirectory(room);
}

function handedDown(cgroup: string, tree: CgroupTree): readonly string[] {
  return tree
    .read(join(cgroup, 'cgroup.subtree_control'))
    .trim()
    .split(' ')
    .filter((name) => name !== '');
}

const signed = (sign: string, controllers: readonly string[]): string =>
  controllers.map((name) => sign + name).join(' ');

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
