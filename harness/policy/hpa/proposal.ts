/** How many pods went into a proposal, by what was made of them (`pod-groups.ts`). */
export interface PodCounts {
  readonly ready: number;
  readonly unready: number;
  readonly missing: number;
}

/**
 * What led to the number: the `ratio`; the `tolerance` within which it lay, at first or once unready and missing pods were put in; or the
 * `direction`, which these would have turned.
 */
export type ProposalRule = 'ratio' | 'tolerance' | 'direction';

/** What one metric asks for. */
export type Proposal =
  | {
      readonly kind: 'proposal';
      readonly replicas: number;
      readonly rule: ProposalRule;
      /** What was compared with the target: a whole percentage, or milli-units. */
      readonly usage: number;
      readonly ratio: number;
      /** Of all pods, with what is assumed of those that are unready or missing; null where nothing had to be assumed. */
      readonly recomputedRatio: number | null;
      /** Null for a metric that is not of pods. */
      readonly pods: PodCounts | null;
    }
  | Failed;

/** A metric that says nothing. */
export interface Failed {
  readonly kind: 'failed';
  readonly why: string;
}

/** The largest of several proposals, and which of them it was. */
export type Largest = { readonly kind: 'largest'; readonly replicas: number; readonly index: number } | Failed;

/**
 * `computeReplicasForMetrics`. If some metric failed it may have asked for more, so that fewer replicas are not asked for without it.
 * @returns the first failure if all failed, or if some did and the others ask for fewer replicas than there are
 */
export function largestProposal(proposals: readonly Proposal[], currentReplicas: number): Largest {
  let [replicas, chosen] = [0, 0];
  proposals.forEach((proposal, index) => {
    if (proposal.kind === 'failed' || (replicas !== 0 && proposal.replicas <= replicas)) return;
    [replicas, chosen] = [proposal.replicas, index];
  });
  const failures = proposals.filter((proposal) => proposal.kind === 'failed');
  const [first] = failures;
  if (first !== undefined && (failures.length === proposals.length || replicas < currentReplicas)) return first;
  return { kind: 'largest', replicas, index: chosen };
}
