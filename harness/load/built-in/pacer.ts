import { readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs } from './monotonic-time.ts';
import { firstWakeWord, inFlightWord, running, stateWord, waiting } from './shared-control.ts';
import type { PacerTask, WorkerMessage } from './worker-message.ts';

/** While nothing can be sent, senders are woken seldom: only to note what they do not send. */
const whileFullMs = 5;

/**
 * A thread that sleeps until the next request is due and wakes its sender. It alone can sleep for less than a millisecond, because it
 * has no event loop to serve; so nobody has to spin, and whatever shares the core with the generator goes on.
 */
function pace({ dueMs, control: { words, origin }, wakes, mostInFlight }: PacerTask): void {
  while (Atomics.load(words, stateWord) === waiting) Atomics.wait(words, stateWord, waiting);
  const [originMs = NaN] = origin;
  for (let next = 0; next < dueMs.length;) {
    const leftMs = originMs + (dueMs[next] ?? 0) - monotonicMs();
    // Ends early if the schedule is stopped, or if there is room in flight again.
    const isFull = Atomics.load(words, inFlightWord) >= mostInFlight;
    if (leftMs > 0 || isFull) Atomics.wait(words, stateWord, running, isFull ? Math.max(leftMs, whileFullMs) : leftMs);
    if (Atomics.load(words, stateWord) !== running) return;
    const nowMs = monotonicMs() - originMs;
    for (; next < dueMs.length && (dueMs[next] ?? 0) <= nowMs; next++) {
      const sender = next % wakes.length;
      // One that has not looked since it was woken will see this request as well.
      if (Atomics.exchange(words, firstWakeWord + sender, 1) === 0) wakes[sender]?.postMessage(null);
    }
  }
  // Its CPU time is read as long as the others run.
  while (Atomics.load(words, stateWord) === running) Atomics.wait(words, stateWord, running);
}

const ready: WorkerMessage = {
  kind: 'ready',
  threadId: Number(readlinkSync('/proc/thread-self').split('/').at(-1)),
  scheduleSha256: null,
};
parentPort?.postMessage(ready);
// Started with this type of task by `generator-threads.ts`, and by nobody else.
pace(workerData as PacerTask);
