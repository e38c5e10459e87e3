import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Service, Step } from '../harness/application/application.ts';
import { expectedWork } from '../deathstarbench/client/expected-work.ts';
import { startApplication } from './twin-replicas.ts';
import type { RunningApplication } from './twin-replicas.ts';

/** A front that calls a service that calls a store, in this order. */
export const chainServices = ['front', 'service', 'store'] as const;

export interface HopOverhead {
  readonly requestsPerSecond: number;
  /** Mean CPU time that the model asks of one request in one service, in microseconds. */
  readonly demandMicros: number;
  /** CPU time of a process per request beyond what the model asked of it: index of the round, by service, in microseconds. */
  readonly plain: ReadonlyMap<string, readonly number[]>;
  /** The same where every request leaves its spans. */
  readonly sampled: ReadonlyMap<string, readonly number[]>;
}

const requestsPerSecond = 100;
const requestsInRound = 300;

/** @param cpu on which all three run */
export async function measureHopOverhead(
  cpu: number,
  rounds: number,
  progress: (line: string) => void,
): Promise<HopOverhead> {
  await using application = await startApplication(chain, String(cpu));
  const generator = new Generator(application);
  const emptyRounds = (): Map<string, number[]> => new Map(chainServices.map((name) => [name, []]));
  const [plain, sampled] = [emptyRounds(), emptyRounds()];
  await generator.send(requestsInRound, false);
  for (let round = 0; round < rounds; round++) {
    for (const [isSampled, overheads] of [[false, plain] as const, [true, sampled] as const]) {
      const measured = await generator.send(requestsInRound, isSampled);
      for (const [name, micros] of measured) overheads.get(name)?.push(micros);
    }
    const last = chainServices.map((name) => `${name} ${plain.get(name)?.at(-1)?.toFixed(0) ?? '?'}`);
    progress(`round ${round + 1} of ${rounds}, us per request beyond the demand: ${last.join(', ')}`);
  }
  generator.close();
  return { requestsPerSecond, demandMicros, plain, sampled };
}

const demandMicros = 500;

const chain: Application = {
  format: 1,
  name: 'chain',
  description: 'Three hops.',
  source: 'ours',
  cpuScale: 1,
  cpuFirstShare: 0.5,
  discoveryMs: 0,
  drainLimitMs: 1000,
  quantities: [],
  services: [
    serviceOf('front', 'front', [{ kind: 'call', service: 'service', operation: 'do' }]),
    serviceOf('service', 'service', [{ kind: 'call', service: 'store', operation: 'do' }]),
    serviceOf('store', 'store', []),
  ],
  endpoints: [
    { name: 'ask', method: 'GET', path: '/ask', service: 'front', operation: 'do', parameters: [], reply: 'posts' },
  ],
  mixes: [],
};

function serviceOf(name: string, role: Service['role'], steps: readonly Step[]): Service {
  return {
    name,
    role,
    port: 1,
    startUpMs: 0,
    mostThreads: 512,
    memory: { baseBytes: 0, perRequestBytes: 65_536, keptBytes: 100 },
    pool: { connections: 512, waitMs: 10_000, maxAgeMs: 10_000, maxIdleMs: null },
    operations: [
      {
        name: 'do',
        cpu: { meanMicros: demandMicros, perItemMicros: 0, items: [], shape: 'exponential', source: 'assumed' },
        steps,
        replyBytes: 1000,
      },
    ],
  };
}

/** Sends requests at a modest rate and asks the replicas what that cost. */
class Generator {
  readonly #application: RunningApplication;
  readonly #agent = new Agent({ keepAlive: true });
  #next = 0;

  constructor(application: RunningApplication) {
    this.#application = application;
  }

  /** @returns microseconds of CPU per request beyond the demand, by service */
  async send(count: number, isSampled: boolean): Promise<ReadonlyMap<string, number>> {
    const before = await this.#application.counters();
    const demands = new Map<string, number>();
    const answers: Promise<void>[] = [];
    const startMs = performance.now();
    for (let sent = 0; sent < count; sent++) {
      await delay(Math.max(0, startMs + (sent * 1000) / requestsPerSecond - performance.now()));
      const index = this.#next++;
      for (const { service, demandMicros: micros } of expectedWork(chain, 'ask', index)) {
        demands.set(service, (demands.get(service) ?? 0) + micros);
      }
      answers.push(this.#ask(index, isSampled));
    }
    await Promise.all(answers);
    // What is done after an answer, such as writing spans, belongs to it.
    await delay(300);
    const after = await this.#application.counters();
    return new Map(
      chainServices.map((name) => {
        const used = (after.get(name)?.cpuSeconds ?? NaN) - (before.get(name)?.cpuSeconds ?? NaN);
        return [name, (used * 1e6 - (demands.get(name) ?? NaN)) / count];
      }),
    );
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(index: number, isSampled: boolean): Promise<void> {
    const request = (index + 1).toString(16).padStart(16, '0');
    const seed = index.toString(16).padStart(16, '0');
    const traceparent = `00-${request}${seed}-0000000000000001-${isSampled ? '01' : '00'}`;
    const port = this.#application.replicas.get('front')?.port;
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        { host: '127.0.0.1', port, path: '/ask', agent: this.#agent, headers: { traceparent } },
        (response) => {
          response.resume().on('end', () => {
            if (response.statusCode === 200) resolve();
            else reject(new Error(`The front answered ${response.statusCode ?? 'nothing'}.`));
          });
        },
      );
      sent.on('error', reject).end();
    });
  }
}
