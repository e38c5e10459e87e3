import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Child, ChildExit } from '../../core/process.ts';
import { BoundedLines } from './bounded-lines.ts';
import { lastWords } from './last-words.ts';
import type { HarnessMessage } from './protocol.ts';
import { shown, type Answer } from './read-answer.ts';

/** Room for a thousand decisions with their reasons. */
const longestLine = 1_048_576;
/** For a program that failed: to end by itself, and again after SIGTERM. */
const graceMs = 100;

export interface Question<Message> {
  readonly message: HarnessMessage;
  /** `hello` or `step 3`. */
  readonly name: string;
  readonly withinMs: number;
  readonly read: (line: string) => Answer<Message>;
}

/** One question at a time, one line for each answer. Whatever breaks that ends the program, and every question from then on. */
export class Conversation {
  readonly #label: string;
  readonly #clock: Clock;
  readonly #lines = new BoundedLines(longestLine);
  #child: Child | null = null;
  #asked = 'its start';
  /** Takes the answer to the question that is open; null if there is none. */
  #take: ((line: string) => void) | null = null;
  #hear: () => void = () => undefined;
  #failure: Promise<HarnessError> | null = null;
  #isClosing = false;

  /** @param label of the program, for messages */
  constructor(label: string, clock: Clock) {
    this.#label = label;
    this.#clock = clock;
  }

  /** For the runner. */
  readonly onOutput = (text: string): void => {
    if (this.#failure !== null || this.#isClosing) return;
    const lines = this.#lines.push(text);
    if (lines === null) {
      this.#fail(`printed a line longer than ${longestLine} characters after ${this.#asked}`);
      return;
    }
    for (const line of lines.filter((one) => one.trim() !== '')) {
      const take = this.#take;
      this.#take = null;
      if (take !== null) take(line);
      else this.#fail(`printed a line that nobody asked for, after ${this.#asked}: ${shown(line)}`);
    }
  };

  begin(child: Child): void {
    this.#child = child;
    void child.exited.then((exit) => {
      this.#fail(`${howItEnded(exit)} ${this.#take === null ? 'after' : 'before it answered'} ${this.#asked}`);
    });
  }

  /** @throws HarnessError `policy-failed`; the signal's reason */
  async ask<Message>({ message, name, withinMs, read }: Question<Message>, signal: AbortSignal): Promise<Message> {
    signal.throwIfAborted();
    if (this.#failure !== null) throw await this.#failure;
    this.#asked = name;
    const answered = new Promise<string>((resolve) => {
      this.#take = resolve;
    });
    const failed = new Promise<null>((resolve) => {
      this.#hear = () => {
        resolve(null);
      };
    });
    this.#child?.writeLine(JSON.stringify(message));
    const over = new AbortController();
    const late = this.#clock.sleep(withinMs, AbortSignal.any([signal, over.signal])).then(() => {
      this.#fail(`did not answer ${name} within ${withinMs / 1000} s`, 'Does it flush its output after each line?');
      return null;
    });
    try {
      const line = await Promise.race([answered, failed, late]);
      const answer = line === null ? null : read(line);
      if (answer?.ok === true) return answer.message;
      if (answer !== null) this.#fail(answer.wrong);
    } finally {
      over.abort();
      this.#take = null;
    }
    throw (await this.#failureNow()) ?? new Error(`${this.#label} was ended while it was asked for ${name}`);
  }

  /** Ends the program: `stop`, then its input closes, then SIGTERM and SIGKILL. May be called twice. */
  async end(): Promise<void> {
    this.#isClosing = true;
    this.#hear();
    if (this.#failure === null) this.#child?.writeLine(JSON.stringify({ type: 'stop' } satisfies HarnessMessage));
    await this.#child?.stop();
    await this.#failure;
  }

  /** What was set while somebody waited: the compiler takes a field for what it was before. */
  #failureNow(): Promise<HarnessError> | null {
    return this.#failure;
  }

  #fail(what: string, advice = 'docs/policies/process.md describes what a program has to answer.'): void {
    if (this.#failure !== null || this.#isClosing) return;
    this.#failure = this.#failureOf(what, advice);
    this.#hear();
  }

  /** Its last words are known when it has ended. */
  async #failureOf(what: string, hint: string): Promise<HarnessError> {
    const exit = await this.#child?.stop(graceMs);
    const words = lastWords(exit?.stderrTail ?? '');
    const said = words === '' ? '' : ` Its last words: ${words}`;
    return new HarnessError('policy-failed', `The policy ${this.#label} ${what}.${said}`, { hint });
  }
}

const howItEnded = ({ exitCode, signal }: ChildExit): string =>
  signal === null ? `ended with exit status ${exitCode ?? 'unknown'}` : `was killed by ${signal}`;
