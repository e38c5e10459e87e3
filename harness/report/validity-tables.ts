import type { ArmSummary, Summary, TrialRow } from '../analysis/summary.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Plan } from '../plan/plan.ts';
import { type Cell, cell, columns, type Section, type SectionPart, type Table } from './document.ts';
import { limitsThatChanged } from './limit-words.ts';
import { capitalised, disturbancePhrase } from './wording.ts';

/** How many trials of each arm are valid, failed and invalid. */
export function validityTable(summary: Summary, plan: Plan, cores: number): Table {
  const armOf = (name: string): Plan['arms'][number] | undefined => plan.arms.find((arm) => arm.name === name);
  const isDisturbed = plan.arms.some(({ disturbances }) => disturbances.cpu !== null);
  const hasPolicy = plan.arms.some(({ policy }) => policy !== null);
  const words = [...(hasPolicy ? ['policy'] : []), ...(isDisturbed ? ['disturbance'] : [])];
  return {
    caption: 'Trials by arm and verdict',
    columns: columns(['arm', ...words, 'valid', 'failed', 'invalid', 'reasons'], [...words, 'reasons']),
    rows: summary.arms.map((arm) => [
      cell(arm.name),
      ...(hasPolicy ? [cell(armOf(arm.name)?.policy?.name ?? 'none')] : []),
      ...(isDisturbed ? [cell(disturbancePhrase(armOf(arm.name), cores) ?? 'nothing')] : []),
      cell(arm.valid),
      cell(arm.failed),
      cell(arm.invalid),
      cell(reasonsText(arm, summary)),
    ]),
    folded: false,
  };
}

/** Why trials of an arm failed or were invalid: `policy-failed 2, cpu-stolen 1`. */
function reasonsText({ name, invalidReasons }: ArmSummary, { trials }: Summary): string {
  const counts = new Map<string, number>();
  for (const { arm, counted, verdict } of trials)
    if (arm === name && counted && verdict.kind === 'failed')
      counts.set(verdict.code, (counts.get(verdict.code) ?? 0) + 1);
  return [...counts, ...Object.entries(invalidReasons)].map(([code, count]) => `${code} ${count}`).join(', ') || '–';
}

/** What the verdicts mean, and every attempt with its own. */
export function validitySection(summary: Summary, plan: Plan): Section {
  return {
    title: 'Validity',
    parts: [
      {
        kind: 'text',
        text: 'Failed: the arm broke down by its own doing, which is an outcome and counts as the worst. Invalid: the measurement broke down for a reason the arm cannot influence; the trial is repeated in its block.',
      },
      ...changedLimits(plan).map((text): SectionPart => ({ kind: 'text', text })),
      {
        kind: 'table',
        table: {
          caption: `Every attempt (${summary.trials.length}), in the order of their start`,
          columns: columns(
            ['attempt', 'block', 'arm', 'try', 'started', 'verdict', 'counted'],
            ['arm', 'started', 'verdict', 'counted'],
          ),
          rows: summary.trials.map((trial) => [
            cell(trial.id),
            cell(trial.block),
            cell(trial.arm),
            cell(trial.attempt),
            cell(trial.startedAt),
            verdictCell(trial),
            cell(trial.counted ? 'yes' : 'no'),
          ]),
          folded: true,
        },
      },
    ],
  };
}

/** Grounds for invalid trials that the profile set itself; nothing if it left them alone. */
function changedLimits(plan: Plan): readonly string[] {
  const changed = limitsThatChanged(plan);
  if (changed.length === 0) return [];
  return [
    `The profile changed when a trial is invalid: ${changed.map(({ name, limit, usual }) => `${name} at most ${limit} instead of ${usual}`).join('; ')}.`,
  ];
}

function verdictCell({ verdict }: TrialRow): Cell {
  switch (verdict.kind) {
    case 'valid':
      return cell('valid');
    case 'failed':
      return cell(`failed: ${verdict.code}`, capitalised(verdict.text));
    case 'invalid':
      return cell(
        `invalid: ${verdict.reasons.map((reason) => reason.code).join(', ')}`,
        verdict.reasons.map((reason) => capitalised(reason.text)).join('; '),
      );
    default:
      return unreachable(verdict);
  }
}
