import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noteHandedDown, removeNoted } from '../../../../harness/testbed/local/handed-down.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

function subtree(): string {
  const path = join(temporaryFolder(), 'scalelab');
  mkdirSync(path);
  return path;
}

test('notes go with the subtree, and tell what to take back', () => {
  const path = subtree();
  noteHandedDown(['cpu', 'memory'], path);
  noteHandedDown(['memory'], path);
  expect(removeNoted(path)).toEqual(['cpu', 'memory']);
  expect(existsSync(path)).toBe(false);
});

test('a subtree with a run in it stays, with its notes', () => {
  const path = subtree();
  noteHandedDown(['cpu'], path);
  mkdirSync(join(path, 'run-1-1'));
  expect(removeNoted(path)).toBeNull();
  expect(readdirSync(path)).toEqual(['handed-down-cpu', 'run-1-1']);
});

test('a subtree that is not there has nothing noted', () => {
  expect(removeNoted(join(temporaryFolder(), 'scalelab'))).toEqual([]);
});
