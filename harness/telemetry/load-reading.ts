/** What the load did during one sample, as far as it is known at its end. The request log tells the whole story later. */
export interface LoadReading {
  /** By endpoint, in the order of the application's model. */
  readonly endpoints: readonly EndpointReading[];
  /** The whole application: the sum of the counts, and quantiles over all that was completed, of whatever endpoint. */
  readonly total: LoadCounts;
  /** CPU time of the generator: its threads or its process. */
  readonly generatorCpuSeconds: number | null;
  /** Actual minus due instant of what was sent in the sample; null if nothing was. */
  readonly latenessP99Ms: number | null;
  /** Sent and not yet answered, at the end of the sample. */
  readonly inFlight: number;
}

export interface EndpointReading extends LoadCounts {
  readonly endpoint: string;
}

export interface LoadCounts {
  /** Due in the sample. */
  readonly offered: number;
  readonly sent: number;
  /** Answered with success in the sample. */
  readonly completed: number;
  /** Answered with an error, timed out, or not connected in the sample. */
  readonly failed: number;
  /** Held back in the sample, because too many were in flight or the generator could not. */
  readonly notSent: number;
  /** Latency from the due instant of what was completed in the sample; null if nothing was. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}
