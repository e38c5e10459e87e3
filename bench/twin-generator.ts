import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Sends requests at a fixed, modest rate to a front of the chain. */
export class HttpGenerator {
  readonly #port: number;
  readonly #isSampled: boolean;
  readonly #agent = new Agent({ keepAlive: true });
  #next = 0;

  constructor(port: number, isSampled: boolean) {
    this.#port = port;
    this.#isSampled = isSampled;
  }

  /** Resolves when all are answered. */
  async send(count: number, perSecond: number): Promise<void> {
    const startMs = performance.now();
    const answers: Promise<void>[] = [];
    for (let sent = 0; sent < count; sent++) {
      await delay(Math.max(0, startMs + (sent * 1000) / perSecond - performance.now()));
      answers.push(this.#ask(this.#next++));
    }
    await Promise.all(answers);
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(index: number): Promise<void> {
    const request = (index + 1).toString(16).padStart(16, '0');
    const seed = index.toString(16).padStart(16, '0');
    const traceparent = `00-${request}${seed}-0000000000000001-${this.#isSampled ? '01' : '00'}`;
    const target = { host: '127.0.0.1', port: this.#port, path: '/ask', agent: this.#agent, headers: { traceparent } };
    return new Promise((resolve, reject) => {
      const sent = httpRequest(target, (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`The front answered ${response.statusCode ?? 'nothing'}.`));
        });
      });
      sent.on('error', reject).end();
    });
  }
}
