/** Both ends are allowed. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Between what policies may choose for one service. The same for all arms. */
export interface ServiceBounds {
  readonly replicas: Range;
  /** Limit of each replica. */
  readonly cpuCores: Range;
  /** Limit of each replica. */
  readonly memoryBytes: Range;
}

/** By service: those that policies may scale, in the order of the model. Stores are not there. */
export type Bounds = Readonly<Record<string, ServiceBounds>>;
