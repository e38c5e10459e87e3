import { unreachable } from '../../core/unreachable.ts';
import { waitQuantile } from '../../telemetry/wait-quantile.ts';
import { slotCount } from '../../telemetry/wait-slots.ts';
import type { ReplicaMetric, TargetUnit } from './metric-options.ts';
import type { ReplicaWindow } from './metric-window.ts';

/** Unit in which run-queue wait is told to the controller. */
export type WaitUnit = 'seconds' | 'milliseconds';

/**
 * Of one replica, or of several as a whole: milliseconds, a ratio, or requests per second. Replicas of which it is not known are left out.
 * @returns null if it is known of none
 */
export function metricValue(metric: ReplicaMetric, windows: readonly ReplicaWindow[]): number | null {
  switch (metric) {
    case 'runqueue-wait-p95':
      return waitP95Ms(windows.map(({ waitHistograms }) => waitHistograms).filter((known) => known !== null));
    case 'runqueue-ratio':
      return demandOverRequest(windows);
    case 'request-rate': {
      const rates = windows.map(({ requestsPerSecond }) => requestsPerSecond).filter((rate) => rate !== null);
      return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
    }
    default:
      return unreachable(metric);
  }
}

/** (usage + wait) / request (tracing.md 7.4). */
function demandOverRequest(windows: readonly ReplicaWindow[]): number | null {
  let [demandCores, requestedCores] = [0, 0];
  for (const { usedCores, waitCores, requestCores } of windows) {
    if (usedCores === null || waitCores === null || requestCores === null) continue;
    demandCores += usedCores + waitCores;
    requestedCores += requestCores;
  }
  return requestedCores === 0 ? null : demandCores / requestedCores;
}

/** Where nothing waited it is 0: a replica that is idle is no missing one, which would be taken to be at its target. */
function waitP95Ms(ofReplicas: readonly (readonly (readonly number[])[])[]): number | null {
  if (ofReplicas.length === 0) return null;
  const sum = new Array<number>(slotCount).fill(0);
  for (const slots of ofReplicas.flat()) {
    for (let slot = 0; slot < slotCount; slot++) sum[slot] = (sum[slot] ?? 0) + (slots[slot] ?? 0);
  }
  return (waitQuantile(sum, 0.95)?.value ?? 0) * 1000;
}

/** Milli-units of the controller in one of ours. */
export function milliPer(unit: TargetUnit, waitUnit: WaitUnit): number {
  return unit === 'ms' && waitUnit === 'seconds' ? 1 : 1000;
}

/**
 * Whole milli-units. A Kubernetes quantity is rounded up to them (`Quantity.MilliValue`); before that it is rounded to nano-units, as what
 * metrics-server tells is, which also takes the dust of binary fractions away.
 */
export function toMilli(amount: number, milliPerUnit: number): number {
  const milli = amount * milliPerUnit;
  if (milli < 2 ** 32) return Math.ceil(Math.round(milli * 1e6) / 1e6);
  // From here on there is no room for nano-units in a double, and no need for them. A quantity has an end too.
  return Math.min(Math.ceil(milli), Number.MAX_SAFE_INTEGER);
}
