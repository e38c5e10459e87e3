import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HarnessError, type Problem } from '../../core/errors.ts';
import type { ProcessRunner } from '../../core/process.ts';
import { ownCpuHierarchy, type CpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import type { Hello } from '../../../tracer/client/line.ts';
import { startRunqTracer } from '../../../tracer/client/start-tracer.ts';
import { cgroupRemedy } from './controller-handover.ts';
import { cgroupAbove, isWritable, subtreeOf, type SubtreeOwner } from './subtree.ts';

export type TracerProbe =
  { readonly ok: true; readonly hello: Hello } | { readonly ok: false; readonly error: HarnessError };

/** Starts the tracer and stops it again. */
export async function probeTracer({
  runner,
  clock,
  tracer,
}: {
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  readonly tracer: string;
}): Promise<TracerProbe> {
  try {
    await using running = await startRunqTracer({ file: tracer, intervalMs: 10_000 }, { runner, clock });
    return { ok: true, hello: running.hello };
  } catch (error) {
    if (error instanceof HarnessError) return { ok: false, error };
    throw error;
  }
}

/** May we make cgroups that have the cpu controller? Changes nothing. */
export function probeCgroups(owner: SubtreeOwner, hierarchy: CpuHierarchy | null = ownCpuHierarchy()): Problem[] {
  const problem = (message: string): Problem[] => [
    { severity: 'error', code: 'cgroup-not-writable', message, hint: cgroupRemedy },
  ];
  if (hierarchy === null) return problem('No cgroup hierarchy is mounted.');
  const { path: subtree } = subtreeOf(hierarchy, owner);
  const parent = cgroupAbove(hierarchy, owner);
  const folder = existsSync(subtree) ? subtree : parent;
  if (!isWritable(folder)) return problem(`The cgroup folder ${folder} is not writable.`);
  if (hierarchy.version === 1) return [];
  const controllers = readFileSync(join(parent, 'cgroup.controllers'), 'utf8').trim();
  if (!controllers.split(' ').includes('cpu')) {
    return problem(`The cgroup ${parent} has no cpu controller to hand down, only: ${controllers || 'none'}.`);
  }
  const closed = ['cgroup.procs', 'cgroup.subtree_control'].map((name) => join(parent, name)).find(isClosed);
  return closed === undefined ? [] : problem(`The cgroup file ${closed} is not writable.`);
}

const isClosed = (path: string): boolean => !isWritable(path);
