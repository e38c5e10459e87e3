import { HarnessError } from '../../../core/errors.ts';
import { formatSeconds } from '../../../core/units.ts';
import type { Replica } from './replica.ts';
import type { ServiceReplicas } from './service-replicas.ts';

/** From this share of its time on, a replica that is not ready is so because its CPU limit held it back. */
const throttledShare = 0.5;

/**
 * Says why replicas are still not ready although there was time enough: their CPU limit, which is an outcome of the arm.
 * @throws HarnessError `testbed-failed` if it is anything else
 */
export function whyNotReady(services: readonly Pick<ServiceReplicas, 'replicas'>[], nowMs: number): string {
  const late = services.flatMap(({ replicas }) => replicas.filter(({ state }) => state === 'starting'));
  const throttled = late.find((replica) => isThrottled(replica, nowMs));
  if (throttled !== undefined) return `${throttled.id} ${lateness(throttled, nowMs)} with ${limitText(throttled)}`;
  const [first] = late;
  const what = first === undefined ? 'The application is not complete' : `${first.id} ${lateness(first, nowMs)}`;
  throw new HarnessError('testbed-failed', `${what}.`, {
    hint: 'Run `npx scalelab check` to see what this machine lacks; a machine that is busy with other things is too slow.',
  });
}

function isThrottled(replica: Replica, nowMs: number): boolean {
  const seconds = replica.readUsage().throttledSeconds ?? 0;
  return seconds > (throttledShare * (nowMs - replica.startedAtMs)) / 1000;
}

const lateness = ({ startedAtMs }: Replica, nowMs: number): string =>
  `was not ready ${formatSeconds((nowMs - startedAtMs) / 1000)} after its start`;

const limitText = ({ limits, usage }: Replica): string =>
  `${limits.cpuCores ?? 0} cores, throttled for ${formatSeconds(usage.throttledSeconds ?? 0)}`;
