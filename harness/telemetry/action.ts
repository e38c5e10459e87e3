/** What led to a decision: the rule that it followed, and its numbers, by name and with their unit: `meanWaitMs`. */
export interface Reason {
  /** One or two words: `dead band left`, `one-core rule`. */
  readonly rule: string;
  readonly numbers: Readonly<Record<string, number | string | null>>;
}

/** What a policy wants (design 3.1). Replicas of a store are not for policies to decide. */
export type Decision = { readonly service: string; readonly reason: Reason } & (
  | { readonly kind: 'replicas'; readonly replicas: number }
  /** Of each replica; without `requestCores` the request stays as it is. */
  | { readonly kind: 'cpu'; readonly limitCores: number; readonly requestCores?: number }
  /** Of each replica. */
  | { readonly kind: 'memory'; readonly limitBytes: number }
  | { readonly kind: 'placement'; readonly rule: PlacementRule; readonly with: string }
);
export const decisionKinds = ['replicas', 'cpu', 'memory', 'placement'] as const satisfies readonly Decision['kind'][];
export type DecisionKind = (typeof decisionKinds)[number];

/** `none` takes an earlier rule for the pair back. */
export const placementRules = ['together', 'apart', 'none'] as const;
export type PlacementRule = (typeof placementRules)[number];

/**
 * `in-progress`: accepted and not there yet, such as replicas that start. `superseded`: a later decision about the same field came before it was
 * effective. `refused`: nothing was done. `unchanged`: it is so already.
 */
export const actionStates = ['in-progress', 'effective', 'superseded', 'refused', 'unchanged'] as const;
export type ActionState = (typeof actionStates)[number];

export const actors = ['policy', 'harness', 'hpa', 'vpa', 'other'] as const;
export type Actor = (typeof actors)[number];

/** A ticket: what was done about a decision, by whom, and when. Instants are milliseconds from the start of the trial. */
export interface Action {
  /** Unique in the trial, from 1, in the order in which they were wanted. */
  readonly id: number;
  readonly by: Actor;
  readonly decision: Decision;
  readonly state: ActionState;
  readonly wantedAtMs: number;
  /** When the testbed took it over; null if refused. */
  readonly acceptedAtMs: number | null;
  /** When all of it could be felt: the new replicas are known to their callers, the others have ended; null if never. */
  readonly effectiveAtMs: number | null;
  /** Why it was refused, or what was done otherwise than asked, such as a limit that the kernel rounds up; null if there is nothing to say. */
  readonly note: string | null;
}
