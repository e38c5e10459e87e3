/** One operation of one replica for one sampled request. Milliseconds from the start of the trial. */
export interface Span {
  /** Index of the request in the schedule. */
  readonly request: number;
  /** Unique within the request, from 1; the front's has parent 0. */
  readonly id: number;
  readonly parent: number;
  readonly service: string;
  readonly operation: string;
  readonly replica: string;
  readonly startMs: number;
  readonly endMs: number;
  /** CPU time of its thread. */
  readonly cpuMs: number;
  /**
   * Run-queue wait of its thread, throttling included: from the arrival of the request, which is `startMs`, until the thread ran, and from
   * then on as the kernel counts it (`/proc/thread-self/schedstat`); null if it does not.
   */
  readonly waitMs: number | null;
  /** Waiting for a free connection to a service it calls. */
  readonly connectionMs: number;
  /** From a call being sent to its answer; parallel calls count once. */
  readonly downstreamMs: number;
  readonly isError: boolean;
}
