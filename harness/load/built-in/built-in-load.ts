import type { Clock } from '../../core/clock.ts';
import type { GeneratorEvidence } from '../../telemetry/evidence.ts';
import type { LoadReading } from '../../telemetry/load-reading.ts';
import { LiveView } from '../live-view.ts';
import type { LoadOrder, LoadOutcome, PreparedLoad, RunningLoad } from '../port.ts';
import type { GeneratorThreads } from './generator-threads.ts';
import { monotonicMs } from './monotonic-time.ts';
import { threadCpuSeconds } from './thread-cpu.ts';
import type { ThreadPriority } from './thread-settings.ts';

/** Until the first request may be due: time for the threads to hear that it has begun. */
const leadMs = 100;

/** How long after the last time-out the generator may take to say that it is done. */
const graceMs = 5000;

/** A generator whose threads are ready, and later run. */
export class BuiltInLoad implements PreparedLoad, RunningLoad {
  priority: ThreadPriority = { priority: 'normal', priorityNote: 'not asked for' };
  originMs = NaN;
  readonly #clock: Clock;
  readonly #threads: GeneratorThreads;
  readonly #order: LoadOrder;
  readonly #capacityCores: number;
  readonly #view: LiveView;
  #cpuAtStart: number | null = null;
  #cpu: number | null = null;
  #reportedCpuSeconds = 0;

  constructor(clock: Clock, threads: GeneratorThreads, order: LoadOrder, capacityCores: number) {
    this.#clock = clock;
    this.#threads = threads;
    this.#order = order;
    this.#capacityCores = capacityCores;
    this.#view = new LiveView(
      threads.log,
      order.requests.endpoints.map(({ name }) => name),
    );
  }

  go(signal: AbortSignal): Promise<RunningLoad> {
    signal.throwIfAborted();
    this.#cpuAtStart = this.#readCpu();
    this.#reportedCpuSeconds = this.#cpuAtStart ?? 0;
    const aheadMs = this.#clock.nowMs() - monotonicMs();
    this.originMs = this.#threads.run(leadMs) + aheadMs;
    return Promise.resolve(this);
  }

  reading(untilMs: number): Promise<LoadReading> {
    const cpu = this.#readCpu();
    const used = cpu === null ? null : cpu - this.#reportedCpuSeconds;
    this.#reportedCpuSeconds += used ?? 0;
    return Promise.resolve(this.#view.take(untilMs, used));
  }

  async finish(signal: AbortSignal): Promise<LoadOutcome> {
    const { log } = this.#threads;
    const endMs = this.originMs + (log.dueMs.at(-1) ?? 0) + this.#order.timeoutMs + graceMs;
    const isFinished = await this.#finishedBefore(endMs, signal);
    const spanSeconds = (this.#clock.nowMs() - this.originMs) / 1000;
    const cpu = this.#readCpu();
    const unfinished = `it was not done ${graceMs / 1000} s after the last time-out`;
    const death = this.#threads.death ?? (isFinished ? null : unfinished);
    // From now on nobody writes the log.
    await this.#threads.stop();
    const generator: GeneratorEvidence = {
      driver: 'built-in',
      version: `undici ${await undiciVersion()}, Node ${process.versions.node}`,
      cpuCores: cpu === null || this.#cpuAtStart === null ? null : (cpu - this.#cpuAtStart) / spanSeconds,
      capacityCores: this.#capacityCores,
      ...this.priority,
      death,
      scheduleSha256: this.#threads.scheduleSha256,
    };
    return { log, generator };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#threads.stop();
  }

  /** Keeps the last reading for the case that the threads are gone. */
  #readCpu(): number | null {
    this.#cpu = threadCpuSeconds(this.#threads.threadIds) ?? this.#cpu;
    return this.#cpu;
  }

  async #finishedBefore(endMs: number, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const late = this.#clock
      .sleep(Math.max(0, endMs - this.#clock.nowMs()), AbortSignal.any([signal, over.signal]))
      .then(() => false);
    try {
      return await Promise.race([this.#threads.finished.then(() => true), late]);
    } finally {
      over.abort();
      late.catch(() => undefined);
    }
  }
}

async function undiciVersion(): Promise<string> {
  const { createRequire } = await import('node:module');
  // The package's own file.
  return (createRequire(import.meta.url)('undici/package.json') as { version: string }).version;
}
