import { exactDuration, formatSeconds } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import { applicationLines } from './application-text.ts';
import { armLines } from './arm-text.ts';
import { budgetLine, type Budget } from './budget.ts';
import { loadText } from './load-text.ts';
import { planHash, planText } from './make-plan.ts';
import type { Plan, TestbedSpec } from './plan.ts';

/** What `scalelab plan` shows: everything that will happen, in order, and what it costs. Ends with a line break. */
export function planView(plan: Plan, budget: Budget): string {
  const nameWidth = Math.max(...plan.arms.map(({ name }) => name.length));
  const { canary } = plan;
  const lines = [
    `Experiment ${plan.name}, seed ${plan.seed}, plan ${planHash(planText(plan)).slice(0, 12)}`,
    `Testbed ${testbedText(plan.testbed)}, source of run-queue wait: ${plan.source}`,
    ...(plan.application === null ? [] : applicationLines(plan.application)),
    ...(plan.timeCompression === 1
      ? []
      : [`Time compression ${plan.timeCompression}: divides the times of faults and loads that stand here`]),
    `Trials of ${exactDuration(plan.trialMs)}, warm-up ${exactDuration(plan.warmupMs)}, a sample every ${exactDuration(plan.sampleMs)}`,
    canary ? `Canary ${canary.ratePerSecond}/s, ${formatSeconds(canary.workMicros / 1e6)} of work` : 'No canary',
    '',
    plan.aa ? 'Arms (A/A: the same treatment twice)' : 'Arms',
    ...plan.arms.flatMap((arm) =>
      armLines(arm).map((line, index) => `  ${(index === 0 ? arm.name : '').padEnd(nameWidth)}  ${line}`),
    ),
    ...(plan.loads.length === 0 ? [] : ['', 'Loads']),
    ...plan.loads.map((load) => `  ${load.name}  ${loadText(load)}`),
    '',
    'Hypotheses',
    ...plan.hypotheses.map(({ arm, against, metric }) => `  ${metric} of ${arm} against ${against}`),
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
