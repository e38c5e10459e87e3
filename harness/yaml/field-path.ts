/** Where a value is in a profile: keys, and indices of lists. */
export type FieldPath = readonly (string | number)[];

/** `arms[1].disturbances.cpu`; a key that is no plain word is quoted. */
export function formatPath(path: FieldPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]{1,60}$/.test(part)) return `[${JSON.stringify(part.slice(0, 60))}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}
