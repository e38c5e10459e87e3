import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** Names that mean something else in a folder of results. */
const reserved = ['latest'];

/**
 * The name of an experiment: the path of its profile below the last folder named `profiles`, without `.yaml`, else its base name.
 * It is the path of a folder below `results/` and never leads out of it: a segment is `[A-Za-z0-9._-]`, starts with a letter
 * or digit, and is at most 60 characters long. One that is not so by itself is rewritten, and gets six digits of its hash, so
 * that two profiles never share a folder: `my profile.yaml` becomes `my-profile-3f2a1c`.
 */
export function profileName(filePath: string): string {
  const segments = posix.normalize(filePath).split('/');
  const base = (segments.pop() ?? '').replace(/\.ya?ml$/i, '');
  const below = segments.lastIndexOf('profiles');
  const folders = below === -1 ? [] : segments.slice(below + 1);
  return [...folders, base].map(safeSegment).join('/');
}

function safeSegment(segment: string): string {
  const safe = segment
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 60);
  if (safe === segment && safe !== '' && !reserved.includes(safe)) return safe;
  const hash = createHash('sha256').update(segment).digest('hex').slice(0, 6);
  return `${safe.slice(0, 53).replace(/[^A-Za-z0-9]+$/, '') || 'profile'}-${hash}`;
}
