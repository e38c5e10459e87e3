import type { ChildExit, ProcessRunner } from '../../../harness/core/process.ts';
import type { Snapshot } from '../../../tracer/client/line.ts';
import { snapshotOf, toLine } from './snapshot-text.ts';

/** A helper whose every word is the test's, behind a runner that can be passed in. */
export class FakeHelper {
  /** The command line that it was started with. */
  command: readonly string[] = [];
  /** The lines that were written to it. */
  readonly heard: string[] = [];
  hasEnded = false;
  #seq = 0;
  #say: (line: string) => void = () => undefined;
  #exit: (exit: ChildExit) => void = () => undefined;
  readonly #exited = new Promise<ChildExit>((resolve) => {
    this.#exit = resolve;
  });

  readonly runner: ProcessRunner = (file, args, options) => {
    this.command = [file, ...args];
    this.#say = (line) => options?.onLine?.(line);
    const stop = (): Promise<ChildExit> => {
      this.say(snapshotOf({ seq: this.#seq++, reason: 'end' }));
      this.exit({});
      return this.#exited;
    };
    return Promise.resolve({
      pid: 321,
      exited: this.#exited,
      writeLine: (line) => this.heard.push(line),
      stop,
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    });
  };

  say(message: object | string): void {
    if (!this.hasEnded) this.#say(typeof message === 'string' ? message : toLine(message));
  }

  /** Says the next snapshot, and answers it. */
  snapshot(reason: Snapshot['reason'], fields: Partial<Snapshot> = {}): Snapshot {
    const snapshot = snapshotOf({ seq: this.#seq, reason, ...fields });
    this.#seq = snapshot.seq + 1;
    this.say(snapshot);
    return snapshot;
  }

  exit({ exitCode = 0, signal = null, stderrTail = '' }: Partial<ChildExit>): void {
    this.hasEnded = true;
    this.#exit({ exitCode, signal, stderrTail });
  }
}
