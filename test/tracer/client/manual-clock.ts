import type { Clock } from '../../../harness/core/clock.ts';

/** A clock that stands until the test moves it. */
export class ManualClock implements Clock {
  #nowMs = 0;
  #sleepers: { readonly dueMs: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const abort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason as Error);
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { dueMs: this.#nowMs + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Wakes everyone who is due on the way, and lets what they do next happen. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const dueMs = Math.min(...this.#sleepers.map((sleeper) => sleeper.dueMs));
      if (dueMs > endMs) break;
      this.#nowMs = dueMs;
      this.#wakeDue();
    }
    this.#nowMs = endMs;
    await settle();
  }

  /** The whole process stands still for so long; whoever was due meanwhile wakes once, late. */
  async stall(ms: number): Promise<void> {
    await settle();
    this.#nowMs += ms;
    this.#wakeDue();
    await settle();
  }

  #wakeDue(): void {
    const due = this.#sleepers.filter((sleeper) => sleeper.dueMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.dueMs > this.#nowMs);
    for (const sleeper of due) sleeper.wake();
  }
}

/** Lets everything that is ready happen. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
