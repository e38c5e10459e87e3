import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { realTimePrefix } from './real-time.ts';

/** The tiny server, and when requests came to it. */
export interface LoadTarget {
  readonly url: string;
  /** Ends it. @returns milliseconds of each arrival since the first */
  stop(): Promise<Float64Array>;
}

/** With real-time priority where there is one, as the generators have. @param cpu the only one that it may run on */
export async function startLoadTarget(cpu: number): Promise<LoadTarget> {
  const folder = mkdtempSync(join(tmpdir(), 'scalelab-bench-'));
  const file = join(folder, 'arrivals');
  const program = [...(await realTimePrefix()), 'build/native/scalelab-load-target', file];
  const child = spawn('taskset', ['--cpu-list', String(cpu), ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  // Its first line is its port.
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      const bytes = readFileSync(file);
      rmSync(folder, { recursive: true });
      const count = bytes.length / 8;
      const first = count === 0 ? 0n : bytes.readBigUInt64LE(0);
      return Float64Array.from({ length: count }, (_, index) => Number(bytes.readBigUInt64LE(8 * index) - first) / 1e6);
    },
  };
}
