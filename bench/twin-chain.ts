import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Service, Step } from '../harness/application/application.ts';
import { stream } from '../harness/core/random.ts';
import { startBareChain } from './twin-bare-chain.ts';
import { chainServices, demandMicros, replyBytes } from './twin-chain-shape.ts';
import type { Chain, ChainService } from './twin-chain-shape.ts';
import { HttpGenerator } from './twin-generator.ts';
import { startApplication } from './twin-replicas.ts';

/** CPU time of a process per request beyond what it burned on purpose: index of the round, by service, in microseconds. */
export type HopOverheads = ReadonlyMap<ChainService, readonly number[]>;

export interface HopOverhead {
  readonly requestsPerSecond: number;
  /** CPU time that the model asks of one request in one service, in microseconds. */
  readonly demandMicros: number;
  readonly plain: HopOverheads;
  /** The same where every request leaves its spans. */
  readonly sampled: HopOverheads;
  /** Of processes that exchange the same bytes, burn the same time, and do nothing else. */
  readonly bare: HopOverheads;
}

const requestsPerSecond = 100;
const requestsInRound = 300;

/** Measures all arms once a round, in an order that is drawn anew each time. @param cpu on which all processes run */
export async function measureHopOverhead(
  cpu: number,
  rounds: number,
  progress: (line: string) => void,
): Promise<HopOverhead> {
  await using twin = await startTwinChain(cpu);
  await using bare = await startBareChain(cpu);
  const arms = {
    plain: { chain: twin, generator: new HttpGenerator(twin.port, false), overheads: emptyRounds() },
    sampled: { chain: twin, generator: new HttpGenerator(twin.port, true), overheads: emptyRounds() },
    bare: { chain: bare, generator: new HttpGenerator(bare.port, false), overheads: emptyRounds() },
  };
  for (const { chain, generator } of Object.values(arms)) await measureRound(chain, generator);
  for (let round = 0; round < rounds; round++) {
    for (const { chain, generator, overheads } of stream(round, 'bench/twin/order').shuffle(Object.values(arms))) {
      const measured = await measureRound(chain, generator);
      for (const [name, micros] of measured) overheads.get(name)?.push(micros);
    }
    const last = ({ overheads }: { readonly overheads: HopOverheads }): string =>
      chainServices.map((name) => overheads.get(name)?.at(-1)?.toFixed(0) ?? '?').join(', ');
    progress(
      `round ${round + 1} of ${rounds}, us beyond the demand: ${last(arms.plain)}; bare exchange: ${last(arms.bare)}`,
    );
  }
  for (const { generator } of Object.values(arms)) generator.close();
  const [plain, sampled, bareOverheads] = [arms.plain, arms.sampled, arms.bare].map(({ overheads }) => overheads);
  return {
    requestsPerSecond,
    demandMicros,
    plain: plain ?? emptyRounds(),
    sampled: sampled ?? emptyRounds(),
    bare: bareOverheads ?? emptyRounds(),
  };
}

const emptyRounds = (): Map<ChainService, number[]> => new Map(chainServices.map((name) => [name, []]));

/** Microseconds per request, by service. */
async function measureRound(chain: Chain, generator: HttpGenerator): Promise<ReadonlyMap<ChainService, number>> {
  const before = await chain.overheads();
  await generator.send(requestsInRound, requestsPerSecond);
  // What is done after an answer, such as writing spans, belongs to it.
  await delay(300);
  const after = await chain.overheads();
  return new Map([...after].map(([name, micros]) => [name, (micros - (before.get(name) ?? NaN)) / requestsInRound]));
}

async function startTwinChain(cpu: number): Promise<Chain> {
  const application = await startApplication(model, String(cpu));
  return {
    port: application.replicas.get('front')?.port ?? 0,
    async overheads() {
      const counters = await application.counters();
      return new Map(
        chainServices.map((name) => {
          const { cpuSeconds = NaN, requests = NaN } = counters.get(name) ?? {};
          return [name, cpuSeconds * 1e6 - requests * demandMicros];
        }),
      );
    },
    [Symbol.asyncDispose]: () => application[Symbol.asyncDispose](),
  };
}

const model: Application = {
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

function serviceOf(name: ChainService, role: Service['role'], steps: readonly Step[]): Service {
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
        cpu: { meanMicros: demandMicros, perItemMicros: 0, items: [], shape: 'constant', source: 'assumed' },
        steps,
        replyBytes,
      },
    ],
  };
}
