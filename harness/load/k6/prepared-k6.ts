import { messageOf } from '../../core/all-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { ProcessRunner } from '../../core/process.ts';
import type { LoadOrder, PreparedLoad, RunningLoad } from '../port.ts';
import { finishRun } from './finish-run.ts';
import { k6Arguments } from './k6-command.ts';
import { abnormalEnd } from './k6-end.ts';
import type { K6Plan } from './k6-plan.ts';
import { K6Run } from './k6-run.ts';
import { lastWords } from './last-words.ts';

/** Everything is written and known; k6 is started by `go`, since it cannot be held back once it runs. */
export class PreparedK6 implements PreparedLoad {
  readonly #runner: ProcessRunner;
  readonly #clock: Clock;
  readonly #order: LoadOrder;
  readonly #plan: K6Plan;
  #run: K6Run | null = null;

  constructor(runner: ProcessRunner, clock: Clock, order: LoadOrder, plan: K6Plan) {
    this.#runner = runner;
    this.#clock = clock;
    this.#order = order;
    this.#plan = plan;
  }

  async go(signal: AbortSignal): Promise<RunningLoad> {
    signal.throwIfAborted();
    const run = await this.#start();
    this.#run = run;
    try {
      const obstacle = await run.begin(signal);
      if (obstacle !== null) throw await this.#failure(run, obstacle);
      this.#requireFiles(run);
    } catch (error) {
      await run.stop();
      throw error;
    }
    return {
      originMs: run.originMs,
      // In a promise, so that what it throws is a rejection.
      reading: (untilMs) =>
        new Promise((resolve) => {
          resolve(run.reading(untilMs));
        }),
      finish: (over) => finishRun(run, this.#order, this.#plan, over),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run?.stop();
  }

  async #start(): Promise<K6Run> {
    const { program, launcher, files, environment } = this.#plan;
    const [file = program.path, ...args] = [...launcher.prefix, program.path, ...k6Arguments(this.#order, files)];
    try {
      return new K6Run(this.#clock, await this.#runner(file, args, { environment }), this.#order, files);
    } catch (cause) {
      throw new HarnessError('load-failed', `k6 could not be started: ${messageOf(cause)}`, { cause });
    }
  }

  #requireFiles({ record: { read } }: K6Run): void {
    const { scheduleSha256, requestsSha256 } = this.#plan;
    if (read?.sha256 === scheduleSha256 && read.requestsSha256 === requestsSha256) return;
    const what = read?.sha256 === scheduleSha256 ? 'requests' : 'due instants';
    throw new HarnessError('load-failed', `k6 read other ${what} than were written: the SHA-256 differs.`);
  }

  async #failure(run: K6Run, obstacle: string): Promise<HarnessError> {
    // Asked before it is stopped, so that what we do is not taken for a cause.
    const end = run.exit === null ? null : abnormalEnd(run.exit);
    const { stderrTail } = await run.stop();
    const words = lastWords(this.#plan.files.log, stderrTail);
    const parts = [end === null ? obstacle : `${obstacle}: it ${end}`, words].filter((part) => part !== '');
    return new HarnessError('load-failed', parts.join('. It said: '));
  }
}
