import type { Summary } from '../analysis/summary.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Manifest } from '../store/manifest.ts';
import type { Notice } from './document.ts';

/** Everything a reader must know before believing the numbers, each thing once. */
export function noticesOf(summary: Summary, manifest: Manifest): readonly Notice[] {
  const all: readonly Notice[] = [
    ...statusNotices(summary),
    ...summary.warnings.map(({ text, hint }) => ({ text, hint })),
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
