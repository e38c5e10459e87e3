import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import type { Clock } from '../../harness/core/clock.ts';

interface Question {
  readonly askedMs: number;
  readonly answer: (line: string | null) => void;
}

/** A connection to the control socket of a replica, kept open: a question a second then costs next to nothing. */
export class ControlConnection {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #withinMs: number;
  #socket: Socket | null = null;
  #text = '';
  #questions: Question[] = [];
  #watch: AbortController | null = null;

  /** @param withinMs an answer must come */
  constructor(path: string, clock: Clock, withinMs: number) {
    this.#path = path;
    this.#clock = clock;
    this.#withinMs = withinMs;
  }

  /** The answer to a line; null if there is none in time, or the signal aborts first. */
  async ask(line: string, signal?: AbortSignal): Promise<string | null> {
    if (signal?.aborted === true) return null;
    const socket = (this.#socket ??= this.#connect());
    const answer = new Promise<string | null>((resolve) => {
      this.#questions.push({ askedMs: this.#clock.nowMs(), answer: resolve });
    });
    if (this.#watch === null) void this.#watchTime();
    socket.write(`${line}\n`);
    if (signal === undefined) return answer;
    // Of its own, so that many questions may share what they are given up by.
    const own = AbortSignal.any([signal]);
    const giveUp = (): void => {
      // An answer that comes later would be taken for that to the next question.
      if (this.#socket === socket) this.close();
    };
    own.addEventListener('abort', giveUp);
    try {
      return await answer;
    } finally {
      own.removeEventListener('abort', giveUp);
    }
  }

  close(): void {
    const [socket, questions, watch] = [this.#socket, this.#questions, this.#watch];
    this.#socket = null;
    this.#questions = [];
    this.#watch = null;
    this.#text = '';
    socket?.destroy();
    watch?.abort();
    for (const { answer } of questions) answer(null);
  }

  #connect(): Socket {
    const socket = createConnection(this.#path);
    const end = (): void => {
      if (this.#socket === socket) this.close();
    };
    socket.on('error', end).on('close', end);
    socket.setEncoding('utf8').on('data', (piece: string) => {
      if (this.#socket === socket) this.#read(piece);
    });
    return socket;
  }

  #read(piece: string): void {
    const lines = (this.#text + piece).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) this.#questions.shift()?.answer(line);
  }

  /** One for all questions, and none is taken back for an answer that came: to abort a sleep costs more than to ask. */
  async #watchTime(): Promise<void> {
    const watch = new AbortController();
    this.#watch = watch;
    for (let [oldest] = this.#questions; oldest !== undefined; [oldest] = this.#questions) {
      const leftMs = oldest.askedMs + this.#withinMs - this.#clock.nowMs();
      if (leftMs <= 0) {
        this.close();
        return;
      }
      const isOver = await this.#clock.sleep(leftMs, watch.signal).then(
        () => false,
        () => true,
      );
      if (isOver) return;
    }
    this.#watch = null;
  }
}
