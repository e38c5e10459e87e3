import { join } from 'node:path';
import { startChild } from '../../harness/core/process.ts';
import type { TestCgroup } from './test-cgroup.ts';

export const nativeFolder = join(import.meta.dirname, '../../build/native');

/** The workload program, running in a cgroup. */
export interface Workload extends AsyncDisposable {
  readonly pid: number;
  /** The threads that do the work. */
  readonly tids: readonly number[];
}

/** Starts it and waits until it works. */
export async function startWorkload(cgroup: TestCgroup, ...work: readonly string[]): Promise<Workload> {
  let onReady: (line: string) => void = () => undefined;
  const ready = new Promise<string>((resolve) => {
    onReady = resolve;
  });
  const file = join(nativeFolder, 'scalelab-workload');
  const child = await startChild(file, [...work, '--cgroup-procs', cgroup.procsFile], { onLine: onReady });
  const line = await Promise.race([
    ready,
    child.exited.then((exit) => {
      throw new Error(`${file} ${work.join(' ')} ended before it was ready: ${JSON.stringify(exit)}`);
    }),
  ]);
  // Its first line is fixed by its protocol.
  const { pid, threads } = JSON.parse(line) as { readonly pid: number; readonly threads: readonly number[] };
  return {
    pid,
    tids: threads,
    [Symbol.asyncDispose]: async () => {
      await child.stop();
    },
  };
}
