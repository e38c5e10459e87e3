import { HarnessError } from '../core/errors.ts';
import { stream } from '../core/random.ts';
import type { Load } from '../profile/load.ts';
import { arrivals } from './arrival-process.ts';
import type { ArrivalSchedule } from './arrival-schedule.ts';
import { compressLoad } from './compress-load.ts';
import { rateCurve } from './rate-shape.ts';

/** What a schedule depends on, and nothing else. */
export interface ScheduleRequest {
  readonly load: Load;
  /** Length of the trial, as it takes place: time compression shortens the load only. */
  readonly durationMs: number;
  /** Root of its streams, any safe integer: that of the block. */
  readonly seed: number;
  /** By endpoint: how often it is asked for, in any unit, at least one above 0. At most 256. */
  readonly weights: readonly number[];
  /** 1 without it. */
  readonly timeCompression?: number;
}

export const mostRequests = 16_000_000;

/**
 * Why the arrivals of a load cannot be drawn for a trial, or null: known before anything is started. By the integral of its rate; chance
 * can still carry one that is just below the bound over it.
 */
export function tooManyArrivals(load: Load, durationMs: number, timeCompression: number): string | null {
  const expected = rateCurve(compressLoad(load, timeCompression).rate).cumulative(durationMs);
  return expected > mostRequests ? excess(expected) : null;
}

/**
 * Draws the arrivals of a trial. A longer trial only adds requests: those before keep instant, endpoint and seed.
 * @throws HarnessError `profile-invalid` if there are more than 16 million
 */
export function makeSchedule({
  load,
  durationMs,
  seed,
  weights,
  timeCompression = 1,
}: ScheduleRequest): ArrivalSchedule {
  const { rate, arrivals: process } = compressLoad(load, timeCompression);
  const curve = rateCurve(rate);
  const expected = curve.cumulative(durationMs);
  if (expected > mostRequests) throw tooMany(load, expected);
  const dueMs = instantsBefore(durationMs, arrivals(process, curve, seed), expected, () => tooMany(load, expected));
  const endpoint = new Uint8Array(dueMs.length);
  const payloadSeed = new Uint32Array(dueMs.length);
  const choose = chooser(weights);
  const endpoints = stream(seed, 'endpoints');
  const payload = stream(seed, 'payload');
  for (let index = 0; index < dueMs.length; index++) {
    endpoint[index] = choose(endpoints.uniform());
    payloadSeed[index] = Math.floor(payload.uniform() * 2 ** 32);
  }
  return { dueMs, endpoint, payloadSeed };
}

/** In whole microseconds, rounded down: an instant within the trial stays there. */
function instantsBefore(endMs: number, next: () => number, expected: number, tooMany: () => Error): Float64Array {
  let instants = new Float64Array(Math.min(mostRequests, Math.ceil(expected + 5 * Math.sqrt(expected) + 16)));
  let count = 0;
  let last = 0;
  for (let ms = next(); ms < endMs; ms = next()) {
    if (count === mostRequests) throw tooMany();
    if (count === instants.length) {
      const larger = new Float64Array(Math.min(mostRequests, 2 * count));
      larger.set(instants);
      instants = larger;
    }
    // The inverse is exact to the last bit, which can still put two instants in the wrong order.
    last = Math.max(last, Math.floor(ms * 1000) / 1000);
    instants[count++] = last;
  }
  return instants.slice(0, count);
}

/** From a uniform number to an index, as often as the weights say. */
export function chooser(weights: readonly number[]): (uniform: number) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0) || weights.length > 256 || weights.some((weight) => weight < 0)) {
    throw new Error(`weights of endpoints that cannot be drawn from: ${weights.join(', ')}`);
  }
  let sum = 0;
  const bounds = weights.map((weight) => (sum += weight) / total);
  // Rounding may leave the last bound below 1.
  const last = weights.findLastIndex((weight) => weight > 0);
  return (uniform) => {
    const index = bounds.findIndex((bound) => uniform < bound);
    return index === -1 ? last : index;
  };
}

const excess = (expected: number): string =>
  `some ${Math.round(expected)} requests in a trial, expected at most ${mostRequests}`;

function tooMany({ name }: Load, expected: number): HarnessError {
  const message = `The load ${name} has ${excess(expected)}.`;
  return new HarnessError('profile-invalid', message, { hint: 'Lower its rate, or make the trial shorter.' });
}
