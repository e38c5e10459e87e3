import { isPortFree } from './port-holder.ts';

/** Below what Linux gives to outgoing connections, so that none of them sits on it while a replica is restarted. */
const lowest = 20_000;
const count = 10_000;
/** Spreads the processes of a machine, which would otherwise begin next to each other. */
const stride = 37;

/**
 * Ports of 127.0.0.1 on which nobody listens, so many different ones.
 * @param pid where to begin: two processes that look at the same time find different ones
 */
export async function freePorts(many: number, pid: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < many && tried < count; tried++) {
    const port = lowest + ((pid * stride + tried) % count);
    if (await isPortFree(port)) ports.push(port);
  }
  if (ports.length < many) throw new Error(`fewer than ${many} of the ports from ${lowest} on are free`);
  return ports;
}
