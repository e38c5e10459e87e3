import { join } from 'node:path';
import { MessageChannel, Worker, type Transferable } from 'node:worker_threads';
import { messageOf } from '../../core/all-errors.ts';
import { packageRoot } from '../../core/package-root.ts';
import type { RequestLog } from '../../telemetry/request-log.ts';
import type { LoadOrder } from '../port.ts';
import { monotonicMs } from './monotonic-time.ts';
import { running, sharedControl, stateWord, stopped, type SharedControl } from './shared-control.ts';
import { sharedLog } from './shared-log.ts';
import type { PacerTask, SenderTask, WorkerMessage } from './worker-message.ts';

/**
 * A sender that needs more is taken for broken: the harness as a whole stays below 500 MB. The young generation is small, because nothing is
 * sent while it is collected: with a thousand requests in flight nearly all of it is alive.
 */
const memoryLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 3 };

/** The threads of a generator: senders, and the pacer that wakes them. */
export class GeneratorThreads {
  readonly log: RequestLog;
  /** As the kernel numbers them. */
  readonly threadIds: number[] = [];
  /** Of the schedule, as the first sender read it. */
  scheduleSha256 = '';
  /** Why a thread ended before its time; null while all is well. */
  death: string | null = null;
  readonly #control: SharedControl;
  readonly #workers: Worker[] = [];
  /** When all are ready, and when every request has an outcome. Both also end with a death. */
  readonly ready: Promise<void>;
  readonly finished: Promise<void>;
  #isStopping = false;

  constructor(order: LoadOrder, senders: number) {
    this.log = sharedLog(order.schedule);
    this.#control = sharedControl(senders);
    const channels = Array.from({ length: senders }, () => new MessageChannel());
    const tasks = channels.map(({ port2 }, sender) => this.#senderTask(order, sender, senders, port2));
    const wakes = channels.map(({ port1 }) => port1);
    const { promise: ready, resolve: resolveReady } = withResolvers();
    const { promise: finished, resolve: resolveFinished } = withResolvers();
    this.ready = ready;
    this.finished = finished;
    let [unready, unfinished] = [senders + 1, senders];
    const hear = (message: WorkerMessage): void => {
      if (message.kind === 'ready') {
        this.threadIds.push(message.threadId);
        this.scheduleSha256 = message.scheduleSha256 ?? this.scheduleSha256;
        if (--unready === 0) resolveReady();
      } else if (--unfinished === 0) resolveFinished();
    };
    const die = (reason: string): void => {
      if (!this.#isStopping) this.death ??= reason;
      resolveReady();
      resolveFinished();
    };
    for (const task of tasks) this.#start('sender', task, [task.wake], hear, die);
    const { mostInFlight } = order;
    const pacer: PacerTask = { kind: 'pacer', dueMs: this.log.dueMs, control: this.#control, wakes, mostInFlight };
    this.#start('pacer', pacer, wakes, hear, die);
  }

  /** Begins the schedule in `delayMs`. @returns the origin on `monotonicMs` */
  run(delayMs: number): number {
    const { words, origin } = this.#control;
    origin[0] = monotonicMs() + delayMs;
    Atomics.store(words, stateWord, running);
    Atomics.notify(words, stateWord);
    return origin[0];
  }

  /** Ends all threads at once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    Atomics.store(this.#control.words, stateWord, stopped);
    Atomics.notify(this.#control.words, stateWord);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #senderTask(order: LoadOrder, sender: number, senders: number, wake: SenderTask['wake']): SenderTask {
    const { requests, target, timeoutMs, mostInFlight, connections, spanShare } = order;
    return {
      kind: 'sender',
      log: this.log,
      control: this.#control,
      sender,
      senders,
      wake,
      url: target.url,
      requests,
      timeoutMs,
      mostInFlight,
      connections,
      spanShare,
    };
  }

  #start(
    name: 'sender' | 'pacer',
    task: SenderTask | PacerTask,
    transferList: readonly Transferable[],
    hear: (message: WorkerMessage) => void,
    die: (reason: string) => void,
  ): void {
    // Threads run what was built: Node 20 cannot read TypeScript.
    const file = join(packageRoot, 'dist', 'harness', 'load', 'built-in', `${name}.js`);
    const worker = new Worker(file, {
      name: `load ${name}`,
      workerData: task,
      transferList: [...transferList],
      resourceLimits: memoryLimits,
      env: {},
      execArgv: [],
    });
    worker
      .on('message', hear)
      .on('error', (error) => {
        die(`its ${name} failed: ${messageOf(error)}`);
      })
      .on('exit', () => {
        die(`its ${name} ended`);
      });
    this.#workers.push(worker);
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
