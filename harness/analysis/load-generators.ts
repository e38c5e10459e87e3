import type { RecordedTrial } from '../store/trial-record.ts';
import type { GeneratorEvidence } from '../telemetry/evidence.ts';
import type { LoadGenerators } from './application-figure-data.ts';

/** With what the load of some trials was sent, and whether the arms of a block were sent the same. */
export function loadGenerators(trials: readonly Pick<RecordedTrial, 'record'>[]): LoadGenerators {
  const kinds = new Map<string, LoadGenerators['kinds'][number]>();
  const hashesByBlock = new Map<number, string[]>();
  for (const { record } of trials) {
    const { generator } = record.evidence;
    if (generator === null) continue;
    const kind = kindOf(generator);
    const key = JSON.stringify(kind);
    kinds.set(key, { ...kind, trials: (kinds.get(key)?.trials ?? 0) + 1 });
    hashesByBlock.set(record.block, [...(hashesByBlock.get(record.block) ?? []), generator.scheduleSha256]);
  }
  const shared = [...hashesByBlock].filter(([, hashes]) => hashes.length > 1);
  return {
    kinds: [...kinds.values()],
    sharedBlocks: shared.length,
    differingBlocks: shared.filter(([, hashes]) => new Set(hashes).size > 1).map(([block]) => block),
  };
}

const kindOf = ({ driver, version, priority, priorityNote }: GeneratorEvidence) => ({
  ...{ driver, version, priority, priorityNote },
});
