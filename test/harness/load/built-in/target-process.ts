import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Arrival {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly contentType: string | null;
  readonly traceParent: string;
  /** Its number, from 1. */
  readonly connection: number;
  readonly connectionHeader: string;
}

export interface TargetProcess {
  readonly url: string;
  readonly pid: number;
  /** Those that have been heard of. */
  readonly arrivals: readonly Arrival[];
  /** Waits until so many have been heard of. */
  hear(count: number): Promise<readonly Arrival[]>;
}

/** A server in a process of its own, until the test ends. @param perSecond how many requests to `/limited` it answers */
export async function startTarget(perSecond = Infinity): Promise<TargetProcess> {
  const program = fileURLToPath(new URL('./target-program.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, ...(perSecond < Infinity ? [String(perSecond)] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines = createInterface({ input: child.stdout });
  // The first line is the port.
  const [port] = (await once(lines, 'line')) as [string];
  const arrivals: Arrival[] = [];
  // Our own program writes these lines.
  lines.on('line', (line) => arrivals.push(JSON.parse(line) as Arrival));
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? -1,
    arrivals,
    async hear(count) {
      while (arrivals.length < count) await delay(5);
      return arrivals;
    },
  };
}
