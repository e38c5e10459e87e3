import type { ScaleEvents } from './scale-events.ts';

/** So many pods, or so many percent of the pods that there were when the period began, may come or go in a period. */
export interface ScalingPolicy {
  readonly kind: 'pods' | 'percent';
  /** A whole number from 1. */
  readonly value: number;
  readonly period: number;
}

export const policySelections = ['Max', 'Min', 'Disabled'] as const;
export type PolicySelection = (typeof policySelections)[number];

/** One direction of `behavior`. */
export interface ScalingRules {
  readonly stabilizationWindow: number;
  /** The policy that allows the largest change, the one that allows the smallest, or no change at all. */
  readonly select: PolicySelection;
  readonly policies: readonly ScalingPolicy[];
}

/** What cut a count; null if nothing did. */
export type LimitRule = 'scale-up limit' | 'scale-down limit' | 'maximum' | 'minimum' | null;

export interface Limited {
  readonly replicas: number;
  readonly rule: LimitRule;
}

export interface ReplicaRange {
  readonly min: number;
  readonly max: number;
}

/** What came and went so far. */
export interface ScaleHistory {
  readonly added: ScaleEvents;
  readonly removed: ScaleEvents;
}

/** Path A (`convertDesiredReplicasWithRules`): at most twice as many as there are, but 4 are always allowed. */
export function limitByDoubling(desired: number, current: number, { min, max }: ReplicaRange): Limited {
  const doubled = Math.max(2 * current, 4);
  const most = Math.min(max, doubled);
  if (desired < min) return { replicas: min, rule: 'minimum' };
  if (desired > most) return { replicas: most, rule: max > doubled ? 'scale-up limit' : 'maximum' };
  return { replicas: desired, rule: null };
}

/** Path B (`convertDesiredReplicasWithBehaviorRate`). @param desired stabilised */
export function limitByBehavior(
  desired: number,
  current: number,
  { min, max }: ReplicaRange,
  rules: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules },
  history: ScaleHistory,
  now: number,
): Limited {
  if (desired > current) {
    const allowed = Math.max(current, scaleUpLimit(current, rules.scaleUp, history, now));
    const most = Math.min(max, allowed);
    if (desired > most) return { replicas: most, rule: max > allowed ? 'scale-up limit' : 'maximum' };
  } else if (desired < current) {
    const allowed = Math.min(current, scaleDownLimit(current, rules.scaleDown, history, now));
    const least = Math.max(min, allowed);
    if (desired < least) return { replicas: least, rule: min < allowed ? 'scale-down limit' : 'minimum' };
  }
  return { replicas: desired, rule: null };
}

/** `calculateScaleUpLimitWithScalingRules`. It may be below the current count, after a change by somebody else. */
export function scaleUpLimit(current: number, rules: ScalingRules, history: ScaleHistory, now: number): number {
  if (rules.select === 'Disabled') return current;
  const proposed = rules.policies.map(({ kind, value, period }) => {
    const before = atBeginning(current, history, period, now);
    // Up, or one replica would never become two by 50 %.
    return kind === 'pods' ? before + value : Math.ceil(before * (1 + value / 100));
  });
  return rules.select === 'Min' ? Math.min(...proposed) : Math.max(...proposed);
}

/** `calculateScaleDownLimitWithBehaviors`. It may be above the current count. */
export function scaleDownLimit(current: number, rules: ScalingRules, history: ScaleHistory, now: number): number {
  if (rules.select === 'Disabled') return current;
  const proposed = rules.policies.map(({ kind, value, period }) => {
    const before = atBeginning(current, history, period, now);
    return kind === 'pods' ? before - value : Math.trunc(before * (1 - value / 100));
  });
  return rules.select === 'Min' ? Math.max(...proposed) : Math.min(...proposed);
}

/** Replicas at the beginning of a period that ends now. */
function atBeginning(current: number, { added, removed }: ScaleHistory, period: number, now: number): number {
  return current - added.changeWithin(period, now) + removed.changeWithin(period, now);
}

export const longestPeriod = ({ policies }: ScalingRules): number =>
  policies.reduce((longest, { period }) => Math.max(longest, period), 0);
