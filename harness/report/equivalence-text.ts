import type { Comparison } from '../analysis/summary.ts';
import { formatSize } from './number-text.ts';

/** What is said about the margin of a hypothesis: equality in words only where it was shown. Null without a margin. */
export function equivalenceText({ equivalence, margin, metric }: Comparison): string | null {
  if (equivalence === null || margin === null) return null;
  const within = `within ${formatSize(margin, metric)}`;
  return equivalence === 'equal' ? `equal ${within}` : `equality ${within} not shown`;
}
