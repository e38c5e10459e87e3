import { expect, test } from 'vitest';
import { formatMeasurements, tracerBudgets } from '../../bench/tracer-report.ts';
import type { TracerMeasurements } from '../../bench/tracer-report.ts';

/** Seven rounds, in each of which the machine is a little slower than in the one before. */
const drift = [0, 100, 200, 300, 400, 500, 600];
const costs = (base: number): number[] => drift.map((more) => base + more);

const measured: TracerMeasurements = {
  rounds: 7,
  hops: new Map([
    ['off', costs(3000)],
    ['off again', costs(3001)],
    ['scalelab-runq', costs(3400)],
    ['runqlat', costs(3900)],
    ['perf sched record', costs(3790)],
  ]),
  programs: [{ arm: 'scalelab-runq', costs: [{ name: 'sched_switch', runs: 200_000, nsPerRun: 223.6 }] }],
  helper: {
    cgroups: 30,
    seconds: 30.01,
    cpuShare: 0.00032,
    residentBytes: 1_400_000,
    startCpuSeconds: 0.039,
    eventsPerSecond: 11_435.2,
    lost: 0,
  },
  accuracy: {
    threads: 4,
    seconds: 10,
    waitSeconds: 20.002,
    kernelWaitSeconds: { low: 19.99, high: 20.01 },
    relativeError: 0.0006,
  },
  missing: [],
};

test('differences are taken round by round, so a drift of the machine is in none of them', () => {
  expect(formatMeasurements(measured, ['CPU: one', 'kernel: 6.18'])).toBe(`- CPU: one
- kernel: 6.18

Pipe ping-pong of two processes on one CPU, 7 rounds in random order: each hop is one wakeup and one switch. CPU
time of both processes, paired differences to \`off\` with the exact interval of their median. \`off again\` is the noise of this machine.

| tracer | CPU time of a hop | extra | interval of the extra | extra of a hop |
| --- | ---: | ---: | ---: | ---: |
| off | 3300 ns |  |  |  |
| off again | 3301 ns | 1 ns | 1 to 1 ns, 98.4 % | 0.030 % |
| **scalelab-runq** | 3700 ns | 400 ns | 400 to 400 ns, 98.4 % | 12 % |
| runqlat | 4200 ns | 900 ns | 900 to 900 ns, 98.4 % | 27 % |
| perf sched record | 4090 ns | 790 ns | 790 to 790 ns, 98.4 % | 24 % |

Kernel time of one run of a BPF program during the ping-pong (two clock reads of the measurement included):

| program | runs | time of a run |
| --- | ---: | ---: |
| scalelab-runq: sched_switch | 200000 | 224 ns |

The helper in user space, one snapshot a second beside 30 cgroups with a sleeper in each, 30 s:

| what | value |
| --- | ---: |
| CPU, its system calls included, of one core | 0.032 % |
| resident memory | 1.4 MB |
| CPU time of its start: loading, verifying, attaching | 39 ms |
| events traced | 11435 /s |
| events lost | 0 |

The sum of the waits of 4 busy threads over 10 s: 20.002 s by the tracer, 19.990 to 20.010 s by the kernel's own run_delay.

Budgets (design, section 5):

| budget | promised | measured | outcome |
| --- | ---: | ---: | ---: |
| kernel side not above \`runqlat\` | difference at most 0 | -500 ns (-500 to -500 ns, 98.4 %) | met |
| kernel side not above half of \`perf sched record\` | difference at most 0 | 5 ns (5 to 5 ns, 98.4 %) | missed |
| user space, CPU | 0.5 % of a core | 0.032 % | met |
| user space, memory | 40 MB | 1.4 MB | met |
| its sum against the kernel's own run_delay, threads with long waits | within 2 % over 10 s | 0.060 % | met |`);
});

test('a peer that is not there is said and left out, and its budget is not measured', () => {
  const hops = new Map([...measured.hops].filter(([name]) => name !== 'runqlat'));
  const without = { ...measured, hops, missing: ['runqlat is not on this machine (package libbpf-tools)'] };
  expect(formatMeasurements(without, [])).toContain(
    '\nLeft out: runqlat is not on this machine (package libbpf-tools).\n',
  );
  expect(tracerBudgets(without)[0]).toEqual({
    what: 'kernel side not above `runqlat`',
    promised: 'difference at most 0',
    measured: '',
    outcome: 'not measured',
  });
});

test('an interval that holds both sides of the limit decides nothing, and so do fewer than six rounds', () => {
  const noisy = [3000, 4600, 3100, 4700, 3200, 4800, 3300];
  expect(tracerBudgets({ ...measured, hops: new Map(measured.hops).set('runqlat', noisy) })[0]?.outcome).toBe(
    'undecided',
  );
  const short = new Map([...measured.hops].map(([name, all]): [string, number[]] => [name, all.slice(0, 5)]));
  expect(tracerBudgets({ ...measured, hops: short })[0]).toMatchObject({
    measured: '-500 ns (too few rounds)',
    outcome: 'undecided',
  });
});
