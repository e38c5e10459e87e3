import { countCpus } from '../../core/cpu-list.ts';
import type { Clock } from '../../core/clock.ts';
import { HarnessError, type Problem } from '../../core/errors.ts';
import type { ProcessRunner } from '../../core/process.ts';
import type { ArrivalSchedule } from '../arrival-schedule.ts';
import type { LoadDriver, LoadOrder, PreparedLoad } from '../port.ts';
import { BuiltInLoad } from './built-in-load.ts';
import { GeneratorThreads } from './generator-threads.ts';
import { bindThreads, giveRealTime } from './thread-settings.ts';

export interface BuiltInDependencies {
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  /** The PATH in which `taskset` and `chrt` are looked for. */
  readonly systemPath: string;
  /** CPUs that the harness may use if nobody binds the generator. */
  readonly cores: number;
  /** Options with which Node was started: `process.execArgv`. */
  readonly nodeOptions: readonly string[];
}

/** One sending thread for so many requests per second at the peak of the schedule. */
const perSender = 1500;

/** Longer than compiling and warming up takes on a busy machine. */
const readyWithinMs = 30_000;

/** Sends a schedule with undici from threads of this process. */
export class BuiltInDriver implements LoadDriver {
  readonly name = 'built-in';
  readonly #world: BuiltInDependencies;

  constructor(world: BuiltInDependencies) {
    this.#world = world;
  }

  check(): Promise<readonly Problem[]> {
    return Promise.resolve([]);
  }

  async prepare(order: LoadOrder, signal: AbortSignal): Promise<PreparedLoad> {
    signal.throwIfAborted();
    const { runner, clock, systemPath, cores, nodeOptions } = this.#world;
    const allowed = order.cpus === null ? cores : countCpus(order.cpus);
    const senders = Math.max(1, Math.min(allowed, Math.ceil(peakPerSecond(order.schedule) / perSender)));
    const threads = new GeneratorThreads(order, senders);
    const load = new BuiltInLoad(clock, threads, order, senders);
    try {
      await withDeadline(threads.ready, clock, signal);
      if (threads.death !== null)
        throw new HarnessError('load-failed', `The load generator cannot start: ${threads.death}.`);
      if (order.cpus !== null) await bindThreads(runner, systemPath, threads.threadIds, order.cpus);
      load.priority = await giveRealTime(runner, systemPath, threads.threadIds, nodeOptions);
      signal.throwIfAborted();
      return load;
    } catch (error) {
      await threads.stop();
      throw error;
    }
  }
}

/** Of the second with the most requests. */
export function peakPerSecond({ dueMs }: ArrivalSchedule): number {
  let most = 0;
  for (let first = 0, last = 0; last < dueMs.length; last++) {
    while ((dueMs[last] ?? 0) - (dueMs[first] ?? 0) >= 1000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

async function withDeadline(ready: Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const late = clock.sleep(readyWithinMs, AbortSignal.any([signal, over.signal])).then(() => {
    throw new HarnessError('load-failed', `The load generator was not ready within ${readyWithinMs / 1000} s.`, {
      hint: 'Its CPUs may be taken by others.',
    });
  });
  try {
    await Promise.race([ready, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}
