import { judge } from './budget.ts';
import type { Budget } from './budget.ts';
import type { HelperCost } from './helper-cost.ts';
import type { HopCosts } from './hop-cost.ts';
import { middle, pairedDifference } from './paired.ts';
import type { PairedDifference } from './paired.ts';
import type { ProgramCost } from './program-cost.ts';
import { formatTable } from './table.ts';
import type { WaitAccuracy } from './wait-accuracy.ts';

export interface TracerMeasurements {
  readonly rounds: number;
  readonly hops: HopCosts;
  readonly programs: readonly { readonly arm: string; readonly costs: readonly ProgramCost[] }[];
  readonly helper: HelperCost;
  readonly accuracy: WaitAccuracy;
  /** Why a peer is not in the tables. */
  readonly missing: readonly string[];
}

const ours = 'scalelab-runq';

export function formatMeasurements(measured: TracerMeasurements, machine: readonly string[]): string {
  return [
    machine.map((line) => `- ${line}`).join('\n'),
    `Pipe ping-pong of two processes on one CPU, ${measured.rounds} rounds in random order: each hop is one wakeup and one switch. CPU
time of both processes, paired differences to \`off\` with the exact interval of their median. \`off again\` is the noise of this machine.`,
    hopTable(measured),
    ...measured.missing.map((line) => `Left out: ${line}.`),
    'Kernel time of one run of a BPF program during the ping-pong (two clock reads of the measurement included):',
    programTable(measured),
    `The helper in user space, one snapshot a second beside ${measured.helper.cgroups} cgroups with a sleeper in each, ${measured.helper.seconds.toFixed(0)} s:`,
    helperTable(measured.helper),
    `The sum of the waits of ${measured.accuracy.threads} busy threads over ${measured.accuracy.seconds} s: ${formatAccuracy(measured.accuracy)}.`,
    'Budgets (design, section 5):',
    budgetTable(tracerBudgets(measured)),
  ].join('\n\n');
}

function hopTable({ hops }: TracerMeasurements): string {
  const base = costsOf(hops, 'off');
  const rows = [...hops].map(([name, costs]) => {
    const label = name === ours ? `**${name}**` : name;
    if (name === 'off') return [label, ns(middle(costs)), '', '', ''];
    const extra = pairedDifference(costs, base);
    return [label, ns(middle(costs)), ns(extra.median), formatInterval(extra), share(extra.median / middle(base))];
  });
  return formatTable(['tracer', 'CPU time of a hop', 'extra', 'interval of the extra', 'extra of a hop'], rows);
}

function programTable({ programs }: TracerMeasurements): string {
  const rows = programs.flatMap(({ arm, costs }) =>
    costs.map(({ name, runs, nsPerRun }) => [`${arm}: ${name}`, String(runs), ns(nsPerRun)]),
  );
  return formatTable(['program', 'runs', 'time of a run'], rows);
}

function helperTable(helper: HelperCost): string {
  return formatTable(
    ['what', 'value'],
    [
      ['CPU, its system calls included, of one core', share(helper.cpuShare)],
      ['resident memory', megabytes(helper.residentBytes)],
      ['CPU time of its start: loading, verifying, attaching', `${(helper.startCpuSeconds * 1000).toFixed(0)} ms`],
      ['events traced', `${helper.eventsPerSecond.toFixed(0)} /s`],
      ['events lost', String(helper.lost)],
    ],
  );
}

export function tracerBudgets({ hops, helper, accuracy }: TracerMeasurements): Budget[] {
  const base = costsOf(hops, 'off');
  const extraOf = (name: string): number[] => costsOf(hops, name).map((cost, round) => cost - (base[round] ?? NaN));
  return [
    againstPeer('kernel side not above `runqlat`', extraOf(ours), hops.has('runqlat') ? extraOf('runqlat') : null),
    againstPeer(
      'kernel side not above half of `perf sched record`',
      extraOf(ours),
      hops.has('perf sched record') ? extraOf('perf sched record').map((extra) => extra / 2) : null,
    ),
    {
      what: 'user space, CPU',
      promised: '0.5 % of a core',
      measured: share(helper.cpuShare),
      outcome: judge({ low: helper.cpuShare, high: helper.cpuShare }, 0.005),
    },
    {
      what: 'user space, memory',
      promised: '40 MB',
      measured: megabytes(helper.residentBytes),
      outcome: judge({ low: helper.residentBytes, high: helper.residentBytes }, 40e6),
    },
    {
      what: "its sum against the kernel's own run_delay, threads with long waits",
      promised: `within 2 % over ${accuracy.seconds} s`,
      measured: share(accuracy.relativeError),
      outcome: judge({ low: accuracy.relativeError, high: accuracy.relativeError }, 0.02),
    },
  ];
}

/** The difference of the two extras, round by round: whatever disturbed a round has disturbed both. */
function againstPeer(what: string, extra: readonly number[], limit: readonly number[] | null): Budget {
  const promised = 'difference at most 0';
  if (limit === null) return { what, promised, measured: '', outcome: 'not measured' };
  const difference = pairedDifference(extra, limit);
  return {
    what,
    promised,
    measured: `${ns(difference.median)} (${formatInterval(difference)})`,
    outcome: difference.interval === null ? 'undecided' : judge(difference.interval, 0),
  };
}

function budgetTable(budgets: readonly Budget[]): string {
  const rows = budgets.map(({ what, promised, measured, outcome }) => [what, promised, measured, outcome]);
  return formatTable(['budget', 'promised', 'measured', 'outcome'], rows);
}

function costsOf(hops: HopCosts, name: string): readonly number[] {
  const costs = hops.get(name);
  if (costs === undefined) throw new Error(`${name} was not measured.`);
  return costs;
}

const ns = (value: number): string => `${value.toFixed(0)} ns`;
const share = (value: number): string => `${(value * 100).toPrecision(2)} %`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function formatAccuracy({ waitSeconds, kernelWaitSeconds: { low, high } }: WaitAccuracy): string {
  return `${waitSeconds.toFixed(3)} s by the tracer, ${low.toFixed(3)} to ${high.toFixed(3)} s by the kernel's own run_delay`;
}

function formatInterval({ interval }: PairedDifference): string {
  if (interval === null) return 'too few rounds';
  return `${interval.low.toFixed(0)} to ${interval.high.toFixed(0)} ns, ${(interval.level * 100).toFixed(1)} %`;
}
