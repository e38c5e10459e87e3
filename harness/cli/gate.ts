import { completeBlocks, trialRows } from '../analysis/complete-blocks.ts';
import { judgeGate, type GateQuestion, type GateResult } from '../analysis/gate.ts';
import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import { formatNumber, formatShare } from '../core/units.ts';
import { metricNames, type Plan } from '../plan/plan.ts';
import { readExperiment } from '../store/recorded-experiment.ts';
import { oneOf, unknownWord } from '../yaml/did-you-mean.ts';
import type { Composition } from './compose.ts';

export interface GateOptions {
  readonly baseline: string;
  readonly metric: string;
  readonly atMost?: number | undefined;
  readonly atLeast?: number | undefined;
  readonly arm?: string | undefined;
  readonly json: boolean;
}

/** Holds a recorded experiment against a bound. @throws HarnessError `gate-failed` unless every arm meets it */
export async function gateCommand(
  folder: string,
  options: GateOptions,
  { terminal }: Composition,
): Promise<ExitStatus> {
  const recorded = await readExperiment(folder);
  const { id, plan, progress, damage } = recorded;
  const { question, arms } = gateOf(plan, options);
  for (const one of damage) terminal.err(`Damaged: ${one}. The rest was used; nothing was deleted.\n`);
  if (progress.status === 'running') terminal.err('The experiment is unfinished; this is what it says so far.\n');
  const blocks = completeBlocks(recorded, trialRows(recorded));
  if (blocks.length === 0) throw new HarnessError('gate-failed', `${id} has no complete block: nothing can be said.`);
  const results = judgeGate(plan, blocks, question, arms);
  if (options.json) terminal.out(`${JSON.stringify(results.map(withoutInfinity), null, 2)}\n`);
  else for (const result of results) terminal.out(`${gateLine(result, question)}\n`);
  const short = results.filter(({ verdict }) => verdict !== 'met');
  if (short.length === 0) return 0;
  const undecided = short.every(({ verdict }) => verdict === 'not-decided');
  throw new HarnessError(
    'gate-failed',
    `The gate was not met by ${[...new Set(short.map(({ arm }) => arm))].join(', ')}.`,
    undecided ? { hint: 'It was not decided: more blocks make the interval narrower.' } : {},
  );
}

function gateOf(
  plan: Plan,
  { baseline, metric, atMost, atLeast, arm }: GateOptions,
): { readonly question: GateQuestion; readonly arms: readonly string[] } {
  const names = plan.arms.map(({ name }) => name);
  for (const [option, name] of [
    ['--baseline', baseline],
    ['--arm', arm],
  ] as const) {
    if (name !== undefined && !names.includes(name))
      throw new HarnessError('usage', `${option}: ${unknownWord('arm', name, names)}`);
  }
  const others = names.filter((name) => name !== baseline);
  if (arm === baseline)
    throw new HarnessError('usage', `--arm: ${baseline} is the baseline, expected ${oneOf(others)}.`);
  const known = metricNames.find((name) => name === metric);
  if (known === undefined) throw new HarnessError('usage', `--metric: ${unknownWord('metric', metric, metricNames)}`);
  if ((atMost === undefined) === (atLeast === undefined)) {
    throw new HarnessError('usage', 'Expected either --at-most or --at-least, with a ratio such as 1.05.');
  }
  const bound =
    atMost === undefined
      ? ({ kind: 'at-least', ratio: atLeast ?? 0 } as const)
      : ({ kind: 'at-most', ratio: atMost } as const);
  return { question: { baseline, metric: known, bound }, arms: arm === undefined ? others : [arm] };
}

/** `met: core-seconds of showar under steady is 0.820 [0.760, 0.880] times that of hpa, at most 1.05 asked; 8 blocks, ...`. */
export function gateLine(
  { arm, load, blocks, failedBlocks, ratio, interval, verdict }: GateResult,
  { baseline, metric, bound }: GateQuestion,
): string {
  const asked = `${bound.kind === 'at-most' ? 'at most' : 'at least'} ${bound.ratio}`;
  const of = `${metric} of ${arm}${load === null ? '' : ` under ${load}`}`;
  if (ratio === null) return `not decided: ${of} or of ${baseline} has no number in any block`;
  const between = interval === null ? '' : ` [${text(interval.low)}, ${text(interval.high)}]`;
  const failed = failedBlocks === 0 ? '' : `, one of the two failed in ${failedBlocks}`;
  const basis =
    interval === null
      ? `${plural(blocks, 'block')}${failed}, too few for an interval`
      : `${plural(blocks, 'block')}${failed}, interval level ${formatShare(interval.level)}`;
  const word = { met: 'met', 'not-met': 'not met', 'not-decided': 'not decided' }[verdict];
  return `${word}: ${of} is ${text(ratio)}${between} times that of ${baseline}, ${asked} asked; ${basis}`;
}

const text = (ratio: number): string => (ratio === Infinity ? 'unbounded' : formatNumber(ratio));

/** JSON has no infinity. */
function withoutInfinity({ ratio, interval, ...rest }: GateResult): object {
  const extended = (value: number | null): number | string | null => (value === Infinity ? 'infinity' : value);
  return {
    ...rest,
    ratio: extended(ratio),
    interval: interval && { low: extended(interval.low), high: extended(interval.high), level: interval.level },
  };
}
