import { unreachable } from '../../../core/unreachable.ts';
import type { Fault } from '../../../plan/plan.ts';
import { hasCode } from '../error-code.ts';
import type { ServiceContext } from './context.ts';
import type { Replica } from './replica.ts';
import type { ServiceReplicas } from './service-replicas.ts';

/**
 * Does to the oldest replica that is ready what the profile asks for, at its instant of the trial; nothing if none is ready.
 * @param originMs start of the trial, on `Clock.nowMs`
 */
export async function injectFault(
  fault: Fault,
  originMs: number,
  service: Pick<ServiceReplicas, 'replicas'>,
  { clock, over, report }: Pick<ServiceContext, 'clock' | 'over' | 'report'>,
): Promise<void> {
  await clock.sleep(Math.max(0, originMs + fault.atMs - clock.nowMs()), over);
  const replica = service.replicas.find(({ state }) => state === 'ready');
  if (replica === undefined) return;
  switch (fault.kind) {
    case 'kill':
      replica.endedBy = 'profile';
      replica.twin?.kill();
      return;
    case 'stop':
      send(replica, 'SIGSTOP');
      report(
        'stopped-by-profile',
        fault.service,
        replica.id,
        `was stopped for ${fault.durationMs} ms as the profile asks`,
      );
      await clock.sleep(fault.durationMs, over);
      send(replica, 'SIGCONT');
      return;
    default:
      unreachable(fault);
  }
}

/** Not to one that has ended: its number may belong to another by now. */
function send({ twin, state }: Replica, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (twin === null || state === 'ended') return;
  try {
    process.kill(twin.pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
