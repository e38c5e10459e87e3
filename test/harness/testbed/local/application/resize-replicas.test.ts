import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Replica, type ReplicaShare } from '../../../../../harness/testbed/local/application/replica.ts';
import { resizeReplicas } from '../../../../../harness/testbed/local/application/resize-replicas.ts';
import { Cgroup } from '../../../../../harness/testbed/local/cgroup.ts';
import { ResourceGroup } from '../../../../../harness/testbed/local/resource-group.ts';
import { temporaryFolder } from '../../../../rig/temporary-folder.ts';
import { echo } from './application-rig.ts';

const before: ReplicaShare = { cpuCores: 0.5, requestCores: 0.25, memoryBytes: 2 ** 25 };
const after: ReplicaShare = { cpuCores: 0.8, requestCores: 0.5, memoryBytes: 2 ** 26 };

test('if the kernel refuses one replica, those before it get back what they had, and those behind it keep it', () => {
  const calls: string[] = [];
  const replica = (name: string, refuses = false): Pick<Replica, 'resize'> => ({
    resize: (share) => {
      calls.push(`${name} to ${share.cpuCores ?? 'none'}`);
      if (refuses) throw new Error('EBUSY');
    },
  });
  const all = [replica('first'), replica('second', true), replica('third')];
  expect(() => {
    resizeReplicas(all, before, after);
  }).toThrow('EBUSY');
  expect(calls).toEqual(['first to 0.8', 'second to 0.8', 'first to 0.5']);
});

test('a replica that is refused half of it has what it had', () => {
  const folder = temporaryFolder();
  const cgroup = Cgroup.existing(folder);
  const group = new ResourceGroup([{ cgroup, version: 2, controllers: ['cpu', 'memory'] }]);
  const [, service] = echo().services;
  if (service === undefined) throw new Error('no service');
  const replica = new Replica('echo-1', service, group, before, 0);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const held = ['memory.max', 'cpu.max'].map(read);
  // What comes last is what nobody can write.
  rmSync(join(folder, 'cpu.weight'));
  mkdirSync(join(folder, 'cpu.weight'));
  expect(() => {
    replica.resize(after);
  }).toThrow('EISDIR');
  expect(['memory.max', 'cpu.max'].map(read)).toEqual(held);
  expect(replica.limits).toEqual({ cpuCores: 0.5, memoryBytes: 2 ** 25 });
});
