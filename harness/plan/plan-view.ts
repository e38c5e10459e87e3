import { exactDuration, formatSeconds, formatShare } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import { applicationLines } from './application-text.ts';
import { armLines } from './arm-text.ts';
import { boundsLines } from './bounds-text.ts';
import { budgetLine, type Budget } from './budget.ts';
import { canaryText } from './canary-text.ts';
import { loadText } from './load-text.ts';
import { planHash, planText } from './make-plan.ts';
import type { Margin, Plan, TestbedSpec } from './plan.ts';

/** What `scalelab plan` shows: everything that will happen, in order, and what it costs. Ends with a line break. */
export function planView(plan: Plan, budget: Budget): string {
  const nameWidth = Math.max(...plan.arms.map(({ name }) => name.length));
  const { canary, prices, bounds } = plan;
  const hasPolicies = plan.arms.some(({ policy }) => policy !== null);
  const lines = [
    `Experiment ${plan.name}, seed ${plan.seed}, plan ${planHash(planText(plan)).slice(0, 12)}`,
    `Testbed ${testbedText(plan.testbed)}, source of run-queue wait: ${plan.source}`,
    ...(plan.application === null ? [] : applicationLines(plan.application)),
    ...(plan.timeCompression === 1
      ? []
      : [
          `Time compression ${plan.timeCompression}: divides the times of faults, loads and options of policies that stand here`,
        ]),
    `Trials of ${exactDuration(plan.trialMs)}, warm-up ${exactDuration(plan.warmupMs)}, a sample every ${exactDuration(plan.sampleMs)}`,
    capitalised(canaryText(canary)),
    ...(prices === null ? [] : [`Prices: ${prices.coreHour} for a core hour, ${prices.gigabyteHour} for a GB hour`]),
    '',
    plan.aa ? 'Arms (A/A: the same treatment twice)' : 'Arms',
    ...plan.arms.flatMap((arm) =>
      armLines(arm, plan).map((line, index) => `  ${(index === 0 ? arm.name : '').padEnd(nameWidth)}  ${line}`),
    ),
    ...(hasPolicies && bounds !== null
      ? ['', 'Bounds of policies', ...boundsLines(bounds).map((line) => `  ${line}`)]
      : []),
    ...(plan.loads.length === 0 ? [] : ['', 'Loads']),
    ...plan.loads.map((load) => `  ${load.name}  ${loadText(load)}`),
    '',
    'Hypotheses',
    ...plan.hypotheses.map(
      ({ arm, against, metric, margin }) => `  ${metric} of ${arm} against ${against}${marginText(margin)}`,
    ),
    '',
    'Blocks',
    ...plan.blocks.flatMap(({ number, load, seed, trials }) => [
      `  ${number}${load === null ? '' : `, load ${load}`}, seed ${seed}`,
      ...trials.map((trial) => `    ${trial.arm.padEnd(nameWidth)}  seed ${trial.seed}`),
    ]),
    '',
    budgetLine(budget),
  ];
  return `${lines.join('\n')}\n`;
}

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

function marginText(margin: Margin | null): string {
  if (margin === null) return '';
  return `, equal within ${margin.kind === 'share' ? formatShare(margin.share) : margin.value}`;
}

function testbedText(testbed: TestbedSpec): string {
  switch (testbed.kind) {
    case 'local':
      return localText(testbed);
    case 'sim':
      return `sim (cores: ${testbed.cores}, work: ${formatSeconds(testbed.workMicros / 1e6)} an arrival)`;
    default:
      return unreachable(testbed);
  }
}

function localText({ applicationCpus, harnessCpus, port }: Extract<TestbedSpec, { kind: 'local' }>): string {
  const given = [
    ...(applicationCpus === null ? [] : [`CPUs of the application: ${applicationCpus}`]),
    ...(harnessCpus === null ? [] : [`of the harness: ${harnessCpus}`]),
    ...(port === null ? [] : [`port: ${port}`]),
  ];
  return given.length === 0 ? 'local' : `local (${given.join(', ')})`;
}
