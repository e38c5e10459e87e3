import { connect } from 'node:net';
import type { Clock } from '../../../core/clock.ts';
import { HarnessError } from '../../../core/errors.ts';
import { wrongLimits } from '../group-limits.ts';
import type { ServiceReplicas } from './service-replicas.ts';

const connectWithinMs = 2000;

/**
 * Reads every limit back from the kernel, and connects to every front. Answers what is still missing, such as a replica that
 * has ended meanwhile; nothing if all is as it was asked for.
 * @throws HarnessError `testbed-failed` with all limits that are not as they were asked for
 */
export async function proveStart(
  services: readonly ServiceReplicas[],
  cpus: readonly number[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const living = services.flatMap(({ replicas, share, service }) =>
    replicas.filter(({ state }) => state === 'ready').map((replica) => ({ replica, share, service })),
  );
  const wrong = living.flatMap(({ replica: { id, group }, share }) =>
    wrongLimits(group, share, cpus).map((what) => `${id} has ${what}`),
  );
  if (wrong.length > 0) throw notAsAsked(wrong);
  const missing: string[] = [];
  for (const { replica, service } of living) {
    const { id, port } = replica;
    if (service.role !== 'front' || port === null || (await accepts(port, clock, signal))) continue;
    missing.push(`${id} accepts no connection on port ${port}`);
  }
  for (const { service, wanted } of services) {
    // Of those that were looked at, and that others were told of.
    const left = living.filter((one) => one.service === service && one.replica.state === 'ready').length;
    if (left !== wanted) missing.push(`${service.name} has ${left} replicas, not ${wanted}`);
  }
  return missing;
}

export function notAsAsked(what: readonly string[]): HarnessError {
  return new HarnessError('testbed-failed', `The application is not as it was asked for: ${what.join('; ')}.`, {
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
