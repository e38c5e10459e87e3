import { medianInterval } from '../harness/statistics/median-interval.ts';
import { judge } from './budget.ts';
import type { Budget } from './budget.ts';
import { middle } from './paired.ts';
import { formatTable } from './table.ts';
import type { HopOverhead } from './twin-chain.ts';
import type { IdleGraph } from './twin-graph.ts';

export interface TwinMeasurements {
  readonly rounds: number;
  readonly hops: HopOverhead;
  readonly graph: IdleGraph;
}

const mostHopMicros = 60;
const mostIdleShare = 0.05;
const mostHarnessShare = 0.01;
const mostOwnBytes = 3 * 1024 * 1024;

export function formatTwin(measured: TwinMeasurements, machine: readonly string[]): string {
  const { hops, graph, rounds } = measured;
  return [
    machine.map((line) => `- ${line}`).join('\n'),
    `A front calls a service, which calls a store, ${hops.requestsPerSecond} requests a second, all on one CPU, ${rounds} rounds of 3 s. CPU
time of each process per request, user and kernel, beyond the ${hops.demandMicros} us that the model asks for on average: median of the rounds with its exact interval.`,
    hopTable(hops),
    `The social network, one replica of each of its ${graph.processes} services, without a request, ${graph.seconds} s:`,
    graphTable(graph),
    'Budgets:',
    formatTable(
      ['budget', 'promised', 'measured', 'outcome'],
      twinBudgets(measured).map(({ what, promised, measured: value, outcome }) => [what, promised, value, outcome]),
    ),
  ].join('\n\n');
}

function hopTable({ plain, sampled }: HopOverhead): string {
  const rows = [...plain].map(([name, overheads]) => {
    const all = sampled.get(name) ?? [];
    return [name, micros(middle(overheads)), interval(overheads), micros(middle(all)), interval(all)];
  });
  return formatTable(['process', 'a request', 'interval', 'a request that leaves a span', 'interval'], rows);
}

function graphTable(graph: IdleGraph): string {
  return formatTable(
    ['what', 'value'],
    [
      ['CPU of all, of one core', share(graph.cpuShare)],
      ['the same, each asked for its counters once a second', share(graph.askedCpuShare)],
      ['CPU of the harness that asks', share(graph.harnessCpuShare)],
      ['memory that the model holds', megabytes(graph.modelBytes)],
      ['resident memory beyond it, all', megabytes(graph.allOwnBytes)],
      ['resident memory beyond it, the largest', megabytes(graph.mostOwnBytes)],
    ],
  );
}

export function twinBudgets({ hops, graph }: TwinMeasurements): Budget[] {
  const hop = meanOfProcesses(hops);
  const exactly = (value: number): { low: number; high: number } => ({ low: value, high: value });
  const hopInterval = medianInterval(hop, 0.95);
  return [
    {
      what: 'a hop beyond the demand of the model, mean of the three processes',
      promised: `${mostHopMicros} us of CPU`,
      measured: `${micros(middle(hop))} (${interval(hop)})`,
      outcome: hopInterval === null ? 'undecided' : judge(hopInterval, mostHopMicros),
    },
    {
      what: 'the idle social network, asked for its counters once a second',
      promised: `${mostIdleShare * 100} % of a core`,
      measured: share(graph.askedCpuShare),
      outcome: judge(exactly(graph.askedCpuShare), mostIdleShare),
    },
    {
      what: 'the harness that asks',
      promised: `${mostHarnessShare * 100} % of a core`,
      measured: share(graph.harnessCpuShare),
      outcome: judge(exactly(graph.harnessCpuShare), mostHarnessShare),
    },
    {
      what: 'resident memory of a process beyond that of the model',
      promised: megabytes(mostOwnBytes),
      measured: megabytes(graph.mostOwnBytes),
      outcome: judge(exactly(graph.mostOwnBytes), mostOwnBytes),
    },
  ];
}

/** Round by round. */
function meanOfProcesses({ plain }: HopOverhead): readonly number[] {
  const all = [...plain.values()];
  const rounds = all[0]?.length ?? 0;
  return Array.from({ length: rounds }, (_, round) => {
    return all.reduce((sum, overheads) => sum + (overheads[round] ?? NaN), 0) / all.length;
  });
}

const micros = (value: number): string => `${value.toFixed(0)} us`;
const share = (value: number): string => `${(value * 100).toPrecision(2)} %`;
const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

function interval(values: readonly number[]): string {
  const found = medianInterval(values, 0.95);
  if (found === null) return 'too few rounds';
  return `${found.low.toFixed(0)} to ${found.high.toFixed(0)} us, ${(found.level * 100).toFixed(1)} %`;
}
