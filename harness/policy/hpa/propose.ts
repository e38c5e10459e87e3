import type { Sample } from '../../telemetry/sample.ts';
import type { MetricOption } from './metric-options.ts';
import { metricValue, milliPer, toMilli, type WaitUnit } from './metric-value.ts';
import { offeredPerSecond, type ReplicaWindow } from './metric-window.ts';
import type { Proposal } from './proposal.ts';
import {
  replicasForAverage,
  replicasForShare,
  replicasForUtilisation,
  replicasForValue,
  type Scaled,
} from './replica-calculator.ts';
import { podMetrics } from './scaled-service.ts';

/** What was measured since the last sync. */
export interface Measured {
  readonly samples: readonly Sample[];
  readonly windows: ReadonlyMap<string, ReplicaWindow>;
  readonly waitUnit: WaitUnit;
}

/** What one metric of the options asks for, of one service (`computeReplicasForMetric`). */
export function propose(option: MetricOption, scaled: Scaled, { samples, windows, waitUnit }: Measured): Proposal {
  const { source, metric, target } = option;
  const { now } = scaled.timing;
  if (source === 'resource') {
    const usage = ({ usedCores, memoryBytes }: ReplicaWindow): number | null =>
      metric === 'cpu' ? usedCores : memoryBytes;
    const metrics = podMetrics(scaled.pods, windows, now, 1000, usage);
    return target.kind === 'utilisation'
      ? replicasForUtilisation(scaled, metric, metrics, target.percent)
      : replicasForAverage(scaled, metric, metrics, toMilli(target.amount, 1000));
  }
  // Only a resource is a share of something requested: no other schema makes such a target.
  if (target.kind === 'utilisation') throw new Error(`${metric} has no utilisation`);
  const milliPerUnit = milliPer(target.unit, waitUnit);
  const targetMilli = toMilli(target.amount, milliPerUnit);
  if (source === 'pods') {
    const metrics = podMetrics(scaled.pods, windows, now, milliPerUnit, (window) => metricValue(metric, [window]));
    return replicasForAverage(scaled, null, metrics, targetMilli);
  }
  const ofReplicas = (): readonly ReplicaWindow[] =>
    scaled.pods.map(({ name }) => windows.get(name)).filter((window) => window !== undefined);
  const amount = source === 'external' ? offeredPerSecond(samples) : metricValue(metric, ofReplicas());
  const milli = amount === null ? null : toMilli(amount, milliPerUnit);
  return target.kind === 'value'
    ? replicasForValue(scaled, milli, targetMilli)
    : replicasForShare(scaled, milli, targetMilli);
}
