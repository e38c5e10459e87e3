import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../core/all-errors.ts';

/** A place in a stack or in a message: `/a/policy.ts:3:7`, also as a URL. */
const places = /(?<=^|[\s(])((?:file:\/\/)?\/[^\s():]+):(\d+):(\d+)/g;

/**
 * What a policy's file threw, behind the place in a file of the user: `policy.ts:3:7: TypeError: x is undefined`.
 * @param file the policy, for errors that name no place
 * @param isOurs whether a path is not the user's
 */
export function describeError(
  error: unknown,
  {
    file,
    folder,
    isOurs,
  }: { readonly file: string; readonly folder: string; readonly isOurs: (path: string) => boolean },
): string {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : messageOf(error);
  const place = [...text.matchAll(places)]
    .map(([whole, path = '', line = '', column = '']) => ({ whole, path: pathOf(path), line, column }))
    .find(({ path }) => !isOurs(path));
  // What follows in the message is the place again, or who asked for a module.
  const message = (messageOf(error).split('\n')[0] ?? '').trim();
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  const where = place === undefined ? file : `${shortest(place.path, folder)}:${place.line}:${place.column}`;
  return `${where}: ${name}${message}`;
}

const pathOf = (text: string): string => (text.startsWith('file://') ? fileURLToPath(text) : text);

function shortest(path: string, folder: string): string {
  const seen = relative(folder, path);
  return seen.startsWith('..') || isAbsolute(seen) ? path : seen;
}
