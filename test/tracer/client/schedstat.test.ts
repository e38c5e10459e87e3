import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseSchedstat,
  procFiles,
  readCgroupWaits,
  readMachineWaits,
  readProcessWaits,
  schedstatDifference,
} from '../../../tracer/client/schedstat.ts';
import type { ProcFiles, SchedstatReading } from '../../../tracer/client/schedstat.ts';

/** Files by path; what is not named is not there. As in the real /proc, a thread is found as /proc/TID too, but not listed there. */
function filesOf(texts: Readonly<Record<string, string>>): ProcFiles {
  const paths = Object.keys(texts);
  return {
    readText: (path) => {
      const [, tid] = /^\/proc\/(\d+)\/task\//.exec(path) ?? [];
      const ofThread = paths.find((other) => other.endsWith(`/task/${tid ?? ''}/schedstat`));
      return texts[path] ?? texts[ofThread ?? ''] ?? null;
    },
    list: (path) => {
      const below = paths.filter((other) => other.startsWith(`${path}/`));
      return below.length === 0
        ? null
        : [...new Set(below.map((other) => other.slice(path.length + 1).split('/')[0] ?? ''))];
    },
  };
}

const machine = filesOf({
  '/proc/10/schedstat': '1 999999999999 999',
  '/proc/10/task/10/schedstat': '5000 1000000000 3\n',
  '/proc/10/task/11/schedstat': '5000 500000000 4\n',
  '/proc/20/task/20/schedstat': '0 0 1\n',
  '/proc/meminfo': 'MemTotal',
  '/cpu/app/tasks': '11\n20\n99\n',
  '/unified/app/cgroup.threads': '10\n11\n',
});

const sum = (reading: SchedstatReading | null): { count: number; waitSeconds: number } | null =>
  reading && schedstatDifference(new Map(), reading);

test('all threads of a process are summed, not the file of its leader', () => {
  expect(readProcessWaits([10], machine)).toEqual(
    new Map([
      ['10', { count: 3, waitSeconds: 1 }],
      ['11', { count: 4, waitSeconds: 0.5 }],
    ]),
  );
});

test('the machine is all its processes', () => {
  expect(sum(readMachineWaits(machine))).toMatchObject({ count: 8, waitSeconds: 1.5 });
});

test('a cgroup is its own threads, on v1 and on v2, without those that ended meanwhile', () => {
  expect(sum(readCgroupWaits('/cpu/app', machine))).toMatchObject({ count: 5, waitSeconds: 0.5 });
  expect(sum(readCgroupWaits('/unified/app', machine))).toMatchObject({ count: 7, waitSeconds: 1.5 });
});

test('what cannot be read is missing, not zero', () => {
  expect(readCgroupWaits('/cpu/none', machine)).toBeNull();
  expect(readMachineWaits(filesOf({}))).toBeNull();
  for (const text of [null, '', '1 2', 'a b c', '1 -2 3', '1 2.5 3']) expect(parseSchedstat(text)).toBeNull();
});

test('a thread that ended does not make the sum smaller, and one that began counts from its beginning', () => {
  const earlier = new Map([
    ['1', { count: 5, waitSeconds: 5 }],
    ['2', { count: 100, waitSeconds: 100 }],
  ]);
  const later = new Map([
    ['1', { count: 7, waitSeconds: 5.5 }],
    ['3', { count: 1, waitSeconds: 0.25 }],
  ]);
  expect(schedstatDifference(earlier, later)).toEqual({ count: 3, waitSeconds: 0.75, lasting: 1, begun: 1, ended: 1 });
});

test('an id that was given to another thread counts from that thread’s beginning', () => {
  const earlier = new Map([['1', { count: 500, waitSeconds: 2 }]]);
  const later = new Map([['1', { count: 2, waitSeconds: 3 }]]);
  expect(schedstatDifference(earlier, later)).toEqual({ count: 2, waitSeconds: 3, lasting: 0, begun: 1, ended: 1 });
});

test('no pair of readings gives a negative difference', () => {
  const reading = fc
    .dictionary(
      fc.constantFrom('1', '2', '3'),
      fc.record({ count: fc.nat(9), waitSeconds: fc.double({ min: 0, max: 9, noNaN: true }) }),
    )
    .map((threads) => new Map(Object.entries(threads)));
  fc.assert(
    fc.property(reading, reading, (earlier, later) => {
      const { count, waitSeconds, lasting, begun, ended } = schedstatDifference(earlier, later);
      expect(Math.min(count, waitSeconds)).toBeGreaterThanOrEqual(0);
      expect([lasting + begun, lasting + ended]).toEqual([later.size, earlier.size]);
    }),
  );
});

const hasSchedstat = procFiles.readText('/proc/self/schedstat') !== null;

test.skipIf(!hasSchedstat)('the real files of this machine are read thread by thread', async () => {
  const program = `new (require('node:worker_threads').Worker)('setInterval(()=>{},1)', { eval: true }); process.stdout.write('x')`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    const tids = readdirSync(`/proc/${pid}/task`);
    const earlier = readProcessWaits([pid], procFiles);
    expect(new Set(earlier.keys()).size).toBeGreaterThan(1);
    for (const tid of tids) {
      const slices = Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[2]);
      expect(slices).toBeGreaterThanOrEqual(earlier.get(tid)?.count ?? Infinity);
    }
    const everything = readMachineWaits(procFiles);
    expect([...earlier.keys()].every((tid) => everything?.has(tid))).toBe(true);
  } finally {
    child.kill('SIGKILL');
  }
});
