import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cgroupRoom } from '../../../tracer/client/cgroup-room.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

test('there is room for every cgroup at any depth, and for 512 more', () => {
  const root = temporaryFolder();
  for (let index = 0; index < 200; index++)
    mkdirSync(join(root, 'pods', `pod-${index}`, 'container'), { recursive: true });
  writeFileSync(join(root, 'cgroup.procs'), '');
  // The root, `pods`, and two of each pod.
  expect(cgroupRoom(root)).toBe(402 + 512);
});

test('a tree that cannot be read has the room that the helper makes by itself', () => {
  expect(cgroupRoom('/nowhere/at/all')).toBe(513);
});
