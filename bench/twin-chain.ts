import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Service, Step } from '../harness/application/application.ts';
import { stream } from '../harness/core/random.ts';
import { startBareChain } from './twin-bare-chain.ts';
import { chainServices, replyBytes } from './twin-chain-shape.ts';
import type { Chain, ChainService } from './twin-chain-shape.ts';
import { HttpGenerator } from './twin-generator.ts';
import type { BenchRequest } from './twin-generator.ts';
import { startApplication } from './twin-replicas.ts';

/** CPU time of a process per request beyond its demand: index of the round, by service, in microseconds. */
export type HopOverheads = ReadonlyMap<ChainService, readonly number[]>;

export interface HopOverhead {
  readonly requestsPerSecond: number;
  /** With a demand of zero: all that a hop costs by itself. */
  readonly own: HopOverheads;
  /** The same where every request leaves its spans. */
  readonly sampled: HopOverheads;
  /** Of processes that exchange the same bytes and do nothing else. */
  readonly bare: HopOverheads;
  /** CPU time that the model asks of one request in one service, in microseconds, and what a hop costs beyond it. */
  readonly demandMicros: number;
  readonly beyondDemand: HopOverheads;
}

const requestsPerSecond = 100;
const requestsInRound = 300;
const demandMicros = 500;

/** Measures all arms once a round, in an order that is drawn anew each time. @param cpu on which all processes run */
export async function measureHopOverhead(
  cpu: number,
  rounds: number,
  progress: (line: string) => void,
): Promise<HopOverhead> {
  await using free = await startTwinChain(cpu, 0);
  await using demanding = await startTwinChain(cpu, demandMicros);
  await using bare = await startBareChain(cpu);
  const arms = {
    own: armOf(free, false),
    sampled: armOf(free, true),
    bare: armOf(bare, false),
    beyondDemand: armOf(demanding, false),
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
      `chain, round ${round + 1} of ${rounds}, us of a hop: ${last(arms.own)}; bare exchange: ${last(arms.bare)}; beyond a demand: ${last(arms.beyondDemand)}`,
    );
  }
  for (const { generator } of Object.values(arms)) generator.close();
  return {
    requestsPerSecond,
    demandMicros,
    own: arms.own.overheads,
    sampled: arms.sampled.overheads,
    bare: arms.bare.overheads,
    beyondDemand: arms.beyondDemand.overheads,
  };
}

const armOf = (chain: Chain, isSampled: boolean) => ({
  chain,
  generator: new HttpGenerator(chain.port, isSampled, requestOf),
  overheads: emptyRounds(),
});

function requestOf(seed: number): BenchRequest {
  return { method: 'GET', path: '/ask', body: null, contentType: null, seed };
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

async function startTwinChain(cpu: number, meanMicros: number): Promise<Chain> {
  const application = await startApplication(modelOf(meanMicros), String(cpu));
  return {
    port: application.replicas.get('front')?.port ?? 0,
    async overheads() {
      const counters = await application.counters();
      return new Map(
        chainServices.map((name) => {
          const { cpuSeconds = NaN, requests = NaN } = counters.get(name) ?? {};
          return [name, cpuSeconds * 1e6 - requests * meanMicros];
        }),
      );
    },
    [Symbol.asyncDispose]: () => application[Symbol.asyncDispose](),
  };
}

const modelOf = (meanMicros: number): Application => ({
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
    serviceOf('front', 'front', meanMicros, [{ kind: 'call', service: 'service', operation: 'do' }]),
    serviceOf('service', 'service', meanMicros, [{ kind: 'call', service: 'store', operation: 'do' }]),
    serviceOf('store', 'store', meanMicros, []),
  ],
  endpoints: [
    { name: 'ask', method: 'GET', path: '/ask', service: 'front', operation: 'do', parameters: [], reply: 'posts' },
  ],
  mixes: [],
});

function serviceOf(name: ChainService, role: Service['role'], meanMicros: number, steps: readonly Step[]): Service {
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
        cpu: { meanMicros, perItemMicros: 0, items: [], shape: 'constant', source: 'assumed' },
        steps,
        replyBytes,
      },
    ],
  };
}
