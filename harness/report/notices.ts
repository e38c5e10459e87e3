import type { LoadGenerators } from '../analysis/application-figure-data.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import type { Summary } from '../analysis/summary.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Manifest } from '../store/manifest.ts';
import type { Notice } from './document.ts';
import { scheduleText } from './load-tables.ts';

/** Everything a reader must know before believing the numbers, each thing once. */
export function noticesOf(summary: Summary, { application }: FigureData, manifest: Manifest): readonly Notice[] {
  const all: readonly Notice[] = [
    ...statusNotices(summary),
    ...summary.warnings.map(({ text, hint }) => ({ text, hint })),
    ...(application === null ? [] : generatorNotices(application.generators)),
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
