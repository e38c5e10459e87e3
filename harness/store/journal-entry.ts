/** What `journal.jsonl` says, in order: each entry is on the disk before the act that it announces. `at` is ISO 8601 in UTC. */
export type JournalEntry = { readonly at: string } & (
  | {
      readonly type: 'experiment-created';
      readonly experiment: string;
      readonly planSha256: string;
      readonly profileSha256: string;
      readonly manifestSha256: string;
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

/** Fields that every entry of a type must have, with the type of each, for reading a line that may be damaged. */
const shapes: Readonly<Record<JournalEntry['type'], Readonly<Record<string, string>>>> = {
  'experiment-created': {
    experiment: 'string',
    planSha256: 'string',
    profileSha256: 'string',
    manifestSha256: 'string',
  },
  'experiment-resumed': { scalelab: 'string' },
  'block-started': { block: 'number' },
  'trial-started': { trial: 'string', block: 'number', arm: 'string', attempt: 'number' },
  'trial-finished': { trial: 'string', outcome: 'string', codes: 'object', recordSha256: 'string' },
  'trial-abandoned': { trial: 'string' },
  'trial-damaged': { trial: 'string', damage: 'string' },
  'block-set-aside': { block: 'number', reason: 'string' },
  'experiment-interrupted': {},
  'experiment-finished': { status: 'string', summarySha256: 'string' },
};

/** null for a value that is not an entry. */
export function parseEntry(value: unknown): JournalEntry | null {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('at' in value)) return null;
  const shape = Object.entries(shapes).find(([type]) => type === value.type)?.[1];
  if (shape === undefined || typeof value.at !== 'string') return null;
  const fields = new Map(Object.entries(value));
  const isComplete = Object.entries(shape).every(([name, type]) => typeof fields.get(name) === type);
  // The fields that were checked are those of the entry's type.
  return isComplete ? (value as JournalEntry) : null;
}
