import { describe, expect, test } from 'vitest';
import { readProjectFile, trackedFiles } from './project-files.ts';

/** What names one machine or one network, and so must not be in the repository. */
const forbidden: Readonly<Record<string, RegExp>> = {
  'a path of one machine': /(?<![\w.~$}])\/(work|root|home\/\w+|tmp\/brief)\//,
  'the host of a package registry': /\bregistry\.[\w-]+\.\w|[\w-]\.pkg\.dev\b/,
};
const binary = /\.(png|parquet|woff2?|ttf|gz|zst)$/;

function wordsForbiddenIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) =>
    Object.entries(forbidden)
      .filter(([, pattern]) => pattern.test(line))
      .map(([what]) => `line ${index + 1}: ${what}`),
  );
}

const files = trackedFiles();

test.skipIf(files === null)('no tracked file names a machine or a registry (skipped outside a git checkout)', () => {
  const found = (files ?? [])
    .filter((file) => !binary.test(file))
    .flatMap((file) => wordsForbiddenIn(readProjectFile(file)).map((what) => `${file}, ${what}`));

  expect(found).toEqual([]);
});

describe('the check itself', () => {
  // In pieces, or this file would be objected to.
  const path = (...parts: readonly string[]): string => ['', ...parts].join('/');
  test.each([
    `see ${path('work', 'shared', 'notes.md')}`,
    `"${path('home', 'someone', 'x')}"`,
    ['registry', 'example', 'org'].join('.'),
  ])('objects to %s', (text) => {
    expect(wordsForbiddenIn(`first\n${text}`)).toHaveLength(1);
    expect(wordsForbiddenIn(`first\n${text}`)[0]).toMatch(/^line 2: /);
  });

  test.each(['./work/queue.ts', 'frame/work/x', 'the registry of policies', '/sys/fs/cgroup/', '~/work/'])(
    'does not object to %s',
    (text) => {
      expect(wordsForbiddenIn(text)).toEqual([]);
    },
  );
});
