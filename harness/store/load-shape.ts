import type { ArrivalProcess, PlannedLoad, RateShape } from '../plan/plan.ts';
import {
  isFolderName,
  isNumber,
  isPositive,
  isText,
  listOf,
  nullOr,
  record,
  unionOf,
  type Check,
  type Shape,
} from './shape.ts';

const isRate: Check = unionOf<RateShape>({
  constant: { perSecond: isNumber },
  steps: { steps: listOf(record({ perSecond: isNumber, durationMs: isNumber })) },
  ramp: { fromPerSecond: isNumber, toPerSecond: isNumber, durationMs: isNumber },
  sine: { meanPerSecond: isNumber, amplitudePerSecond: isNumber, periodMs: isPositive },
  diurnal: { lowPerSecond: isNumber, highPerSecond: isNumber, dayMs: isPositive },
  spike: {
    basePerSecond: isNumber,
    peakPerSecond: isNumber,
    atMs: isNumber,
    riseMs: isNumber,
    holdMs: isNumber,
    fallMs: isNumber,
  },
  trace: { file: isText, perSecond: listOf(isNumber), scale: isPositive, stepMs: isPositive },
});

const areArrivals: Check = unionOf<ArrivalProcess>({
  poisson: {},
  even: {},
  bursty: { burstFactor: isPositive, burstMs: isPositive, calmMs: isPositive },
  instants: { file: isText, atMs: listOf(isNumber) },
});

/** A load in `plan.json`. */
export const loadShape: Shape<PlannedLoad> = {
  name: isFolderName,
  rate: isRate,
  arrivals: areArrivals,
  mix: nullOr(isText),
};
