import { HarnessError } from '../../harness/core/errors.ts';
import type { Hello, Snapshot } from './line.ts';

export interface RunqTracerOptions {
  /** The helper program, `build/native/scalelab-runq`. */
  readonly file: string;
  /** How often it speaks by itself, 100 to 10 000. */
  readonly intervalMs: number;
  /** Cgroups to make room for; without it the helper decides. */
  readonly groups?: number;
  /** For how long after the start the kernel measures the time of each program run, which costs too. */
  readonly statsMs?: number;
}

/** Why the tracer gives no data any more. */
export interface TracerLoss {
  readonly kind: 'died' | 'silent' | 'unanswered';
  /** A whole sentence. */
  readonly message: string;
}

/** What a tracer reports to its subscribers. */
export type TracerEvent =
  | { readonly type: 'snapshot-taken'; readonly snapshot: Snapshot }
  /** A line that is not of the protocol. Counters are cumulative, so it costs resolution, never data. */
  | { readonly type: 'line-broken'; readonly reason: string; readonly text: string }
  /** Snapshots that are missing between two. */
  | { readonly type: 'lines-missed'; readonly count: number }
  /** The last event, unless the tracer was stopped. */
  | { readonly type: 'tracer-lost'; readonly loss: TracerLoss };

/** Lines that did not arrive whole so far. */
export interface LineFaults {
  readonly broken: number;
  readonly missed: number;
}

/** A running tracer. */
export interface RunqTracer extends AsyncDisposable {
  readonly hello: Hello;
  readonly faults: LineFaults;
  /** Null while it works; once set it stays, because a verdict needs to know. */
  readonly loss: TracerLoss | null;
  /** What the tracer has counted at some instant after this call. Rejects with a TracerLostError when it is lost. */
  snapshot(signal?: AbortSignal): Promise<Snapshot>;
  /** Every snapshot, asked for or not, and every fault. Answers a function that ends the subscription. */
  subscribe(listener: (event: TracerEvent) => void): () => void;
  /** Ends the helper. Answers its last snapshot, or null if there was none. May be called twice. */
  stop(): Promise<Snapshot | null>;
}

/** Thrown to those who wait for a snapshot that will not come. */
export class TracerLostError extends HarnessError {
  override readonly name = 'TracerLostError';
  readonly loss: TracerLoss;

  constructor(loss: TracerLoss) {
    super('tracer-unavailable', loss.message, {
      hint: 'Start it again; if that does not help, run the helper by hand.',
    });
    this.loss = loss;
  }
}
