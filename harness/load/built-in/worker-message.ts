import type { MessagePort } from 'node:worker_threads';
import type { RequestModel } from '../../application/build-request.ts';
import type { RequestLog } from '../../telemetry/request-log.ts';
import type { Connections } from '../port.ts';
import type { SharedControl } from './shared-control.ts';

/** What a sending thread is given when it is started. */
export interface SenderTask {
  readonly kind: 'sender';
  readonly log: RequestLog;
  readonly control: SharedControl;
  /** Its own number, from 0: it sends the requests whose number has this remainder by the number of senders. */
  readonly sender: number;
  readonly senders: number;
  /** Where it is woken. */
  readonly wake: MessagePort;
  readonly url: string;
  readonly requests: RequestModel;
  readonly timeoutMs: number;
  readonly mostInFlight: number;
  readonly connections: Connections;
  readonly spanShare: number;
}

export interface PacerTask {
  readonly kind: 'pacer';
  readonly dueMs: Float64Array;
  readonly control: SharedControl;
  /** By sender. */
  readonly wakes: readonly MessagePort[];
  readonly mostInFlight: number;
}

/** What a thread tells the harness. */
export type WorkerMessage =
  | {
      readonly kind: 'ready';
      /** The number that the kernel gives it. */
      readonly threadId: number;
      /** Of the schedule, as the thread read it; null for one that reads only the instants. */
      readonly scheduleSha256: string | null;
    }
  /** Every request of this sender has an outcome. */
  | { readonly kind: 'finished' };
