import { expect, test } from 'vitest';
import { ownGarbageOption } from '../../../harness/load/built-in/thread-settings.ts';
import { readProjectFile } from '../../guard/project-files.ts';

test('the program is started with what the load generator needs for real-time priority', () => {
  const [firstLine = ''] = readProjectFile('harness/cli/main.ts').split('\n');

  expect(firstLine).toMatch(/^#!\/usr\/bin\/env -S node --/);
  expect(firstLine.split(' ')).toContain(ownGarbageOption);
});
