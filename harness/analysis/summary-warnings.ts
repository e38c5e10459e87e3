import type { Plan } from '../plan/plan.ts';
import type { WaitSource } from '../telemetry/sample.ts';
import type { ArmSummary, BlockCounts, Comparison, SummaryWarning } from './summary.ts';

interface Findings {
  readonly plan: Plan;
  readonly blocks: BlockCounts;
  readonly arms: readonly ArmSummary[];
  readonly comparisons: readonly Comparison[];
  readonly source: WaitSource;
  /** One sentence for each damaged part of the folder. */
  readonly damage: readonly string[];
}

/** What a reader must know before believing the numbers. */
export function summaryWarnings(findings: Findings): readonly SummaryWarning[] {
  return [
    ...fallbackSource(findings),
    ...tooFewBlocks(findings),
    ...unevenLosses(findings),
    ...missingNumbers(findings),
    ...findings.damage.map((text) => ({ code: 'damaged', text, hint: 'The rest was used. Nothing was deleted.' })),
  ];
}

function fallbackSource({ source }: Findings): SummaryWarning[] {
  if (source !== 'schedstat') return [];
  const text =
    'source: schedstat. Waits are counts and sums from /proc; there is no histogram, so quantiles are missing.';
  return [{ code: 'source-schedstat', text, hint: 'Run as root on a kernel with BTF to measure with the tracer.' }];
}

function tooFewBlocks({ plan, blocks, comparisons }: Findings): SummaryWarning[] {
  const missing = Math.max(0, ...comparisons.map(({ blocksMissing }) => blocksMissing));
  if (missing === 0) return [];
  const text = `${blocks.complete} complete blocks give numbers, but no ranking: ${missing} more are needed.`;
  const hint =
    blocks.planned < blocks.neededToRank
      ? `Plan at least ${blocks.neededToRank} blocks for ${plan.hypotheses.length} hypotheses.`
      : null;
  return [{ code: 'too-few-blocks', text, hint }];
}

/** Invalid trials should strike all arms alike. If they do not, what was kept may not be like what was lost. */
function unevenLosses({ arms }: Findings): SummaryWarning[] {
  const most = arms.reduce(
    (worst, arm) => (arm.invalid > worst.invalid ? arm : worst),
    arms[0] ?? { name: '', invalid: 0 },
  );
  const least = arms.reduce((best, arm) => (arm.invalid < best.invalid ? arm : best), most);
  if (most.invalid - least.invalid < 3 || most.invalid < 2 * least.invalid) return [];
  const text = `${most.name} lost ${most.invalid} trials as invalid, ${least.name} only ${least.invalid}: the arm itself may be the cause.`;
  return [
    { code: 'invalid-differs', text, hint: 'Look at the reasons in the validity table before believing a difference.' },
  ];
}

function missingNumbers({ comparisons, blocks }: Findings): SummaryWarning[] {
  return comparisons
    .filter(({ differences }) => differences.length < blocks.complete)
    .map(({ arm, against, metric, differences }) => ({
      code: 'metric-missing',
      text: `${metric} of ${arm} against ${against} is known in ${differences.length} of ${blocks.complete} complete blocks only.`,
      hint: null,
    }));
}
