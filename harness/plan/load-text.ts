import { exactDuration } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import type { ArrivalProcess, PlannedLoad, RateShape } from './plan.ts';

/** A load in a few words: `100/s, Poisson`. */
export function loadText({ rate, arrivals, mix }: PlannedLoad): string {
  const own = arrivals.kind === 'instants' ? [] : [rateText(rate)];
  return [...own, arrivalsText(arrivals), ...(mix === null ? [] : [`mix ${mix}`])].join(', ');
}

function rateText(rate: RateShape): string {
  switch (rate.kind) {
    case 'constant':
      return `${rate.perSecond}/s`;
    case 'steps':
      return rate.steps.map((step) => `${step.perSecond}/s for ${exactDuration(step.durationMs)}`).join(', then ');
    case 'ramp':
      return `${rate.fromPerSecond}/s to ${rate.toPerSecond}/s over ${exactDuration(rate.durationMs)}`;
    case 'sine':
      return `${rate.meanPerSecond} ± ${rate.amplitudePerSecond}/s, period ${exactDuration(rate.periodMs)}`;
    case 'diurnal':
      return `${rate.lowPerSecond}/s to ${rate.highPerSecond}/s in days of ${exactDuration(rate.dayMs)}`;
    case 'spike':
      return `${rate.basePerSecond}/s, a spike of ${rate.peakPerSecond}/s at ${exactDuration(rate.atMs)}`;
    case 'trace':
      return `rates of ${rate.file}${rate.scale === 1 ? '' : ` times ${rate.scale}`}`;
    default:
      return unreachable(rate);
  }
}

function arrivalsText(arrivals: ArrivalProcess): string {
  switch (arrivals.kind) {
    case 'poisson':
      return 'Poisson';
    case 'even':
      return 'evenly spaced';
    case 'bursty':
      return `bursts of ${arrivals.burstFactor} times the rate`;
    case 'instants':
      return `instants of ${arrivals.file}`;
    default:
      return unreachable(arrivals);
  }
}
