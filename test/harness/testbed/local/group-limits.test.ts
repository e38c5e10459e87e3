import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import {
  readCpus,
  readLimits,
  setCpus,
  setLimits,
  wrongLimits,
} from '../../../../harness/testbed/local/group-limits.ts';
import { ResourceGroup, type Place } from '../../../../harness/testbed/local/resource-group.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { runGroup } from './application/application-rig.ts';

/** A group in a folder that looks like a cgroup of v2. */
function unifiedGroup(files: readonly string[] = []): {
  readonly group: ResourceGroup;
  readonly read: (file: string) => string;
} {
  const folder = temporaryFolder();
  for (const file of files) writeFileSync(join(folder, file), '');
  const place: Place = { cgroup: Cgroup.existing(folder), version: 2, controllers: ['cpu', 'cpuset', 'memory'] };
  return { group: new ResourceGroup([place]), read: (file) => readFileSync(join(folder, file), 'utf8') };
}

describe('on v2', () => {
  test('a quota is written with its period of 100 ms, and no swap beyond the memory limit', () => {
    const { group, read } = unifiedGroup(['memory.swap.max']);
    setLimits(group, { cpuCores: 0.25, memoryBytes: 1_048_576 });
    setCpus(group, '0-1');
    expect(['cpu.max', 'memory.max', 'memory.swap.max', 'cpuset.cpus'].map(read)).toEqual([
      ...['25000 100000', '1048576', '0', '0-1'],
    ]);
    expect(readLimits(group)).toEqual({ cpuCores: 0.25, memoryBytes: 1_048_576 });
    expect(readCpus(group)).toEqual([0, 1]);
  });

  test('no limit is `max`', () => {
    const { group, read } = unifiedGroup();
    setLimits(group, { cpuCores: null, memoryBytes: null });
    expect(['cpu.max', 'memory.max'].map(read)).toEqual(['max 100000', 'max']);
    expect(readLimits(group)).toEqual({ cpuCores: null, memoryBytes: null });
  });
});

const reason = whyNoKernelTests();
describe.skipIf(reason !== null)(`on the real kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const wanted = { cpuCores: 0.2, memoryBytes: 20_000_000 };

  test('limits are read back as they were set, to a microsecond of quota and a page', () => {
    const group = runGroup().child('one');
    setLimits(group, wanted);
    setCpus(group, '0');
    const { cpuCores, memoryBytes } = readLimits(group);
    expect(cpuCores).toBe(0.2);
    expect(20_000_000 - (memoryBytes ?? 0)).toBeLessThan(65_536);
    expect(readCpus(group)).toEqual([0]);
    expect(wrongLimits(group, wanted, [0])).toEqual([]);
  });

  test('they can be raised, lowered and taken away again', () => {
    const group = runGroup().child('one');
    for (const limits of [
      wanted,
      { cpuCores: 1.5, memoryBytes: 40_960_000 },
      { cpuCores: 0.1, memoryBytes: 8_192_000 },
    ]) {
      setLimits(group, limits);
      expect(wrongLimits(group, limits, readCpus(group) ?? [])).toEqual([]);
    }
    setLimits(group, { cpuCores: null, memoryBytes: null });
    expect(readLimits(group)).toEqual({ cpuCores: null, memoryBytes: null });
  });

  test('what another hand has changed is told', () => {
    const group = runGroup().child('one');
    setLimits(group, { cpuCores: 0.7, memoryBytes: null });
    setCpus(group, '0');
    expect(wrongLimits(group, wanted, [1])).toEqual([
      'a CPU limit of 0.7 cores, not 0.2 cores',
      'a memory limit of none, not 20000000 bytes',
      'CPUs 0, not 1',
    ]);
  });

  test('what the kernel refuses is named', () => {
    const group = runGroup().child('one');
    expect(() => {
      setCpus(group, '4000');
    }).toThrow(
      expect.objectContaining({
        code: 'testbed-failed',
        message: expect.stringMatching(/one\/cpuset\.cpus does not take 4000: E\w+/) as string,
      }) as Error,
    );
  });
});
