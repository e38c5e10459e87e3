import type { Clock } from '../../core/clock.ts';
import type { Child, ChildExit } from '../../core/process.ts';
import type { LoadReading } from '../../telemetry/load-reading.ts';
import { LiveView } from '../live-view.ts';
import type { LoadOrder } from '../port.ts';
import { GrowingFile } from './growing-file.ts';
import type { K6Files } from './k6-command.ts';
import { processCpuSeconds } from './process-cpu.ts';
import { ReplayRecord } from './replay-record.ts';

/** How often the lines of the script are read. A reading looks once more, so that it is not behind. */
const pollMs = 100;
/** While its first lines are awaited. */
const startPollMs = 5;
const startWithinMs = 30_000;

/** CPU time of the process at an instant on the clock of the harness. */
interface CpuAt {
  readonly seconds: number;
  readonly nowMs: number;
}

/** A process k6 that replays a schedule, and what has been heard of it so far. */
export class K6Run {
  readonly record: ReplayRecord;
  /** Of the schedule, on the clock of the harness; NaN until it is known. */
  originMs = NaN;
  /** How it ended; null while it runs. */
  exit: ChildExit | null = null;
  readonly #clock: Clock;
  readonly #child: Child;
  readonly #console: GrowingFile;
  readonly #view: LiveView;
  readonly #ended = new AbortController();
  /** Wall clock minus monotonic clock. The wall clock has whole milliseconds, so the greatest difference seen is the nearest. */
  #wallAheadMs = -Infinity;
  #cpuAtOrigin: CpuAt | null = null;
  #cpu: CpuAt | null = null;
  #reportedCpuSeconds = 0;
  #following: Promise<void> = Promise.resolve();

  constructor(clock: Clock, child: Child, order: LoadOrder, files: K6Files) {
    this.#clock = clock;
    this.#child = child;
    this.#console = new GrowingFile(files.console);
    this.record = new ReplayRecord(order.schedule);
    this.#view = new LiveView(
      this.record.log,
      order.requests.endpoints.map(({ name }) => name),
    );
    void child.exited.then((exit) => {
      this.exit = exit;
      this.#ended.abort();
    });
  }

  /** Waits until the script has said when its schedule begins. @returns null, or why that will not be */
  async begin(signal: AbortSignal): Promise<string | null> {
    const giveUpMs = this.#clock.nowMs() + startWithinMs;
    while (this.record.originWallMs === null) {
      // Looked at before the lines are read, because the last of them may come with the end.
      const hasEnded = this.exit !== null;
      this.#poll();
      if (hasEnded) break;
      if (this.#clock.nowMs() > giveUpMs) return `k6 did not begin within ${startWithinMs / 1000} s`;
      await this.#clock.sleep(startPollMs, signal);
    }
    const { originWallMs } = this.record;
    if (originWallMs === null) return 'k6 ended before its schedule began';
    this.originMs = originWallMs - this.#wallAheadMs;
    this.#cpuAtOrigin = this.#cpu;
    this.#reportedCpuSeconds = this.#cpu?.seconds ?? 0;
    this.#following = this.#follow();
    // Whoever waits for the end hears of it.
    this.#following.catch(() => undefined);
    return null;
  }

  reading(untilMs: number): LoadReading {
    this.#poll();
    const used = this.#cpu === null ? null : this.#cpu.seconds - this.#reportedCpuSeconds;
    this.#reportedCpuSeconds += used ?? 0;
    return this.#view.take(untilMs, used);
  }

  /** Waits for its end; rejects when the signal is aborted. @returns null if it did not come within `withinMs` */
  async end(withinMs: number, signal: AbortSignal): Promise<ChildExit | null> {
    const exit = await this.#exitWithin(withinMs, signal);
    if (exit === null) return null;
    await this.#following;
    this.#poll();
    this.#console.close();
    return exit;
  }

  /** In cores, from the origin of the schedule to the end of the process. */
  cpuCores(): number | null {
    if (this.#cpu === null || this.#cpuAtOrigin === null) return null;
    const seconds = (this.#cpu.nowMs - Math.max(this.originMs, this.#cpuAtOrigin.nowMs)) / 1000;
    return seconds > 0 ? (this.#cpu.seconds - this.#cpuAtOrigin.seconds) / seconds : null;
  }

  /** As a user would: SIGINT ends it in order, a second one at once, and then it is killed. */
  async stop(): Promise<ChildExit> {
    for (const graceMs of [2000, 1000]) {
      this.#interrupt();
      const exit = await this.#exitWithin(graceMs);
      if (exit) break;
    }
    const exit = await this.#child.stop(100);
    await this.#following;
    this.#poll();
    this.#console.close();
    return exit;
  }

  async #follow(): Promise<void> {
    while (this.exit === null) {
      this.#poll();
      await this.#clock.sleep(pollMs, this.#ended.signal).catch(() => undefined);
    }
  }

  #poll(): void {
    this.#wallAheadMs = Math.max(this.#wallAheadMs, this.#clock.wallMs() - this.#clock.nowMs());
    this.#console.readLines((line) => {
      this.record.add(line);
    });
    const seconds = processCpuSeconds(this.#child.pid);
    if (seconds !== null && this.exit === null) this.#cpu = { seconds, nowMs: this.#clock.nowMs() };
  }

  async #exitWithin(ms: number, signal?: AbortSignal): Promise<ChildExit | null> {
    const over = new AbortController();
    const timeout = this.#clock.sleep(ms, signal ? AbortSignal.any([signal, over.signal]) : over.signal);
    try {
      return await Promise.race([this.#child.exited, timeout.then(() => null)]);
    } finally {
      over.abort();
    }
  }

  #interrupt(): void {
    if (this.exit !== null) return;
    try {
      process.kill(this.#child.pid, 'SIGINT');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}
