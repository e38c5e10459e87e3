import { connect } from 'node:net';
import type { Clock } from '../../../core/clock.ts';
import { HarnessError } from '../../../core/errors.ts';
import { wrongLimits } from '../group-limits.ts';
import type { ServiceReplicas } from './service-replicas.ts';

const connectWithinMs = 2000;

/**
 * Reads every limit back from the kernel, and connects to every front.
 * @throws HarnessError `testbed-failed` with all that is not as it was asked for
 */
export async function proveStart(
  services: readonly ServiceReplicas[],
  cpus: readonly number[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const wrong: string[] = [];
  for (const { replicas, limits, wanted, service } of services) {
    const living = replicas.filter(({ state }) => state === 'ready');
    if (living.length !== wanted) wrong.push(`${service.name} has ${living.length} replicas, not ${wanted}`);
    for (const { id, group } of living) {
      for (const what of wrongLimits(group, limits, cpus)) wrong.push(`${id} has ${what}`);
    }
  }
  const fronts = services.filter(({ service }) => service.role === 'front').flatMap(({ replicas }) => replicas);
  for (const { id, port } of fronts) {
    if (port !== null && !(await accepts(port, clock, signal)))
      wrong.push(`${id} accepts no connection on port ${port}`);
  }
  if (wrong.length === 0) return;
  throw new HarnessError('testbed-failed', `The application is not as it was asked for: ${wrong.join('; ')}.`, {
    hint: 'Something else changes our cgroups or processes; end it, then run the same command again.',
  });
}

async function accepts(port: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  const over = new AbortController();
  try {
    return await Promise.race([
      new Promise<boolean>((resolve) => {
        socket.once('connect', () => {
          resolve(true);
        });
        socket.once('error', () => {
          resolve(false);
        });
      }),
      clock.sleep(connectWithinMs, AbortSignal.any([over.signal, signal])).then(() => false),
    ]);
  } finally {
    over.abort();
    socket.destroy();
  }
}
