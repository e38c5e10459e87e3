import { expect, test } from 'vitest';
import { formatTwin, twinBudgets } from '../../bench/twin-report.ts';
import type { HopOverheads } from '../../bench/twin-chain.ts';
import type { TwinMeasurements } from '../../bench/twin-report.ts';

const rounds = (base: number): number[] => [0, 1, 2, 3, 4, 5].map((more) => base + more);

function overheads(front: readonly number[], service: readonly number[], store: readonly number[]): HopOverheads {
  return new Map([
    ['front', front],
    ['service', service],
    ['store', store],
  ]);
}

const measured: TwinMeasurements = {
  rounds: 6,
  hops: {
    requestsPerSecond: 100,
    demandMicros: 500,
    plain: overheads(rounds(70), rounds(50), rounds(30)),
    sampled: overheads(rounds(80), rounds(60), rounds(40)),
    bare: overheads(rounds(60), rounds(42), rounds(24)),
  },
  graph: {
    processes: 25,
    seconds: 20,
    cpuShare: 0.00005,
    askedCpuShare: 0.0009,
    harnessCpuShare: 0.005,
    mostOwnBytes: 1024 ** 2,
    allOwnBytes: 22 * 1024 ** 2,
    modelBytes: 416 * 1024 ** 2,
  },
};

test('a hop is the mean of the three processes, round by round', () => {
  expect(formatTwin(measured, ['CPU: one'])).toBe(`- CPU: one

A front calls a service, which calls a store, 100 requests a second, all three on one CPU and the generator where it likes, 6
rounds of 3 s in random order. CPU time of each process per request, user and kernel, beyond the 500 us that it burns on purpose: median
of the rounds with its exact interval. \`bare exchange\` is what it costs the kernel: processes that send and receive the same bytes, burn the same
time, and do nothing else.

| process | twin | twin, every request leaves spans | bare exchange | twin beyond bare exchange |
| --- | ---: | ---: | ---: | ---: |
| front | 73 us (70 to 75 us, 96.9 %) | 83 us | 63 us (60 to 65 us, 96.9 %) | 10 us |
| service | 53 us (50 to 55 us, 96.9 %) | 63 us | 45 us (42 to 47 us, 96.9 %) | 8 us |
| store | 33 us (30 to 35 us, 96.9 %) | 43 us | 27 us (24 to 29 us, 96.9 %) | 6 us |

The social network, one replica of each of its 25 services, without a request, 20 s:

| what | value |
| --- | ---: |
| CPU of all, of one core | 0.0050 % |
| the same, each asked for its counters once a second | 0.090 % |
| CPU of the harness that asks | 0.50 % |
| memory that the model holds | 416.0 MiB |
| resident memory beyond it, all | 22.0 MiB |
| resident memory beyond it, the largest | 1.0 MiB |

Budgets:

| budget | promised | measured | outcome |
| --- | ---: | ---: | ---: |
| a hop beyond the demand of the model, mean of the three processes | 60 us of CPU | 53 us (50 to 55 us, 96.9 %) | met |
| the same beyond a bare exchange | 60 us of CPU | 8 us (8 to 8 us, 96.9 %) | met |
| the idle social network, asked for its counters once a second | 5 % of a core | 0.090 % | met |
| the harness that asks | 1 % of a core | 0.50 % | met |
| resident memory of a process beyond that of the model | 3.0 MiB | 1.0 MiB | met |`);
});

test('what is above its limit is missed, and what too few rounds cannot tell is undecided', () => {
  const outcomes = (changed: TwinMeasurements) => twinBudgets(changed).map(({ outcome }) => outcome);
  const withHops = (micros: readonly number[]): TwinMeasurements => {
    return { ...measured, hops: { ...measured.hops, plain: overheads(micros, micros, micros) } };
  };
  expect(outcomes(withHops(rounds(70)))).toEqual(['missed', 'met', 'met', 'met', 'met']);
  expect(outcomes(withHops(rounds(58)))[0]).toBe('undecided');
  expect(outcomes(withHops([10]))[0]).toBe('undecided');
  const graph = { ...measured.graph, askedCpuShare: 0.051, harnessCpuShare: 0.011, mostOwnBytes: 4e6 };
  expect(outcomes({ ...measured, graph })).toEqual(['met', 'met', 'missed', 'missed', 'missed']);
});
