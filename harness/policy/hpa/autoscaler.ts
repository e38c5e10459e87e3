import { largestProposal, type Proposal, type ProposalRule } from './proposal.ts';
import { ScaleEvents } from './scale-events.ts';
import {
  limitByBehavior,
  limitByDoubling,
  longestPeriod,
  type Limited,
  type LimitRule,
  type ReplicaRange,
  type ScalingRules,
} from './scaling-limits.ts';
import { stabiliseByBehavior, stabiliseByHighest, type Recommendation } from './stabilise.ts';

/** `behavior` of `autoscaling/v2`, complete. */
export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

export interface AutoscalerSettings extends ReplicaRange {
  /** Path B; null for path A. */
  readonly behavior: Behavior | null;
  /** Window of path A (`--horizontal-pod-autoscaler-downscale-stabilization`). */
  readonly downscaleStabilisation: number;
}

/** What one sync came to. */
export type Sync =
  /** There are no replicas although there should be: autoscaling is off. */
  | { readonly kind: 'off' }
  | { readonly kind: 'failed'; readonly why: string }
  /** The count was outside of the range: metrics are not looked at. */
  | { readonly kind: 'out-of-range'; readonly replicas: number; readonly rule: 'above maximum' | 'below minimum' }
  | {
      readonly kind: 'scaled';
      readonly replicas: number;
      readonly rule: ProposalRule | 'stabilisation' | Exclude<LimitRule, null>;
      readonly proposals: readonly Proposal[];
      /** Which of them was the largest. */
      readonly index: number;
      readonly desired: number;
      readonly stabilised: number;
    };

/**
 * One HorizontalPodAutoscaler: `reconcileAutoscaler` of the Kubernetes controller, and what it keeps from sync to sync. Instants and windows are
 * in any one unit of time.
 */
export class Autoscaler {
  readonly #settings: AutoscalerSettings;
  #recommendations: readonly Recommendation[] | null = null;
  readonly #history = { added: new ScaleEvents(), removed: new ScaleEvents() };

  constructor(settings: AutoscalerSettings) {
    this.#settings = settings;
  }

  /** @param propose one proposal for each metric; only asked where metrics are looked at */
  sync(now: number, current: number, propose: () => readonly Proposal[]): Sync {
    // So nothing is scaled in before the first window has passed.
    this.#recommendations ??= [{ at: now, replicas: current }];
    const { min, max } = this.#settings;
    if (current === 0 && min !== 0) return { kind: 'off' };
    if (current > max) return { kind: 'out-of-range', replicas: max, rule: 'above maximum' };
    if (current < min) return { kind: 'out-of-range', replicas: min, rule: 'below minimum' };
    const proposals = propose();
    const largest = largestProposal(proposals, current);
    if (largest.kind === 'failed') return largest;
    const { replicas: desired, index } = largest;
    const stabilised = this.#stabilise(this.#recommendations, desired, current, now);
    this.#remember(this.#recommendations, desired, now);
    const { replicas, rule: limit } = this.#limit(stabilised, current, now);
    const byMetric = proposals[index]?.kind === 'proposal' ? proposals[index].rule : 'ratio';
    const rule = limit ?? (stabilised === desired ? byMetric : 'stabilisation');
    return { kind: 'scaled', replicas, rule, proposals, index, desired, stabilised };
  }

  /** The count was changed as a sync wanted it. Rate limits count what was changed, not what was wanted. @param at instant of that sync */
  rescaled(from: number, to: number, at: number): void {
    const { behavior } = this.#settings;
    if (behavior === null || from === to) return;
    if (to > from) this.#history.added.record(to - from, at, longestPeriod(behavior.scaleUp));
    else this.#history.removed.record(from - to, at, longestPeriod(behavior.scaleDown));
  }

  #stabilise(earlier: readonly Recommendation[], desired: number, current: number, now: number): number {
    const { behavior, downscaleStabilisation } = this.#settings;
    if (behavior === null) return stabiliseByHighest(earlier, desired, now, downscaleStabilisation);
    const [up, down] = [behavior.scaleUp.stabilizationWindow, behavior.scaleDown.stabilizationWindow];
    return stabiliseByBehavior(earlier, desired, current, now, { up, down });
  }

  /** Unstabilised, and without those that no window reaches any more. */
  #remember(earlier: readonly Recommendation[], desired: number, now: number): void {
    const { behavior, downscaleStabilisation } = this.#settings;
    const window =
      behavior === null
        ? downscaleStabilisation
        : Math.max(behavior.scaleUp.stabilizationWindow, behavior.scaleDown.stabilizationWindow);
    this.#recommendations = [...earlier.filter(({ at }) => at >= now - window), { at: now, replicas: desired }];
  }

  #limit(stabilised: number, current: number, now: number): Limited {
    const { behavior } = this.#settings;
    if (behavior === null) return limitByDoubling(stabilised, current, this.#settings);
    return limitByBehavior(stabilised, current, this.#settings, behavior, this.#history, now);
  }
}
