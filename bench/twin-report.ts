import type { ServiceRole } from '../harness/application/application.ts';
import { medianInterval } from '../harness/statistics/median-interval.ts';
import { judge } from './budget.ts';
import type { Budget } from './budget.ts';
import { middle, pairedDifference } from './paired.ts';
import { formatTable } from './table.ts';
import type { HopOverhead, HopOverheads } from './twin-chain.ts';
import type { IdleGraph } from './twin-graph.ts';
import { beyondDemand, workOf } from './twin-mix.ts';
import type { MixCost } from './twin-mix.ts';

export interface TwinMeasurements {
  readonly rounds: number;
  readonly hops: HopOverhead;
  readonly mix: MixCost;
  readonly graph: IdleGraph;
}

const mostHopMicros = 60;
const mostIdleShare = 0.05;
const mostHarnessShare = 0.01;
const mostOwnBytes = 3 * 1024 * 1024;

export function formatTwin(measured: TwinMeasurements, machine: readonly string[]): string {
  const { hops, mix, graph, rounds } = measured;
  return [
    machine.map((line) => `- ${line}`).join('\n'),
    `The social network, one replica of each service, ${mix.requestsPerSecond} requests a second of its mix \`${mix.mix}\`, all replicas on one CPU and the generator where
it likes, ${rounds} rounds of ${mix.requestsInRound / mix.requestsPerSecond} s in random order. CPU time of the processes, user and kernel, for one execution of an operation (a hop), beyond the demand that
the model draws for it: a demand has in it what the hop itself costs, as long as that is less. \`without demand\` is what it costs by itself,
measured with all demands scaled to nothing. Medians of the rounds with their exact intervals. Nobody asks the replicas for their counters
and no request leaves spans; in a trial, with both, a hop takes 10 to 20 us more.`,
    mixTable(mix),
    `A request used ${micros(cpuPerRequest(mix))} of CPU; the model draws ${micros(demandPerRequest(mix))} for it.`,
    `A front calls a service, which calls a store, ${hops.requestsPerSecond} requests a second, as above. \`bare exchange\` is what the kernel takes: processes that send and
receive the same bytes and do nothing else.`,
    hopTable(hops),
    `All ${graph.processes} services of the social network, one replica of each, without a request, ${graph.seconds} s:`,
    graphTable(graph),
    'Budgets:',
    formatTable(
      ['budget', 'promised', 'measured', 'outcome'],
      twinBudgets(measured).map(({ what, promised, measured: value, outcome }) => [what, promised, value, outcome]),
    ),
  ].join('\n\n');
}

function mixTable({ ownDemands, noDemands, requestsInRound }: MixCost): string {
  const row = (name: string, role?: ServiceRole): readonly string[] => {
    const works = ownDemands.map((round) => workOf(round, role));
    const beyond = ownDemands.map((round) => beyondDemand(round, role));
    const own = noDemands.map((round) => beyondDemand(round, role));
    return [
      name,
      middle(works.map(({ hops }) => hops / requestsInRound)).toFixed(1),
      micros(middle(works.map(({ hops, demandMicros }) => demandMicros / hops))),
      `${tenths(middle(beyond))} (${interval(beyond, tenths)})`,
      `${micros(middle(own))} (${interval(own)})`,
    ];
  };
  const header = ['processes', 'hops of a request', 'demand of a hop', 'CPU beyond it', 'CPU without demand'];
  return formatTable(header, [row('fronts', 'front'), row('services', 'service'), row('stores', 'store'), row('all')]);
}

const cpuPerRequest = ({ ownDemands, requestsInRound }: MixCost): number =>
  middle(ownDemands.map((round) => workOf(round).cpuMicros / requestsInRound));
const demandPerRequest = ({ ownDemands, requestsInRound }: MixCost): number =>
  middle(ownDemands.map((round) => workOf(round).demandMicros / requestsInRound));

function hopTable({ own, sampled, bare, beyondDemand: beyondOf, demandMicros }: HopOverhead): string {
  const rows = [...own].map(([name, overheads]) => {
    const [spans, bytes, beyond] = [sampled.get(name) ?? [], bare.get(name) ?? [], beyondOf.get(name) ?? []];
    return [
      name,
      `${micros(middle(overheads))} (${interval(overheads)})`,
      micros(middle(spans)),
      `${micros(middle(bytes))} (${interval(bytes)})`,
      micros(pairedDifference(overheads, bytes).median),
      `${tenths(middle(beyond))} (${interval(beyond, tenths)})`,
    ];
  });
  const header = [
    ...[
      'process',
      'without demand',
      'the same, every request leaves spans',
      'bare exchange',
      'without demand, beyond bare exchange',
    ],
    `beyond a demand of ${demandMicros} us`,
  ];
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

export function twinBudgets({ hops, mix, graph }: TwinMeasurements): Budget[] {
  const exactly = (value: number): { low: number; high: number } => ({ low: value, high: value });
  const [own, bare] = [meanOfProcesses(hops.own), meanOfProcesses(hops.bare)];
  return [
    hopBudget(
      'a hop of the social network beyond its modelled demand',
      mix.ownDemands.map((round) => beyondDemand(round)),
    ),
    hopBudget(
      'a hop without demand, beyond a bare exchange, mean of the three processes',
      own.map((overhead, round) => overhead - (bare[round] ?? NaN)),
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
    measured: `${tenths(middle(overheads))} (${interval(overheads, tenths)})`,
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
const tenths = (value: number): string => `${value.toFixed(1)} us`;
const share = (value: number): string => `${(value * 100).toPrecision(2)} %`;
const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

function interval(values: readonly number[], format = micros): string {
  const found = medianInterval(values, 0.95);
  if (found === null) return 'too few rounds';
  return `${format(found.low).replace(/ us$/, '')} to ${format(found.high)}, ${(found.level * 100).toFixed(1)} %`;
}
