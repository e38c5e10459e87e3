import { medianInterval } from '../harness/statistics/median-interval.ts';
import { judge } from './budget.ts';
import type { Budget } from './budget.ts';
import { middle, pairedDifference } from './paired.ts';
import { formatTable } from './table.ts';
import type { HopOverhead, HopOverheads } from './twin-chain.ts';
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
    `A front calls a service, which calls a store, ${hops.requestsPerSecond} requests a second, all three on one CPU and the generator where it likes, ${rounds}
rounds of 3 s in random order. CPU time of each process per request, user and kernel, beyond the ${hops.demandMicros} us that it burns on purpose: median
of the rounds with its exact interval. \`bare exchange\` is what it costs the kernel: processes that send and receive the same bytes, burn the same
time, and do nothing else.`,
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

function hopTable({ plain, sampled, bare }: HopOverhead): string {
  const rows = [...plain].map(([name, overheads]) => {
    const [spans, bytes] = [sampled.get(name) ?? [], bare.get(name) ?? []];
    const own = pairedDifference(overheads, bytes);
    return [
      name,
      `${micros(middle(overheads))} (${interval(overheads)})`,
      micros(middle(spans)),
      `${micros(middle(bytes))} (${interval(bytes)})`,
      micros(own.median),
    ];
  });
  const header = ['process', 'twin', 'twin, every request leaves spans', 'bare exchange', 'twin beyond bare exchange'];
  return formatTable(header, rows);
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
  const exactly = (value: number): { low: number; high: number } => ({ low: value, high: value });
  const [whole, bare] = [meanOfProcesses(hops.plain), meanOfProcesses(hops.bare)];
  return [
    hopBudget('a hop beyond the demand of the model, mean of the three processes', whole),
    hopBudget(
      'the same beyond a bare exchange',
      whole.map((overhead, round) => overhead - (bare[round] ?? NaN)),
    ),
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

function hopBudget(what: string, overheads: readonly number[]): Budget {
  const found = medianInterval(overheads, 0.95);
  return {
    what,
    promised: `${mostHopMicros} us of CPU`,
    measured: `${micros(middle(overheads))} (${interval(overheads)})`,
    outcome: found === null ? 'undecided' : judge(found, mostHopMicros),
  };
}

/** Round by round. */
function meanOfProcesses(overheadsOf: HopOverheads): readonly number[] {
  const all = [...overheadsOf.values()];
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
