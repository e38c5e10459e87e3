import { expect, test } from 'vitest';
import { formatTwin, twinBudgets } from '../../bench/twin-report.ts';
import type { HopOverheads } from '../../bench/twin-chain.ts';
import type { MixRound, MixWork } from '../../bench/twin-mix.ts';
import type { TwinMeasurements } from '../../bench/twin-report.ts';

const rounds = (base: number): number[] => [0, 1, 2, 3, 4, 5].map((more) => base + more);

function overheads(front: readonly number[], service: readonly number[], store: readonly number[]): HopOverheads {
  return new Map([
    ['front', front],
    ['service', service],
    ['store', store],
  ]);
}

/** One hop of each role for a request, with this demand and so much more CPU time, a microsecond more in each round. */
function mixRounds(demand: number, beyond: number): MixRound[] {
  const work = (micros: number): MixWork => ({
    hops: 300,
    demandMicros: 300 * demand,
    cpuMicros: 300 * (demand + micros),
  });
  return rounds(beyond).map(
    (micros) =>
      new Map([
        ['front', work(micros + 2)],
        ['service', work(micros)],
        ['store', work(micros - 2)],
      ]),
  );
}

const measured: TwinMeasurements = {
  rounds: 6,
  hops: {
    requestsPerSecond: 100,
    demandMicros: 500,
    own: overheads(rounds(70), rounds(50), rounds(30)),
    sampled: overheads(rounds(80), rounds(60), rounds(40)),
    bare: overheads(rounds(60), rounds(42), rounds(24)),
    beyondDemand: overheads(rounds(3), rounds(2), rounds(1)),
  },
  mix: {
    mix: 'original',
    requestsPerSecond: 100,
    requestsInRound: 300,
    ownDemands: mixRounds(400, 4),
    noDemands: mixRounds(0, 50),
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

test('a hop is the mean of all of its round', () => {
  expect(formatTwin(measured, ['CPU: one'])).toBe(`- CPU: one

The social network, one replica of each service, 100 requests a second of its mix \`original\`, all replicas on one CPU and the generator where
it likes, 6 rounds of 3 s in random order. CPU time of the processes, user and kernel, for one execution of an operation (a hop), beyond the demand that
the model draws for it: a demand has in it what the hop itself costs, as long as that is less. \`without demand\` is what it costs by itself,
measured with all demands scaled to nothing. Medians of the rounds with their exact intervals. Nobody asks the replicas for their counters
and no request leaves spans; in a trial, with both, a hop takes 10 to 20 us more.

| processes | hops of a request | demand of a hop | CPU beyond it | CPU without demand |
| --- | ---: | ---: | ---: | ---: |
| fronts | 1.0 | 400 us | 8.5 us (6.0 to 11.0 us, 96.9 %) | 55 us (52 to 57 us, 96.9 %) |
| services | 1.0 | 400 us | 6.5 us (4.0 to 9.0 us, 96.9 %) | 53 us (50 to 55 us, 96.9 %) |
| stores | 1.0 | 400 us | 4.5 us (2.0 to 7.0 us, 96.9 %) | 51 us (48 to 53 us, 96.9 %) |
| all | 3.0 | 400 us | 6.5 us (4.0 to 9.0 us, 96.9 %) | 53 us (50 to 55 us, 96.9 %) |

A request used 1220 us of CPU; the model draws 1200 us for it.

A front calls a service, which calls a store, 100 requests a second, as above. \`bare exchange\` is what the kernel takes: processes that send and
receive the same bytes and do nothing else.

| process | without demand | the same, every request leaves spans | bare exchange | without demand, beyond bare exchange | beyond a demand of 500 us |
| --- | ---: | ---: | ---: | ---: | ---: |
| front | 73 us (70 to 75 us, 96.9 %) | 83 us | 63 us (60 to 65 us, 96.9 %) | 10 us | 5.5 us (3.0 to 8.0 us, 96.9 %) |
| service | 53 us (50 to 55 us, 96.9 %) | 63 us | 45 us (42 to 47 us, 96.9 %) | 8 us | 4.5 us (2.0 to 7.0 us, 96.9 %) |
| store | 33 us (30 to 35 us, 96.9 %) | 43 us | 27 us (24 to 29 us, 96.9 %) | 6 us | 3.5 us (1.0 to 6.0 us, 96.9 %) |

All 25 services of the social network, one replica of each, without a request, 20 s:

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
| a hop of the social network beyond its modelled demand | 60 us of CPU | 6.5 us (4.0 to 9.0 us, 96.9 %) | met |
| a hop without demand, beyond a bare exchange, mean of the three processes | 60 us of CPU | 8.0 us (8.0 to 8.0 us, 96.9 %) | met |
| the idle social network, asked for its counters once a second | 5 % of a core | 0.090 % | met |
| the harness that asks | 1 % of a core | 0.50 % | met |
| resident memory of a process beyond that of the model | 3.0 MiB | 1.0 MiB | met |`);
});

test('what is above its limit is missed, and what too few rounds cannot tell is undecided', () => {
  const outcomes = (changed: TwinMeasurements) => twinBudgets(changed).map(({ outcome }) => outcome);
  const withMix = (ownDemands: readonly MixRound[]): TwinMeasurements => {
    return { ...measured, mix: { ...measured.mix, ownDemands } };
  };
  expect(outcomes(withMix(mixRounds(400, 70)))).toEqual(['missed', 'met', 'met', 'met', 'met']);
  expect(outcomes(withMix(mixRounds(400, 58)))[0]).toBe('undecided');
  expect(outcomes(withMix(mixRounds(400, 10).slice(0, 1)))[0]).toBe('undecided');
  const hops = { ...measured.hops, own: overheads(rounds(130), rounds(130), rounds(130)) };
  expect(outcomes({ ...measured, hops })).toEqual(['met', 'missed', 'met', 'met', 'met']);
  const graph = { ...measured.graph, askedCpuShare: 0.051, harnessCpuShare: 0.011, mostOwnBytes: 4e6 };
  expect(outcomes({ ...measured, graph })).toEqual(['met', 'met', 'missed', 'missed', 'missed']);
});
