import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Clock } from '../../harness/core/clock.ts';

/** A connection to the control socket of a replica, kept open: a question a second then costs next to nothing. */
export class ControlConnection {
  readonly #path: string;
  readonly #clock: Clock;
  #socket: Socket | null = null;
  #waiting: ((line: string | null) => void)[] = [];

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** The answer to a line; null if there is none within the time, or the signal aborts first. */
  async ask(line: string, withinMs: number, signal?: AbortSignal): Promise<string | null> {
    if (signal?.aborted === true) return null;
    const socket = (this.#socket ??= this.#connect());
    const over = new AbortController();
    const answer = new Promise<string | null>((resolve) => {
      this.#waiting.push(resolve);
    });
    const giveUp = (): void => {
      // An answer that comes later would be taken for that to the next question.
      if (this.#socket === socket) this.close();
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    void this.#clock.sleep(withinMs, over.signal).then(giveUp, () => undefined);
    socket.write(`${line}\n`);
    try {
      return await answer;
    } finally {
      over.abort();
      signal?.removeEventListener('abort', giveUp);
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#end();
  }

  #connect(): Socket {
    const socket = createConnection(this.#path);
    const end = (): void => {
      if (this.#socket === socket) this.#end();
    };
    socket.on('error', end).on('close', end);
    // It passes on the errors of its input.
    const lines = createInterface({ input: socket }).on('error', end);
    lines.on('line', (line: string) => {
      if (this.#socket === socket) this.#waiting.shift()?.(line);
    });
    return socket;
  }

  #end(): void {
    this.#socket = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(null);
  }
}
