import { unreachable } from '../core/unreachable.ts';
import type { ArrivalProcess, Load, RateShape } from './load.ts';
import { decimal, milliseconds, perSecond } from './render-quantity.ts';

type Rendered = Readonly<Record<string, unknown>>;

/** A load as it is written in a profile, with the contents of the files that it names in their place. */
export function renderLoad({ name, rate, arrivals, mix }: Load): Rendered {
  const ownRate = arrivals.kind === 'instants' ? {} : { rate: renderRate(rate) };
  return { name, ...ownRate, arrivals: renderArrivals(arrivals), ...(mix === null ? {} : { mix }) };
}

function renderRate(rate: RateShape): Rendered | string {
  switch (rate.kind) {
    case 'constant':
      return perSecond(rate.perSecond);
    case 'steps':
      return {
        shape: 'steps',
        steps: rate.steps.map((step) => ({ rate: perSecond(step.perSecond), for: milliseconds(step.durationMs) })),
      };
    case 'ramp':
      return {
        shape: 'ramp',
        from: perSecond(rate.fromPerSecond),
        to: perSecond(rate.toPerSecond),
        over: milliseconds(rate.durationMs),
      };
    case 'sine':
      return {
        shape: 'sine',
        mean: perSecond(rate.meanPerSecond),
        amplitude: perSecond(rate.amplitudePerSecond),
        period: milliseconds(rate.periodMs),
      };
    case 'diurnal':
      return {
        shape: 'diurnal',
        low: perSecond(rate.lowPerSecond),
        high: perSecond(rate.highPerSecond),
        day: milliseconds(rate.dayMs),
      };
    case 'spike':
      return {
        shape: 'spike',
        base: perSecond(rate.basePerSecond),
        peak: perSecond(rate.peakPerSecond),
        at: milliseconds(rate.atMs),
        rise: milliseconds(rate.riseMs),
        hold: milliseconds(rate.holdMs),
        fall: milliseconds(rate.fallMs),
      };
    case 'trace':
      return { shape: 'trace', file: rate.file, rates: lines(rate.perSecond), scale: rate.scale };
    default:
      return unreachable(rate);
  }
}

function renderArrivals(arrivals: ArrivalProcess): Rendered | string {
  switch (arrivals.kind) {
    case 'poisson':
    case 'even':
      return arrivals.kind;
    case 'bursty':
      return {
        process: 'bursty',
        factor: arrivals.burstFactor,
        burst: milliseconds(arrivals.burstMs),
        calm: milliseconds(arrivals.calmMs),
      };
    case 'instants':
      return {
        process: 'instants',
        file: arrivals.file,
        instants: lines(arrivals.atMs.map((atMs) => Number((atMs / 1000).toPrecision(15)))),
      };
    default:
      return unreachable(arrivals);
  }
}

const lines = (numbers: readonly number[]): string => numbers.map((number) => `${decimal(number)}\n`).join('');
