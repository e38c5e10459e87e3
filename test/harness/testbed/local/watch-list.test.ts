import { rmdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { WatchList } from '../../../../harness/testbed/local/watch-list.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

test('a group that is gone before there is a meter is handed over with what it was called', () => {
  const cgroup = Cgroup.existing(temporaryFolder());
  const { path, id } = cgroup;
  const watched = new WatchList();
  watched.watch('echo-1', cgroup);
  rmdirSync(path);
  const handed: unknown[] = [];
  watched.handTo({
    source: 'bpf',
    watch: (group, what) => {
      handed.push([group, what.path, what.id]);
    },
    forget: () => undefined,
    read: () => Promise.reject(new Error('nothing to read')),
    kernelNsPerEvent: () => null,
  });
  expect(handed).toEqual([['echo-1', path, id]]);
});
