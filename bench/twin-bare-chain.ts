import { startChild } from '../harness/core/process.ts';
import type { Child } from '../harness/core/process.ts';
import { chainServices, replyBytes } from './twin-chain-shape.ts';
import type { Chain, ChainService } from './twin-chain-shape.ts';

/** The head of an answer between services of the twin. */
const replyHeadBytes = 12;

/** A chain of `scalelab-twin-bare-hop`: what the kernel alone takes for the hops, without a demand. */
export async function startBareChain(cpu: number): Promise<Chain> {
  const hops = new Map<ChainService, BareHop>();
  let next = 0;
  for (const name of [...chainServices].reverse()) {
    const hop = await BareHop.start(cpu, name === 'front' ? 'http' : 'raw', next);
    hops.set(name, hop);
    next = hop.port;
  }
  return {
    port: next,
    async overheads() {
      const all = await Promise.all(
        chainServices.map(async (name) => [name, await hops.get(name)?.overhead()] as const),
      );
      return new Map(all.map(([name, micros]) => [name, micros ?? NaN]));
    },
    async [Symbol.asyncDispose]() {
      for (const hop of hops.values()) await hop.stop();
    },
  };
}

class BareHop {
  readonly port: number;
  readonly #child: Child;
  readonly #lines: Lines;

  private constructor(child: Child, lines: Lines, port: number) {
    this.#child = child;
    this.#lines = lines;
    this.port = port;
  }

  static async start(cpu: number, kind: 'http' | 'raw', next: number): Promise<BareHop> {
    const lines = new Lines();
    const bytes = kind === 'http' ? replyBytes : replyBytes + replyHeadBytes;
    const child = await startChild(
      'build/native/scalelab-workload',
      [
        ...['enter', '--cpus', String(cpu), '--', 'build/native/scalelab-twin-bare-hop'],
        ...[kind, String(next), String(bytes)],
      ],
      {
        onLine: (line) => {
          lines.add(line);
        },
      },
    );
    return new BareHop(child, lines, Number(await lines.next()));
  }

  /** Microseconds of CPU time since its start. */
  async overhead(): Promise<number> {
    this.#child.writeLine('report');
    // Its output is fixed; it is built from this checkout.
    const { cpuMicros } = JSON.parse(await this.#lines.next()) as { readonly cpuMicros: number };
    return cpuMicros;
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }
}

/** Lines one after the other. */
class Lines {
  readonly #lines: string[] = [];
  readonly #waiting: ((line: string) => void)[] = [];

  add(line: string): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#lines.push(line);
    else waiting(line);
  }

  next(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
