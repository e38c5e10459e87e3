import { medianInterval } from '../harness/statistics/median-interval.ts';
import { judge, type Budget } from './budget.ts';
import type { LoadArm, LoadCost } from './load-arms.ts';
import { middle } from './paired.ts';
import { formatTable } from './table.ts';

/** One tool at one rate in one round. */
export interface LoadRun extends LoadCost {
  readonly arm: string;
  /** Asked for; null of a tool that has no rate. */
  readonly perSecond: number | null;
  /** That arrived at the server. */
  readonly requests: number;
  readonly achievedPerSecond: number;
  /** CPU time that a hypervisor gave to others, of that of the two cores. */
  readonly stolenShare: number;
  /** Index of dispersion of the arrivals at the server, in windows of 10 ms; null with too few. */
  readonly dispersion: number | null;
}

export interface LoadMeasurements {
  readonly rounds: number;
  readonly seconds: number;
  /** Of tools without a rate. */
  readonly secondsAtFullSpeed: number;
  readonly rates: readonly number[];
  readonly arms: readonly Pick<LoadArm, 'name' | 'kind' | 'hasRate'>[];
  readonly runs: readonly LoadRun[];
  /** Why a peer is not in the tables. */
  readonly missing: readonly string[];
  /** Measurements that were made again, because a hypervisor took CPU time. */
  readonly repeats: number;
}

const ours = 'scalelab';
const budgetRate = 2000;
const budgetMs = 1;

export function formatLoad(measured: LoadMeasurements, machine: readonly string[]): string {
  const { rounds, seconds, secondsAtFullSpeed, arms, runs, missing, repeats } = measured;
  const isRealTime = runs.every(({ priority }) => priority === 'real-time');
  return [
    machine.map((line) => `- ${line}`).join('\n'),
    `Each tool alone against one tiny server on a core of its own, ${seconds} s at a time (${secondsAtFullSpeed} s at full speed), ${rounds} rounds in random
order; medians of the rounds. The generator has the other core${isRealTime ? '. It and the server have real-time priority' : '; not all had real-time priority'}.`,
    arms.map(({ name, kind }) => `- \`${name}\`: ${kind}`).join('\n'),
    `Lateness is the sending minus the due instant of each request; hey and wrk wait for answers before they send again, so they
have no due instants. Dispersion is that of the arrivals as the server saw them, in windows of 10 ms: 1 for Poisson, 0 for even.
CPU is of all threads of the process; of \`${ours}\` since the schedule began, of the others from their start.`,
    `Measured again because more than 2 % of the CPU time was stolen: ${repeats} of ${runs.length + repeats}. Of those that stand, the one with the most had
${(100 * Math.max(...runs.map(({ stolenShare }) => stolenShare))).toFixed(1)} %.`,
    ...missing.map((line) => `Left out: ${line}.`),
    loadTable(measured),
    'Budgets (design, section 5):',
    formatTable(
      ['budget', 'promised', 'measured', 'outcome'],
      loadBudgets(measured).map(({ what, promised, measured: value, outcome }) => [what, promised, value, outcome]),
    ),
  ].join('\n\n');
}

function loadTable({ rates, arms, runs }: LoadMeasurements): string {
  const rows = [...rates, null].flatMap((rate) =>
    arms.flatMap(({ name, hasRate }) => {
      const own = runs.filter(({ arm, perSecond }) => arm === name && perSecond === rate);
      if (own.length === 0 || hasRate === (rate === null)) return [];
      return [[name === ours ? `**${name}**` : name, rate === null ? 'full speed' : `${rate}/s`, ...cells(own)]];
    }),
  );
  return formatTable(
    ['tool', 'asked', 'arrived', 'lateness p50', 'p99', 'dispersion', 'CPU a request', 'memory'],
    rows,
  );
}

function cells(runs: readonly LoadRun[]): string[] {
  const medianOf = (of: (run: LoadRun) => number | null, format: (value: number) => string): string => {
    const values = runs.map(of).filter((value) => value !== null);
    return values.length < runs.length ? '' : format(middle(values));
  };
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  return [
    medianOf(
      ({ achievedPerSecond }) => achievedPerSecond,
      (value) => `${value.toFixed(0)}/s`,
    ),
    medianOf(({ latenessP50Ms }) => latenessP50Ms, ms),
    medianOf(({ latenessP99Ms }) => latenessP99Ms, ms),
    medianOf(
      ({ dispersion }) => dispersion,
      (value) => value.toFixed(2),
    ),
    medianOf(
      ({ cpuSeconds, requests }) => cpuSeconds / requests,
      (value) => `${(1e6 * value).toFixed(0)} µs`,
    ),
    medianOf(
      ({ residentBytes }) => residentBytes,
      (value) => `${(value / 1e6).toFixed(0)} MB`,
    ),
  ];
}

export function loadBudgets({ runs }: LoadMeasurements): Budget[] {
  const p99s = runs
    .filter(({ arm, perSecond }) => arm === ours && perSecond === budgetRate)
    .flatMap(({ latenessP99Ms }) => (latenessP99Ms === null ? [] : [latenessP99Ms]));
  const what = `lateness p99 of the built-in driver at ${budgetRate}/s`;
  const promised = `under ${budgetMs} ms on a free core`;
  if (p99s.length === 0) return [{ what, promised, measured: '', outcome: 'not measured' }];
  const interval = medianInterval(p99s, 0.95);
  const bounds =
    interval === null
      ? 'too few rounds'
      : `${interval.low.toFixed(2)} to ${interval.high.toFixed(2)} ms, ${(interval.level * 100).toFixed(1)} %`;
  return [
    {
      what,
      promised,
      measured: `${middle(p99s).toFixed(2)} ms (${bounds})`,
      outcome: interval === null ? 'undecided' : judge(interval, budgetMs),
    },
  ];
}
