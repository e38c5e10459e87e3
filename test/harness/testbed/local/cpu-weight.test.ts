import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { setCpuRequest, sharesOf, weightOf } from '../../../../harness/testbed/local/cpu-weight.ts';
import { ResourceGroup } from '../../../../harness/testbed/local/resource-group.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { runGroup } from './application/application-rig.ts';

// By hand: 1024 shares for a core; of these 1 + (shares - 2) * 9999 / 262142, cut.
test.each([
  [0.0004, 2, 1],
  [0.001, 2, 1],
  [0.1, 102, 4],
  [0.5, 512, 20],
  [1, 1024, 39],
  [2, 2048, 79],
  [256, 262_144, 10_000],
  [1024, 262_144, 10_000],
])('a request of %d cores is %d shares and a weight of %d', (cores, shares, weight) => {
  expect([sharesOf(cores), weightOf(cores)]).toEqual([shares, weight]);
});

test('more is never weighed less, and the kernel takes every value', () => {
  const cores = fc.double({ min: 0, max: 2000, noNaN: true });
  fc.assert(
    fc.property(cores, cores, (one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(sharesOf(less)).toBeLessThanOrEqual(sharesOf(more));
      expect(weightOf(less)).toBeLessThanOrEqual(weightOf(more));
      for (const [value, least, most] of [
        [sharesOf(less), 2, 262_144],
        [weightOf(less), 1, 10_000],
      ] as const) {
        expect(Number.isInteger(value) && value >= least && value <= most).toBe(true);
      }
    }),
  );
});

test('on v2 it is a weight', () => {
  const folder = temporaryFolder();
  const group = new ResourceGroup([{ cgroup: Cgroup.existing(folder), version: 2, controllers: ['cpu'] }]);
  setCpuRequest(group, 0.5);
  expect(readFileSync(join(folder, 'cpu.weight'), 'utf8')).toBe('20');
});

const reason = whyNoKernelTests();
describe.skipIf(reason !== null)(`on the real kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('both ends are taken', () => {
    const group = runGroup().child('one');
    const place = group.placeOf('cpu');
    const [file, ends] = place?.version === 2 ? ['cpu.weight', ['1', '10000']] : ['cpu.shares', ['2', '262144']];
    const held = [0, 1024].map((cores) => {
      setCpuRequest(group, cores);
      return readFileSync(join(group.cpu.path, file), 'utf8').trim();
    });
    expect(held).toEqual(ends);
  });
});
