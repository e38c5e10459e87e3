import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { GroupCounters } from '../../../../harness/testbed/local/group-counters.ts';
import { ResourceGroup, type Place } from '../../../../harness/testbed/local/resource-group.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

function placeWith(files: Readonly<Record<string, string>>, place: Omit<Place, 'cgroup'>): Place {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { ...place, cgroup: Cgroup.existing(folder) };
}

const pressure =
  'some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n';
const expected = {
  cpuSeconds: 2.5,
  quotaPeriods: 40,
  throttledPeriods: 12,
  throttledSeconds: 0.75,
  memoryBytes: 1_048_576,
  oomKills: 3,
  limitHits: 13,
  cpuPressureSeconds: 1.5,
};

test('v2 counts in microseconds, all in one cgroup', () => {
  const files = {
    'cpu.stat':
      'usage_usec 2500000\nuser_usec 1\nsystem_usec 1\nnr_periods 40\nnr_throttled 12\nthrottled_usec 750000\n',
    'memory.current': '1048576\n',
    'memory.events': 'low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n',
    'cpu.pressure': pressure,
  };
  const place = placeWith(files, { version: 2, controllers: ['cpu', 'cpuacct', 'cpuset', 'memory'] });
  using counters = new GroupCounters(new ResourceGroup([place]));
  expect(counters.read()).toEqual(expected);
});

test('v1 counts in nanoseconds, in one cgroup for each controller; pressure is that of v2 beside it', () => {
  const group = new ResourceGroup([
    placeWith(
      { 'cpu.stat': 'nr_periods 40\nnr_throttled 12\nthrottled_time 750000000\n' },
      { version: 1, controllers: ['cpu'] },
    ),
    placeWith({ 'cpuacct.usage': '2500000000\n' }, { version: 1, controllers: ['cpuacct'] }),
    placeWith(
      {
        'memory.usage_in_bytes': '1048576\n',
        'memory.failcnt': '12\n',
        'memory.max_usage_in_bytes': '1048000\n',
        'memory.limit_in_bytes': '1048576\n',
        'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
      },
      { version: 1, controllers: ['memory'] },
    ),
    placeWith({ 'cpu.pressure': pressure }, { version: 2, controllers: [] }),
  ]);
  using counters = new GroupCounters(group);
  expect(counters.read()).toEqual(expected);
});

test('what the kernel does not say is null, never 0', () => {
  using counters = new GroupCounters(new ResourceGroup([placeWith({}, { version: 1, controllers: ['cpu'] })]));
  expect(counters.read()).toEqual({
    cpuSeconds: null,
    quotaPeriods: null,
    throttledPeriods: null,
    throttledSeconds: null,
    memoryBytes: null,
    oomKills: null,
    limitHits: null,
    cpuPressureSeconds: null,
  });
});

test('a value that changes is read anew', () => {
  const place = placeWith({ 'cpuacct.usage': '1000000000\n' }, { version: 1, controllers: ['cpu', 'cpuacct'] });
  using counters = new GroupCounters(new ResourceGroup([place]));
  expect(counters.read().cpuSeconds).toBe(1);
  writeFileSync(join(place.cgroup.path, 'cpuacct.usage'), '3000000000\n');
  expect(counters.read().cpuSeconds).toBe(3);
});
