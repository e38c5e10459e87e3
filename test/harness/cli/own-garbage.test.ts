import { expect, test } from 'vitest';
import { ownGarbageOption } from '../../../harness/load/built-in/thread-settings.ts';
import { readProjectFile } from '../../guard/project-files.ts';

test('the program is started with what the load generator needs for real-time priority', () => {
  expect(readProjectFile('harness/cli/main.ts').split('\n')[0]).toBe(`#!/usr/bin/env -S node ${ownGarbageOption}`);
});
