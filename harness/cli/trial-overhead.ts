import type { Plan } from '../plan/plan.ts';

/**
 * What a trial costs beside its own length: 32 trials of 5 s without an application took 164 s (docs/verified.md). With one, its start
 * and the reset before it come on top.
 */
export function overheadPerTrialMs({ application, timeCompression }: Plan): number {
  if (application === null) return 200;
  const startUpMs = Math.max(...application.model.services.map((service) => service.startUpMs));
  return 2500 + (startUpMs + application.model.discoveryMs) / timeCompression;
}
