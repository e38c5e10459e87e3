import { unreachable } from '../../../core/unreachable.ts';
import type { Fault } from '../../../plan/plan.ts';
import { hasCode } from '../error-code.ts';
import type { ServiceContext } from './context.ts';
import type { Replica } from './replica.ts';
import type { ServiceReplicas } from './service-replicas.ts';

const lookEveryMs = 10;

/**
 * Does to the oldest replica that is ready what the profile asks for, at its instant of the trial, or as soon after it as one is
 * ready. Nothing if none is before the trial ends.
 * @param originMs start of the trial, on `Clock.nowMs`
 * @param onInjected it happens
 */
export async function injectFault(
  fault: Fault,
  { originMs, trialMs }: { readonly originMs: number; readonly trialMs: number },
  service: Pick<ServiceReplicas, 'replicas'>,
  { clock, over, report }: Pick<ServiceContext, 'clock' | 'over' | 'report'>,
  onInjected: () => void,
): Promise<void> {
  await clock.sleep(Math.max(0, originMs + fault.atMs - clock.nowMs()), over);
  let replica: Replica | undefined;
  while ((replica = service.replicas.find(isThere)) === undefined) {
    if (clock.nowMs() >= originMs + trialMs) return;
    await clock.sleep(lookEveryMs, over);
  }
  onInjected();
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

/** One that was killed a moment ago is still taken for ready. */
const isThere = ({ state, endedBy }: Replica): boolean => state === 'ready' && endedBy === null;

/** Not to one that has ended: its number may belong to another by now. */
function send({ twin, state }: Replica, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (twin === null || state === 'ended') return;
  try {
    process.kill(twin.pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
