import { hasShape, isFolderName, isInstant, isPlace, isText, listOf, nullOr, oneOf, type Shape } from './shape.ts';

/** What `journal.jsonl` says, in order: each entry is on the disk before the act that it announces. `at` is ISO 8601 in UTC. */
export type JournalEntry = { readonly at: string } & (
  | {
      readonly type: 'experiment-created';
      readonly experiment: string;
      readonly planSha256: string;
      readonly profileSha256: string;
      readonly manifestSha256: string;
      readonly inputsSha256: string;
    }
  | { readonly type: 'experiment-resumed'; readonly scalelab: string; readonly git: string | null }
  | {
      readonly type: 'block-started';
      readonly block: number;
      readonly load: string | null;
      readonly replaces: number | null;
    }
  | {
      readonly type: 'trial-started';
      readonly trial: string;
      readonly block: number;
      readonly arm: string;
      readonly attempt: number;
    }
  | {
      readonly type: 'trial-finished';
      readonly trial: string;
      /** End of the trial: earlier than `at` if an attempt was found complete on the disk after a kill. */
      readonly endedAt: string;
      readonly outcome: 'valid' | 'failed' | 'invalid';
      readonly codes: readonly string[];
      readonly recordSha256: string;
    }
  /** Scalelab was stopped in the middle of this attempt; its folder stays and is not used. */
  | { readonly type: 'trial-abandoned'; readonly trial: string }
  /** A recorded file of a finished attempt cannot be used any more; the trial is repeated like an invalid one. */
  | { readonly type: 'trial-damaged'; readonly trial: string; readonly damage: string }
  | { readonly type: 'block-set-aside'; readonly block: number; readonly reason: 'stayed-invalid' | 'pause' }
  | { readonly type: 'experiment-interrupted' }
  | {
      readonly type: 'experiment-finished';
      readonly status: 'complete' | 'too-many-invalid';
      readonly summarySha256: string;
    }
);

/** What each type of entry holds beside its type and its instant. `results/README.md` explains each field. */
export const entryShapes: {
  readonly [Type in JournalEntry['type']]: Shape<Omit<Extract<JournalEntry, { type: Type }>, 'type' | 'at'>>;
} = {
  'experiment-created': {
    experiment: isText,
    planSha256: isText,
    profileSha256: isText,
    manifestSha256: isText,
    inputsSha256: isText,
  },
  'experiment-resumed': { scalelab: isText, git: nullOr(isText) },
  'block-started': { block: isPlace, load: nullOr(isText), replaces: nullOr(isPlace) },
  'trial-started': { trial: isFolderName, block: isPlace, arm: isText, attempt: isPlace },
  'trial-finished': {
    trial: isFolderName,
    endedAt: isInstant,
    outcome: oneOf('valid', 'failed', 'invalid'),
    codes: listOf(isText),
    recordSha256: isText,
  },
  'trial-abandoned': { trial: isFolderName },
  'trial-damaged': { trial: isFolderName, damage: isText },
  'block-set-aside': { block: isPlace, reason: oneOf('stayed-invalid', 'pause') },
  'experiment-interrupted': {},
  'experiment-finished': { status: oneOf('complete', 'too-many-invalid'), summarySha256: isText },
};

/** null for a value that is not an entry. */
export function parseEntry(value: unknown): JournalEntry | null {
  if (!hasShape<{ type: string; at: string }>(value, { type: isText, at: isInstant })) return null;
  const shape = Object.entries<Shape<object>>(entryShapes).find(([type]) => type === value.type)?.[1];
  // The fields that were checked are those of the entry's type.
  return shape !== undefined && hasShape(value, shape) ? (value as JournalEntry) : null;
}
