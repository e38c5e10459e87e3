import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HarnessError, type Problem } from '../../core/errors.ts';
import type { ProcessRunner } from '../../core/process.ts';
import { ownCpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import type { Hello } from '../../../tracer/client/line.ts';
import { startRunqTracer } from '../../../tracer/client/start-tracer.ts';
import { cgroupRemedy, subtreeOf } from './cgroup.ts';

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

/** May we make cgroups? Changes nothing. */
export function probeCgroups(isRoot: boolean): Problem[] {
  const problem = (message: string): Problem[] => [
    { severity: 'error', code: 'cgroup-not-writable', message, hint: cgroupRemedy },
  ];
  const hierarchy = ownCpuHierarchy();
  if (hierarchy === null) return problem('No cgroup hierarchy is mounted.');
  const subtree = subtreeOf(hierarchy, isRoot);
  const folder = existsSync(subtree) ? subtree : join(subtree, '..');
  try {
    accessSync(folder, constants.W_OK);
    return [];
  } catch {
    return problem(`The cgroup folder ${folder} is not writable.`);
  }
}
