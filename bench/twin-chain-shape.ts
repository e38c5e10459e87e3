/** A front that calls a service that calls a store, in this order. */
export const chainServices = ['front', 'service', 'store'] as const;
export type ChainService = (typeof chainServices)[number];

/** The body of each answer. */
export const replyBytes = 1000;

/** Something that plays the three, and says what it used so far. */
export interface Chain extends AsyncDisposable {
  readonly port: number;
  /** CPU time beyond the demand, in microseconds since the start, by service. */
  overheads(): Promise<ReadonlyMap<ChainService, number>>;
}
