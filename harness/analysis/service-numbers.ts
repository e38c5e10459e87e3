import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import type { ServiceNumbers } from './application-figure-data.ts';
import { isTold } from './arm-actions.ts';
import type { ServiceTotals, ServiceWalk } from './service-walk.ts';
import { spreadOf } from './spread.ts';

/** What each service used and suffered in the trials of one arm, in the order of the model. */
export function serviceNumbers(
  { application }: Pick<Plan, 'application'>,
  arm: string,
  trials: readonly RecordedTrial[],
  walk: ServiceWalk,
): readonly ServiceNumbers[] {
  if (application === null || trials.length === 0) return [];
  return application.model.services.map(({ name: service }) => {
    const ofTrials = walk.trials.flatMap(({ services, measuredSamples, measuredSeconds }) => {
      const totals = services.get(service);
      return totals === undefined ? [] : [{ ...{ totals, measuredSamples, measuredSeconds } }];
    });
    const perSecond = (value: (totals: ServiceTotals) => number | null): ServiceNumbers['cpuCores'] =>
      spreadOf(ofTrials.map(({ totals, measuredSeconds }) => ratio(value(totals), measuredSeconds)));
    const perSample = (value: (totals: ServiceTotals) => number | null): ServiceNumbers['cpuCores'] =>
      spreadOf(ofTrials.map(({ totals, measuredSamples }) => ratio(value(totals), measuredSamples)));
    const sum = (value: (totals: ServiceTotals) => number | null): number | null =>
      reduceKnown(
        ofTrials.map(({ totals }) => value(totals)),
        (a, b) => a + b,
      );
    // In a sample without a reading of it no replica was ready.
    const fewest = ofTrials.map(({ totals, measuredSamples }) =>
      totals.samples < measuredSamples ? 0 : totals.fewestReady,
    );
    return {
      ...{ arm, service },
      replicas: { fewest: Math.min(...fewest), most: Math.max(0, ...ofTrials.map(({ totals }) => totals.mostReady)) },
      meanReplicas: perSample(({ ready }) => ready),
      limitCores: perSample(({ limitCores }) => limitCores),
      cpuCores: perSecond(({ cpuSeconds }) => cpuSeconds),
      throttledShare: spreadOf(
        ofTrials.map(({ totals }) =>
          totals.quotaPeriods === null ? null : ratio(totals.throttledPeriods, totals.quotaPeriods),
        ),
      ),
      waitP95Seconds: spreadOf(
        ofTrials.map(({ totals: { waits } }) =>
          waits.slots === null ? null : (waitQuantile(waits.slots, 0.95)?.value ?? null),
        ),
      ),
      memory: ofTrials.reduce<ServiceNumbers['memory']>(
        (most, { totals: { memory } }) => (memory !== null && memory.bytes > (most?.bytes ?? -1) ? memory : most),
        null,
      ),
      oomKills: sum(({ oomKills }) => oomKills),
      restarts: restartsOf(service, trials),
      requestsPerSecond: perSecond(({ requests }) => requests),
      errors: sum(({ errors }) => errors),
      actions: actionsOn(service, trials),
      startToAnswerMs: reduceKnown(
        ofTrials.map(({ totals }) => totals.slowestStartMs),
        Math.max,
      ),
    };
  });
}

const ratio = (value: number | null, of: number): number | null => (value === null || of === 0 ? null : value / of);

/** Null if nothing is known. */
function reduceKnown(values: readonly (number | null)[], join: (a: number, b: number) => number): number | null {
  return values.reduce<number | null>((joined, one) => {
    if (one === null) return joined;
    return joined === null ? one : join(joined, one);
  }, null);
}

function restartsOf(service: string, trials: readonly RecordedTrial[]): number {
  const events = trials.flatMap(({ record }) => record.evidence.application?.events ?? []);
  return events.filter((event) => event.type === 'restarted' && event.service === service).length;
}

function actionsOn(service: string, trials: readonly RecordedTrial[]): ServiceNumbers['actions'] {
  let [accepted, refused, logs] = [0, 0, 0];
  for (const { control } of trials) {
    if (control === null) continue;
    logs += 1;
    for (const action of control.actions) {
      if (action.decision.service !== service || !isTold(action)) continue;
      if (action.state === 'refused') refused += 1;
      else accepted += 1;
    }
  }
  return logs === 0 ? null : { accepted, refused };
}
