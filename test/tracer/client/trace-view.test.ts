import { expect, test } from 'vitest';
import { slotCount, slotOf } from '../../../harness/telemetry/wait-slots.ts';
import type { CgroupName } from '../../../tracer/client/cgroup-names.ts';
import { noWaits } from '../../../tracer/client/difference.ts';
import type { GroupInterval, IntervalWaits, TracerInterval } from '../../../tracer/client/difference.ts';
import { renderTrace } from '../../../tracer/client/trace-view.ts';
import type { TraceInterval } from '../../../tracer/client/trace-view.ts';

/** Waits given as pairs of microseconds and how often. */
function waitsOf(...pairs: readonly (readonly [micros: number, times: number])[]): IntervalWaits {
  const slots = new Array<number>(slotCount).fill(0);
  let count = 0;
  let waitSeconds = 0;
  for (const [micros, times] of pairs) {
    slots[slotOf(micros * 1000)] = (slots[slotOf(micros * 1000)] ?? 0) + times;
    count += times;
    waitSeconds += (micros * times) / 1e6;
  }
  return { count, waitSeconds, slots };
}

function group(id: string, contention: IntervalWaits, throttled: IntervalWaits = noWaits): GroupInterval {
  return { id, contention, throttled };
}

const quiet: TracerInterval = {
  switches: 3210,
  wakeups: 1234,
  unknown: 0,
  negative: 0,
  lostStorage: 0,
  lostGroups: 0,
  userCpuSeconds: 0.0012,
  systemCpuSeconds: 0.0034,
  residentBytes: 3_140_000,
  kernelRuns: 0,
  kernelRunSeconds: 0,
  recursionMisses: 0,
};

function trace(
  groups: readonly GroupInterval[],
  tracer: Partial<TracerInterval> = {},
  names: readonly CgroupName[] = [],
): TraceInterval {
  return {
    interval: { lengthSeconds: 1, groups, tracer: { ...quiet, ...tracer } },
    names: new Map(names.map((name) => [name.id, name])),
    faults: { broken: 0, missed: 0 },
  };
}

const named = (id: string, path: string): CgroupName => ({ id, generation: 0, path, label: path });
const host = (id: string): CgroupName => ({ id, generation: 0, path: null, label: 'host' });

test('one cgroup is drawn as runqlat draws it, with the part that was throttling', () => {
  const app = group('45', waitsOf([0.4, 2], [3, 20], [5, 40]), waitsOf([20, 10], [90_000, 5]));
  expect(renderTrace(trace([app], {}, [named('45', '/apps/one')]), { width: 80, top: 10 })).toMatchInlineSnapshot(`
    "/apps/one
      waits 77   total 450 ms, 99.9 % of it throttled
      mean 5.85 ms   p50 5.25 µs   p95 86.0 ms   p99 86.0 ms
         usecs               : count    distribution (# throttled)
             0 -> 1          : 2        |**                                        |
             2 -> 3          : 20       |*********************                     |
             4 -> 7          : 40       |******************************************|
             8 -> 15         : 0        |                                          |
            16 -> 31         : 10       |###########                               |
            32 -> 63         : 0        |                                          |
            64 -> 127        : 0        |                                          |
           128 -> 255        : 0        |                                          |
           256 -> 511        : 0        |                                          |
           512 -> 1023       : 0        |                                          |
          1024 -> 2047       : 0        |                                          |
          2048 -> 4095       : 0        |                                          |
          4096 -> 8191       : 0        |                                          |
          8192 -> 16383      : 0        |                                          |
         16384 -> 32767      : 0        |                                          |
         32768 -> 65535      : 0        |                                          |
         65536 -> 131071     : 5        |#####                                     |

    tracer
      user CPU 0.120 %   system CPU 0.340 %   memory 3.14 MB
      switches 3210   wake-ups 1234   lost 0
    "
  `);
});

test('many cgroups: the longest total wait first, the machine itself as one, the rest in one line', () => {
  const groups = [
    group('7', waitsOf([1, 1])),
    group('0', waitsOf([100, 3])),
    group('8', waitsOf([1000, 1])),
    group('9', noWaits),
    group('1', waitsOf([100, 3])),
    group('10', waitsOf([2, 1])),
  ];
  const names = [host('0'), host('1'), named('7', '/seven'), named('8', '/eight'), named('10', '/ten')];
  expect(renderTrace(trace(groups, {}, names), { width: 80, top: 2 })).toMatchInlineSnapshot(`
    "/eight
      waits 1   total 1.00 ms, 0 % of it throttled
      mean 1.00 ms   p50 992 µs   p95 992 µs   p99 992 µs
         usecs               : count    distribution
           512 -> 1023       : 1        |******************************************|

    host
      waits 6   total 600 µs, 0 % of it throttled
      mean 100 µs   p50 100 µs   p95 100 µs   p99 100 µs
         usecs               : count    distribution
            64 -> 127        : 6        |******************************************|

    2 more cgroups with 2 waits, 3.00 µs in total.

    tracer
      user CPU 0.120 %   system CPU 0.340 %   memory 3.14 MB
      switches 3210   wake-ups 1234   lost 0
    "
  `);
});

test('two cgroups with one path are told apart by their id', () => {
  const groups = [group('10', waitsOf([2, 1])), group('11', waitsOf([1, 1])), group('12', waitsOf([1, 1]))];
  const text = renderTrace(trace(groups, {}, [named('10', '/a'), named('11', '/a'), named('12', '/b')]), {
    width: 80,
    top: 9,
  });
  expect(text.split('\n').filter((line) => line.startsWith('/'))).toEqual(['/a (id 10)', '/a (id 11)', '/b']);
});

test('a narrow terminal gets the end of a long path, wrapped figures and shorter bars', () => {
  const app = group('45', waitsOf([3, 20], [5, 10]));
  const path = '/kubepods.slice/kubepods-burstable.slice/pod-0123456789/cri-containerd-abcdef';
  expect(renderTrace(trace([app], {}, [named('45', path)]), { width: 50, top: 1 })).toMatchInlineSnapshot(`
    "…stable.slice/pod-0123456789/cri-containerd-abcdef
      waits 30   total 110 µs, 0 % of it throttled
      mean 3.67 µs   p50 3.12 µs   p95 5.25 µs
      p99 5.25 µs
         usecs               : count    distribution
             2 -> 3          : 20       |************|
             4 -> 7          : 10       |******      |

    tracer
      user CPU 0.120 %   system CPU 0.340 %
      memory 3.14 MB
      switches 3210   wake-ups 1234   lost 0
    "
  `);
});

test('waits of more than 7.86 s are open-ended', () => {
  const text = renderTrace(trace([group('45', waitsOf([60_000_000, 1]))]), { width: 80, top: 1 });
  expect(text).toContain('mean 60.0 s   p50 over 7.86 s   p95 over 7.86 s');
  expect(text).toContain('   4194304 -> ...        : 1        |');
});

test('an interval without waits says so, and every loss is named', () => {
  const losses = {
    lostStorage: 1,
    lostGroups: 2,
    recursionMisses: 3,
    negative: 4,
    unknown: 5,
    kernelRuns: 10,
    kernelRunSeconds: 2e-6,
  };
  const lossy = { ...trace([group('45', noWaits)], losses), faults: { broken: 6, missed: 7 } };
  expect(renderTrace(lossy, { width: 200, top: 1 })).toMatchInlineSnapshot(`
    "No thread waited.

    tracer
      user CPU 0.120 %   system CPU 0.340 %   memory 3.14 MB   kernel 200 ns per event
      switches 3210   wake-ups 1234   lost for want of memory 1   lost for want of room for the cgroup 2   refused runs 3   dropped as negative 4   broken lines 6   missed lines 7   without a stamp 5
    "
  `);
});
