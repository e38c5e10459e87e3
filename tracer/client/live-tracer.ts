import type { Clock } from '../../harness/core/clock.ts';
import type { Child } from '../../harness/core/process.ts';
import { unreachable } from '../../harness/core/unreachable.ts';
import { deferred, withAbort } from './waiting.ts';
import type { Deferred } from './waiting.ts';
import { parseLine } from './line.ts';
import type { Hello, Snapshot } from './line.ts';
import type { LineFeed } from './line-feed.ts';
import { describeExit } from './start-error.ts';
import { TracerLostError } from './tracer.ts';
import type { LineFaults, RunqTracer, TracerEvent, TracerLoss } from './tracer.ts';

const answerWithinMs = 2000;
const silenceWithinMs = (intervalMs: number): number => Math.max(3 * intervalMs, 2000);
const watchEveryMs = 250;

/** A helper that has said its hello. */
export class LiveTracer implements RunqTracer {
  readonly hello: Hello;
  readonly #child: Child;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #listeners = new Set<(event: TracerEvent) => void>();
  readonly #ended = new AbortController();
  /** The `read` that was sent, and the one that is sent when it was answered: whoever asks in between needs a later answer. */
  #asked: Deferred<Snapshot> | null = null;
  #askedNext: Deferred<Snapshot> | null = null;
  #last: Snapshot | null = null;
  #quietMs = 0;
  #unansweredMs = 0;
  faults: LineFaults = { broken: 0, missed: 0 };
  loss: TracerLoss | null = null;

  constructor(hello: Hello, child: Child, lines: LineFeed, clock: Clock, intervalMs: number) {
    this.hello = hello;
    this.#child = child;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    lines.handTo((line) => {
      this.#take(line);
    });
    void child.exited.then((exit) => {
      this.#lose({ kind: 'died', message: `${this.#subject} ${describeExit(exit)}.` });
    });
    void this.#watch();
  }

  get #subject(): string {
    return `The run-queue tracer (process ${this.#child.pid})`;
  }

  async snapshot(signal?: AbortSignal): Promise<Snapshot> {
    signal?.throwIfAborted();
    if (this.loss !== null) throw new TracerLostError(this.loss);
    if (this.#ended.signal.aborted) throw stopped();
    if (this.#asked !== null) {
      this.#askedNext ??= deferred();
      return withAbort(this.#askedNext.promise, signal);
    }
    const asked = deferred<Snapshot>();
    this.#ask(asked);
    return withAbort(asked.promise, signal);
  }

  subscribe(listener: (event: TracerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(): Promise<Snapshot | null> {
    this.#ended.abort();
    await this.#child.stop();
    this.#refuse(stopped());
    return this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #ask(asked: Deferred<Snapshot>): void {
    this.#asked = asked;
    this.#unansweredMs = 0;
    this.#child.writeLine('read');
  }

  #answer(snapshot: Snapshot): void {
    const answered = this.#asked;
    const next = this.#askedNext;
    this.#asked = null;
    this.#askedNext = null;
    if (next !== null && !this.#ended.signal.aborted) this.#ask(next);
    else next?.reject(stopped());
    answered?.resolve(snapshot);
  }

  #refuse(error: Error): void {
    this.#asked?.reject(error);
    this.#askedNext?.reject(error);
  }

  #take(line: string): void {
    if (this.loss !== null) return;
    this.#quietMs = 0;
    const message = parseLine(line);
    switch (message.type) {
      case 'snapshot':
        this.#takeSnapshot(message, line);
        return;
      case 'broken':
        this.#takeBroken(message.reason, line);
        return;
      case 'hello':
      case 'error':
        this.#takeBroken(`unexpected ${message.type}`, line);
        return;
      default:
        unreachable(message);
    }
  }

  #takeSnapshot(snapshot: Snapshot, line: string): void {
    const expected = this.#last === null ? 0 : this.#last.seq + 1;
    if (snapshot.seq < expected) {
      this.#takeBroken(`seq: expected ${expected} or more`, line);
      return;
    }
    const missed = snapshot.seq - expected;
    this.#last = snapshot;
    if (missed > 0) {
      this.faults = { ...this.faults, missed: this.faults.missed + missed };
      this.#emit({ type: 'lines-missed', count: missed });
    }
    this.#emit({ type: 'snapshot-taken', snapshot });
    if (snapshot.reason === 'asked') {
      this.#answer(snapshot);
    } else if (missed > 0) {
      this.#askAgain();
    }
  }

  #takeBroken(reason: string, line: string): void {
    this.faults = { ...this.faults, broken: this.faults.broken + 1 };
    this.#emit({ type: 'line-broken', reason, text: line.slice(0, 200) });
    this.#askAgain();
  }

  /** The line that was lost may have been the answer. If it was not, there are two, and the second is an ordinary snapshot. */
  #askAgain(): void {
    if (this.#asked !== null && !this.#ended.signal.aborted) this.#child.writeLine('read');
  }

  /**
   * Counts naps rather than time: when this process or the whole machine stood still, a nap takes long, but what the helper said
   * meanwhile is read before the next one ends.
   */
  async #watch(): Promise<void> {
    const silenceMs = silenceWithinMs(this.#intervalMs);
    while (!this.#ended.signal.aborted) {
      await this.#clock.sleep(watchEveryMs, this.#ended.signal).catch(() => undefined);
      this.#quietMs += watchEveryMs;
      this.#unansweredMs += watchEveryMs;
      if (this.#quietMs >= silenceMs) {
        const every = `although it speaks every ${this.#intervalMs} ms`;
        this.#lose({ kind: 'silent', message: `${this.#subject} said nothing for ${silenceMs} ms, ${every}.` });
      } else if (this.#asked !== null && this.#unansweredMs >= answerWithinMs) {
        const message = `${this.#subject} did not answer within ${answerWithinMs} ms.`;
        this.#lose({ kind: 'unanswered', message });
      }
    }
  }

  #lose(loss: TracerLoss): void {
    if (this.#ended.signal.aborted) return;
    this.loss = loss;
    this.#ended.abort();
    this.#refuse(new TracerLostError(loss));
    this.#emit({ type: 'tracer-lost', loss });
  }

  #emit(event: TracerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function stopped(): Error {
  return new Error('The run-queue tracer was stopped.');
}
