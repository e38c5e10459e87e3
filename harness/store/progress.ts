import { unreachable } from '../core/unreachable.ts';
import type { JournalEntry } from './journal-entry.ts';

/** How far an experiment has come: the journal, folded. */
export interface Progress {
  readonly createdAt: string | null;
  /** Instant of the newest entry. */
  readonly lastAt: string | null;
  readonly status: 'running' | 'complete' | 'too-many-invalid';
  readonly summarySha256: string | null;
  readonly hashes: {
    readonly plan: string;
    readonly profile: string;
    readonly manifest: string;
    readonly inputs: string;
  } | null;
  /** In the order in which they were started. */
  readonly blocks: readonly BlockProgress[];
}

export interface BlockProgress {
  readonly number: number;
  readonly load: string | null;
  /** Number of the block in whose place it was appended, or null for a planned one. */
  readonly replaces: number | null;
  readonly setAside: 'stayed-invalid' | 'pause' | null;
  /** In the order in which they were started. */
  readonly attempts: readonly Attempt[];
}

export interface Attempt {
  readonly trial: string;
  readonly arm: string;
  readonly attempt: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: 'running' | 'valid' | 'failed' | 'invalid' | 'abandoned';
  readonly codes: readonly string[];
  readonly recordSha256: string | null;
}

const nothing: Progress = {
  createdAt: null,
  lastAt: null,
  status: 'running',
  summarySha256: null,
  hashes: null,
  blocks: [],
};

export function progressOf(entries: readonly JournalEntry[]): Progress {
  return entries.reduce(advance, nothing);
}

/** The progress after one more entry. */
export function advance(progress: Progress, entry: JournalEntry): Progress {
  const next = { ...progress, lastAt: entry.at };
  switch (entry.type) {
    case 'experiment-created':
      return {
        ...next,
        createdAt: entry.at,
        hashes: {
          plan: entry.planSha256,
          profile: entry.profileSha256,
          manifest: entry.manifestSha256,
          inputs: entry.inputsSha256,
        },
      };
    case 'experiment-resumed':
      return { ...next, status: 'running', summarySha256: null };
    case 'experiment-interrupted':
      return next;
    case 'block-started': {
      const { block: number, load, replaces } = entry;
      return { ...next, blocks: [...next.blocks, { number, load, replaces, setAside: null, attempts: [] }] };
    }
    case 'block-set-aside':
      return changeBlock(next, entry.block, (block) => ({ ...block, setAside: entry.reason }));
    case 'trial-started': {
      const { trial, arm, attempt, at } = entry;
      const started: Attempt = {
        ...{ trial, arm, attempt, startedAt: at, endedAt: null },
        ...{ outcome: 'running', codes: [], recordSha256: null },
      };
      return changeBlock(next, entry.block, (block) => ({ ...block, attempts: [...block.attempts, started] }));
    }
    case 'trial-finished': {
      const { outcome, codes, recordSha256, endedAt } = entry;
      return changeAttempt(next, entry.trial, { outcome, codes, recordSha256, endedAt });
    }
    case 'trial-abandoned':
      return changeAttempt(next, entry.trial, { outcome: 'abandoned', endedAt: entry.at });
    case 'trial-damaged':
      return changeAttempt(next, entry.trial, { outcome: 'invalid', codes: ['record-damaged'], recordSha256: null });
    case 'experiment-finished':
      return { ...next, status: entry.status, summarySha256: entry.summarySha256 };
    default:
      return unreachable(entry);
  }
}

function changeBlock(progress: Progress, number: number, change: (block: BlockProgress) => BlockProgress): Progress {
  return { ...progress, blocks: progress.blocks.map((block) => (block.number === number ? change(block) : block)) };
}

function changeAttempt(progress: Progress, trial: string, change: Partial<Attempt>): Progress {
  const isIt = (attempt: Attempt): boolean => attempt.trial === trial;
  const blocks = progress.blocks.map((block) =>
    block.attempts.some(isIt)
      ? { ...block, attempts: block.attempts.map((one) => (isIt(one) ? { ...one, ...change } : one)) }
      : block,
  );
  return { ...progress, blocks };
}

/** The attempt that counts for an arm: the one with an outcome that is not repeated. */
export function countedAttempt(block: BlockProgress, arm: string): Attempt | null {
  return block.attempts.find((attempt) => attempt.arm === arm && isOutcome(attempt)) ?? null;
}

/** Valid and failed trials are outcomes; everything else is repeated. */
export function isOutcome(attempt: Attempt): boolean {
  return attempt.outcome === 'valid' || attempt.outcome === 'failed';
}

/** Does the block hold an outcome of every arm, and does it count? */
export function isComplete(block: BlockProgress, arms: readonly { readonly name: string }[]): boolean {
  return block.setAside === null && arms.every(({ name }) => countedAttempt(block, name) !== null);
}
