import type { Problem } from '../../core/errors.ts';
import { LiveView } from '../../load/live-view.ts';
import type { LoadDriver, LoadOrder, PreparedLoad, RunningLoad, VirtualFront } from '../../load/port.ts';
import { scheduleSha256 } from '../../load/schedule-file.ts';
import type { GeneratorEvidence } from '../../telemetry/evidence.ts';

/** Hands the schedule to a simulated application. Requests are sent exactly when they are due, and sending costs no CPU. */
export class SimDriver implements LoadDriver {
  readonly name = 'sim';

  check(): Promise<readonly Problem[]> {
    return Promise.resolve([]);
  }

  prepare(order: LoadOrder, signal: AbortSignal): Promise<PreparedLoad> {
    signal.throwIfAborted();
    const { front } = order.target;
    if (front === undefined) throw new Error('only a simulated application takes a load in virtual time');
    return Promise.resolve({
      go: () => Promise.resolve(runningLoad(order, front)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  }
}

function runningLoad(order: LoadOrder, front: VirtualFront): RunningLoad {
  const log = front.offer(order);
  const view = new LiveView(
    log,
    order.requests.endpoints.map(({ name }) => name),
  );
  const generator: GeneratorEvidence = {
    driver: 'sim',
    version: 'virtual time',
    cpuCores: 0,
    capacityCores: 1,
    priority: 'normal',
    priorityNote: 'virtual time has none',
    death: null,
    scheduleSha256: scheduleSha256(order.schedule),
  };
  return {
    // Virtual time begins with the trial, whenever that is.
    originMs: 0,
    reading: (untilMs) => Promise.resolve(view.take(untilMs, 0)),
    finish: async (signal) => {
      await front.settle(signal);
      return { log, generator };
    },
  };
}
