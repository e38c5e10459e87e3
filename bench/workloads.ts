import { mkdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { startChild } from '../harness/core/process.ts';
import type { Child } from '../harness/core/process.ts';
import { findCpuHierarchy } from '../tracer/client/cpu-hierarchy.ts';

/** Threads with a known pattern, in a cgroup of their own. */
export interface RunningWorkload {
  /** As the tracer names it. */
  readonly cgroupId: string;
  readonly pid: number;
  readonly threadIds: readonly number[];
}

/** Starts one workload for each list of arguments. Whoever disposes of them removes the cgroups too. */
export async function startWorkloads(
  patterns: readonly (readonly string[])[],
): Promise<readonly RunningWorkload[] & AsyncDisposable> {
  const folders: string[] = [];
  const children: Child[] = [];
  const clear = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.stop()));
    for (const folder of folders.reverse()) await rmdir(folder);
  };
  try {
    const root = await makeRoot(folders);
    const workloads: RunningWorkload[] = [];
    for (const [index, pattern] of patterns.entries()) {
      const folder = `${root}/${index}`;
      await mkdir(folder);
      folders.push(folder);
      const cgroupId = (await stat(folder, { bigint: true })).ino.toString();
      workloads.push({
        cgroupId,
        ...(await startWorkload([...pattern, '--cgroup-procs', `${folder}/cgroup.procs`], children)),
      });
    }
    return Object.assign(workloads, { [Symbol.asyncDispose]: clear });
  } catch (error) {
    await clear();
    throw error;
  }
}

/** A cgroup for all of them, in the tree of the cpu controller. */
async function makeRoot(folders: string[]): Promise<string> {
  const [mounts, cgroups] = await Promise.all([
    readFile('/proc/self/mounts', 'utf8'),
    readFile('/proc/self/cgroup', 'utf8'),
  ]);
  const hierarchy = findCpuHierarchy(mounts, cgroups);
  if (hierarchy === null) throw new Error('No cgroup hierarchy with the cpu controller is mounted.');
  const root = `${hierarchy.mountPoint}/scalelab-bench-${process.pid}`;
  const enableController = async (folder: string): Promise<void> => {
    if (hierarchy.version === 2) await writeFile(`${folder}/cgroup.subtree_control`, '+cpu');
  };
  await enableController(hierarchy.mountPoint);
  await mkdir(root);
  folders.push(root);
  await enableController(root);
  return root;
}

async function startWorkload(
  args: readonly string[],
  children: Child[],
): Promise<Pick<RunningWorkload, 'pid' | 'threadIds'>> {
  let onReady: (line: string) => void = () => undefined;
  const ready = new Promise<string>((resolve) => {
    onReady = resolve;
  });
  const child = await startChild('build/native/scalelab-workload', args, { onLine: onReady });
  children.push(child);
  const line = await Promise.race([
    ready,
    child.exited.then(({ stderrTail }) => Promise.reject(new Error(stderrTail))),
  ]);
  // Its first line is fixed by its protocol.
  const { pid, threads } = JSON.parse(line) as { readonly pid: number; readonly threads: readonly number[] };
  return { pid, threadIds: threads };
}
