/** The instants at which requests are due, and what they ask for: made before the trial, shared by all arms of a block. */
export interface ArrivalSchedule {
  /** Sorted; milliseconds from the start of the trial, whole microseconds. */
  readonly dueMs: Float64Array;
  /** Index into the application's endpoints. */
  readonly endpoint: Uint8Array;
  /** Seed of the request: all that is drawn for it, here and in the application, depends on it. */
  readonly payloadSeed: Uint32Array;
}
