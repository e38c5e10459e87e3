/** A pod as the controller sees it. Instants and windows are in any one unit of time, from any one origin. */
export interface Pod {
  readonly name: string;
  readonly phase: 'pending' | 'running' | 'succeeded' | 'failed' | 'unknown';
  /** It has a deletion timestamp. */
  readonly isBeingDeleted: boolean;
  readonly startedAt: number | null;
  /** Its Ready condition, and when that last changed; null without one. */
  readonly readiness: { readonly status: 'true' | 'false' | 'unknown'; readonly changedAt: number } | null;
  /** Milli-units that its containers request together; null if one of them requests none. */
  readonly requestMilli: Readonly<Record<Resource, number | null>>;
}

export const resources = ['cpu', 'memory'] as const;
export type Resource = (typeof resources)[number];

/** What a pod uses: an average over a window that ends at an instant. */
export interface PodMetric {
  /** A whole number of milli-units: thousandths of a core, of a byte, of the unit of a custom metric. */
  readonly milli: number;
  readonly at: number;
  readonly window: number;
}

/** By name of the pod. One that is not there has no metric. */
export type PodMetrics = ReadonlyMap<string, PodMetric>;

/** Running, and its Ready condition is true. Deletion is not looked at: `getReadyPodsCount` does not either. */
export const isReady = ({ phase, readiness }: Pod): boolean => phase === 'running' && readiness?.status === 'true';
