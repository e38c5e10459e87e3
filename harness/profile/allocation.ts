/** What a service gets. */
export interface ServiceAllocation {
  /** From 0. */
  readonly replicas: number;
  /** Of each replica; null without a limit. */
  readonly cpuLimitCores: number | null;
  /** Of each replica: what utilisation is a share of. The limit where nothing is said; null without either. */
  readonly cpuRequestCores: number | null;
  readonly memoryLimitBytes: number | null;
}

/** By service: all of the application, in the order of its model. */
export type Allocation = Readonly<Record<string, ServiceAllocation>>;
