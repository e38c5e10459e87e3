import { readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { scheduleSha256 } from '../schedule-file.ts';
import { HttpClient } from './http-client.ts';
import { monotonicMs } from './monotonic-time.ts';
import { OpenLoop } from './open-loop.ts';
import { RequestAhead } from './request-ahead.ts';
import { firstWakeWord, inFlightWord, stateWord } from './shared-control.ts';
import { warmUp } from './warm-up.ts';
import type { SenderTask, WorkerMessage } from './worker-message.ts';

/** A thread that sends its share of the schedule: whatever is due when it is woken, and what falls due meanwhile. */

const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

async function prepareToSend(task: SenderTask): Promise<void> {
  const { log, control, sender, senders, wake, requests, spanShare } = task;
  await warmUp(task);
  const ahead = new RequestAhead(log, requests, spanShare, sender, senders);
  const loop = new OpenLoop({
    log,
    first: sender,
    stride: senders,
    timeoutMs: task.timeoutMs,
    mostInFlight: task.mostInFlight,
    inFlight: control.words.subarray(inFlightWord, inFlightWord + 1),
    fullUntilMs: control.fullUntilMs,
    ahead,
    client: new HttpClient(task.url, task.connections, task.timeoutMs),
    nowMs: () => monotonicMs() - (control.origin[0] ?? NaN),
    onRoom: () => Atomics.notify(control.words, stateWord),
    onFinished: () => {
      tell({ kind: 'finished' });
    },
  });
  let isBuilding = false;
  const build = (): void => {
    // What will hardly be sent is not built: too many are in flight.
    isBuilding = Atomics.load(control.words, inFlightWord) < task.mostInFlight && ahead.buildOne();
    // One at a time, so that nothing that has come meanwhile waits for more than one.
    if (isBuilding) setImmediate(build);
  };
  while (ahead.buildOne());
  wake.on('message', () => {
    Atomics.store(control.words, firstWakeWord + sender, 0);
    loop.sendDue();
    if (!isBuilding) build();
  });
  // It stays until it is ended, so that its CPU time can be read: the pacer, and its port with it, may be gone before.
  parentPort?.on('message', () => undefined);
  tell({
    kind: 'ready',
    threadId: Number(readlinkSync('/proc/thread-self').split('/').at(-1)),
    scheduleSha256: scheduleSha256(log),
  });
}

// Started with this type of task by `generator-threads.ts`, and by nobody else.
await prepareToSend(workerData as SenderTask);
