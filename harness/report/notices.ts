import type { ArmEvents, LoadGenerators } from '../analysis/application-figure-data.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import type { Summary } from '../analysis/summary.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Plan } from '../plan/plan.ts';
import type { Manifest } from '../store/manifest.ts';
import type { Notice } from './document.ts';
import { scheduleText } from './load-tables.ts';
import { shortForm } from './short-form.ts';
import { named, plural } from './wording.ts';

/** Everything a reader must know before believing the numbers, each thing once. */
export function noticesOf(
  summary: Summary,
  { application }: FigureData,
  manifest: Manifest,
  plan: Plan,
): readonly Notice[] {
  const all: readonly Notice[] = [
    ...statusNotices(summary),
    ...summary.warnings.map(({ text, hint }) => ({ text, hint })),
    ...[shortForm(plan) ?? []].flat(),
    ...(application === null ? [] : generatorNotices(application.generators)),
    ...(application === null ? [] : faultNotices(application.events)),
    ...manifest.testbed.notes.map((text) => ({ text, hint: null })),
  ];
  return all.filter((notice, index) => all.findIndex((other) => other.text === notice.text) === index);
}

function statusNotices({ experiment, blocks }: Summary): Notice[] {
  switch (experiment.status) {
    case 'complete':
      return [];
    case 'running':
      return [
        {
          text: `The experiment is not finished: ${blocks.complete} of ${blocks.planned} planned blocks are complete.`,
          hint: 'The same command goes on with it.',
        },
      ];
    case 'too-many-invalid':
      return [
        {
          text: `${blocks.setAside} blocks were set aside, because a trial stayed invalid or a pause came between its trials, and the experiment ended with ${blocks.complete} of ${blocks.planned}.`,
          hint: 'The validity table gives the reasons.',
        },
      ];
    default:
      return unreachable(experiment.status);
  }
}

/** A trial without the fault that the profile asks for answers another question than the others. */
function faultNotices(events: readonly ArmEvents[]): Notice[] {
  return events
    .filter(({ type }) => type === 'fault-skipped')
    .map(({ arm, service, trials }) => ({
      text: `In ${plural(trials, 'trial')} of ${named(arm)} a fault of the profile did not happen, because ${named(service)} had no replica that was ready.`,
      hint: 'These trials count, and may look better or worse than those in which it did.',
    }));
}

/** What the load generators could not do as they should. */
function generatorNotices(generators: LoadGenerators): Notice[] {
  const notes = new Set(
    generators.kinds.flatMap(({ priority, priorityNote }) => (priority === 'normal' ? [priorityNote ?? ''] : [])),
  );
  const normal = [...notes].map((note) => ({
    text: `The load generator ran with normal priority${note === '' ? '' : `: ${note}`}.`,
    hint: 'Other work on its CPUs can make it late; the section on the load says how late it was.',
  }));
  const differing = generators.differingBlocks.length === 0 ? [] : [{ text: scheduleText(generators), hint: null }];
  return [...differing, ...normal];
}
