import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Cgroups that may appear while the tracer runs, or that are gone and still hold their place. */
const headRoom = 512;
/** The bounds of the helper's `--groups` (tracer/runq/options.c). */
const most = 100_000;

/** For how many cgroups the tracer has to make room: a wait of one without a place is lost. At least 512, at most 100 000. */
export function cgroupRoom(mountPoint: string): number {
  let count = 0;
  const paths = [mountPoint];
  for (let path = paths.pop(); path !== undefined && count < most; path = paths.pop()) {
    count++;
    for (const name of directoriesIn(path)) paths.push(join(path, name));
  }
  return Math.min(most, count + headRoom);
}

/** None in a cgroup that is gone by now, or that is closed to us. */
function directoriesIn(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
