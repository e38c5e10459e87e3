import { comparisonCount, loadsOf } from '../plan/comparisons.ts';
import type { Plan, PlannedBlock } from '../plan/plan.ts';
import { blocksNeeded } from '../statistics/blocks-needed.ts';
import { isOutcome, type BlockProgress, type Progress } from '../store/progress.ts';

/** How often an invalid trial is repeated before its block is set aside (design 4.4). */
const repeatsOfATrial = 2;

export type Step =
  | { readonly kind: 'trial'; readonly block: number; readonly arm: string; readonly attempt: number }
  | {
      readonly kind: 'start-block';
      readonly block: number;
      readonly load: string | null;
      readonly replaces: number | null;
    }
  | { readonly kind: 'set-block-aside'; readonly block: number; readonly reason: 'stayed-invalid' | 'pause' }
  | { readonly kind: 'finish'; readonly status: 'complete' | 'too-many-invalid' };

/**
 * What an experiment does next, from nothing but its plan and its progress (design 4.4).
 * @param orderOf the order of arms drawn for a block, planned or fresh
 * @param wallMs now, or null on a testbed whose time stands while the process is down
 */
export function nextStep(
  plan: Plan,
  progress: Progress,
  orderOf: (block: number, load: string | null) => PlannedBlock,
  wallMs: number | null,
): Step {
  for (const block of progress.blocks) {
    if (block.setAside !== null) continue;
    const step = stepInBlock(plan, block, orderOf(block.number, block.load), wallMs);
    if (step !== null) return step;
  }
  return (
    nextBlock(plan, progress) ?? {
      kind: 'finish',
      status: enoughBlocks(plan, progress) ? 'complete' : 'too-many-invalid',
    }
  );
}

/** null if the block is complete. */
function stepInBlock(plan: Plan, block: BlockProgress, planned: PlannedBlock, wallMs: number | null): Step | null {
  const pending = planned.trials
    .map(({ arm }) => ({ arm, attempts: block.attempts.filter((attempt) => attempt.arm === arm) }))
    .filter(({ attempts }) => !attempts.some(isOutcome))
    .map(({ arm, attempts }) => ({ arm, attempt: attempts.length + 1, invalid: invalidCount(attempts) }));
  // A stable sort: trials that have had no invalid attempt keep their drawn order, repeats go to the end of the block.
  const next = pending.sort((a, b) => a.invalid - b.invalid)[0];
  if (next === undefined) return null;
  const setAside = (reason: 'stayed-invalid' | 'pause'): Step => ({
    kind: 'set-block-aside',
    block: block.number,
    reason,
  });
  if (pending.some(({ invalid }) => invalid > repeatsOfATrial)) return setAside('stayed-invalid');
  if (wallMs !== null && pauseMs(block, wallMs) > plan.arms.length * plan.trialMs) return setAside('pause');
  return { kind: 'trial', block: block.number, arm: next.arm, attempt: next.attempt };
}

function invalidCount(attempts: readonly { readonly outcome: string }[]): number {
  return attempts.filter(({ outcome }) => outcome === 'invalid').length;
}

/**
 * Time since the last trial of the block ended, be it a repeat; abandoned attempts are part of the pause. 0 while the block has no
 * outcome: there is nothing yet that a later trial could be too far from.
 */
function pauseMs(block: BlockProgress, wallMs: number): number {
  if (!block.attempts.some(isOutcome)) return 0;
  const ended = block.attempts.filter((attempt) => isOutcome(attempt) || attempt.outcome === 'invalid');
  const ends = ended.map(({ endedAt }) => (endedAt === null ? wallMs : Date.parse(endedAt)));
  return ends.length === 0 ? 0 : wallMs - Math.max(...ends);
}

function nextBlock(plan: Plan, progress: Progress): Step | null {
  const planned = plan.blocks.find(({ number }) => !progress.blocks.some((block) => block.number === number));
  if (planned !== undefined) return { kind: 'start-block', block: planned.number, load: planned.load, replaces: null };
  const fresh = progress.blocks.filter(({ replaces }) => replaces !== null);
  if (fresh.length >= Math.floor(plan.blocks.length / 2)) return null;
  const lost = progress.blocks.find(
    ({ number, setAside }) => setAside !== null && !fresh.some(({ replaces }) => replaces === number),
  );
  if (lost === undefined) return null;
  const number = Math.max(...progress.blocks.map((block) => block.number)) + 1;
  return { kind: 'start-block', block: number, load: lost.load, replaces: lost.number };
}

/** Are there as many complete blocks as planned, or as many as it takes to rank? */
function enoughBlocks(plan: Plan, progress: Progress): boolean {
  return loadsOf(plan).every((load) => {
    const complete = progress.blocks.filter((block) => block.load === load && block.setAside === null).length;
    const planned = plan.blocks.filter((block) => block.load === load).length;
    return complete >= Math.min(planned, blocksToRank(plan));
  });
}

function blocksToRank(plan: Plan): number {
  return blocksNeeded(Math.max(1, comparisonCount(plan)));
}
