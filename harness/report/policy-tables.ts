import type { FigureData } from '../analysis/figure-data.ts';
import type { ArmSummary, Summary } from '../analysis/summary.ts';
import { formatSeconds } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { decisionKinds } from '../telemetry/action.ts';
import { actionWords } from './action-words.ts';
import { cell, columns, type Section, type SectionPart, type Table } from './document.ts';
import { formatBytes, formatCores, formatSpread } from './number-text.ts';
import { policyOptionsTables } from './policy-options-table.ts';
import { reactionTable } from './reaction-table.ts';
import { behindResults } from './wording.ts';

/** What each policy was, did and cost, and how it answered to changes of the load. Nothing without a policy. */
export function policySections(summary: Summary, { application }: FigureData, plan: Plan): readonly Section[] {
  if (plan.arms.every(({ policy }) => policy === null)) return [];
  const table = (one: Table): SectionPart => ({ kind: 'table', table: one });
  const refusals = application?.refusals ?? [];
  const reactions = reactionTable(summary, plan);
  return [
    {
      title: 'What the policies did, and what they cost',
      parts: [
        table(controlTable(summary, plan)),
        {
          kind: 'text',
          text: 'Over whole trials, warm-up included. A step is one call of the policy; its CPU time and memory are those of the controller, of which the application has nothing. Late: steps that took longer than their interval; missed: steps left out because an earlier one still ran. Refused: what a policy asked for and did not get; superseded: taken back by a later decision before it was effective. Conflicts: steps that both resized and rescaled one service. A dash where a number is not known.',
        },
        ...(refusals.length === 0 ? [] : [table(refusalTable(refusals))]),
        ...policyOptionsTables(plan).map(table),
      ],
    },
    ...(reactions === null ? [] : [reactions]),
  ];
}

function controlTable(summary: Summary, plan: Plan): Table {
  const kinds = decisionKinds.filter((kind) => summary.arms.some(({ control }) => (control?.accepted[kind] ?? 0) > 0));
  return {
    caption: `Policies by arm${behindResults(plan)}: counts over all valid trials; times, CPU and memory as median of the trials and their range`,
    columns: columns(
      [
        'arm',
        'policy',
        'steps',
        'step time',
        'CPU of one core',
        'memory',
        ...kinds.map((kind) => `${actionWords[kind]} changed`),
        'refused',
        'superseded',
        'late',
        'missed',
        'conflicts',
      ],
      ['policy'],
    ),
    rows: summary.arms.flatMap((arm) => {
      const policy = plan.arms.find(({ name }) => name === arm.name)?.policy ?? null;
      if (policy === null) return [];
      const { control } = arm;
      if (control === null) return [[cell(arm.name), cell(policy.name), ...dashes(9 + kinds.length)]];
      return [
        [
          cell(arm.name),
          cell(policy.name),
          cell(stepsOf(arm, summary)),
          formatSpread(control.medianStepMs, (ms) => formatSeconds(ms / 1000)),
          formatSpread(control.cpuCores, formatCores),
          formatSpread(control.residentBytes, formatBytes),
          ...kinds.map((kind) => cell(control.accepted[kind])),
          cell(control.refused),
          cell(control.superseded),
          cell(control.lateSteps),
          cell(control.missedSteps),
          cell(control.conflicts),
        ],
      ];
    }),
    folded: false,
  };
}

const dashes = (count: number) => Array.from({ length: count }, () => cell('–'));

const stepsOf = ({ name }: ArmSummary, { trials }: Summary): number =>
  trials
    .filter(({ arm, counted, verdict }) => arm === name && counted && verdict.kind === 'valid')
    .reduce((sum, { metrics }) => sum + (metrics?.control?.steps ?? 0), 0);

function refusalTable(refusals: NonNullable<FigureData['application']>['refusals']): Table {
  return {
    caption: 'What was refused, and why, over all trials that count; the most frequent first',
    columns: columns(['arm', 'service', 'what', 'why', 'times'], ['service', 'what', 'why']),
    rows: refusals.map(({ arm, service, kind, reason, count }) => [
      cell(arm),
      cell(service),
      cell(actionWords[kind]),
      cell(reason),
      cell(count),
    ]),
    folded: true,
  };
}
