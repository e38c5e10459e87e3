import type { Application } from '../application/application.ts';
import { compressedSampleMs } from './compressed-sample.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import { makeAllocation } from './make-allocation.ts';
import type { PolicySpec } from './policy-spec.ts';
import { milliseconds } from './render-quantity.ts';
import type { ParsedProfile } from './schema.ts';

type Times = Pick<ParsedProfile, 'trial' | 'sampleInterval' | 'timeCompression'>;

/** Of the policies of all arms, in the times of the profile (design 4.8). @param policies by arm */
export function policyTimeMistakes(profile: ParsedProfile, policies: readonly (PolicySpec | null)[]): FieldMistake[] {
  const arms = profile.arms.flatMap(({ name }, index) => {
    const policy = policies[index];
    return policy ? [{ name, ...policy.demands }] : [];
  });
  const longest = mostOf(arms, ({ longestWindowSeconds }) => longestWindowSeconds);
  const quickest = mostOf(arms, ({ intervalSeconds }) => -intervalSeconds);
  return [
    ...(longest === undefined ? [] : windowMistakes(profile, longest.name, 1000 * longest.longestWindowSeconds)),
    ...(quickest === undefined ? [] : intervalMistakes(profile, quickest.name, 1000 * quickest.intervalSeconds)),
  ];
}

/** Utilisation is a share of a request: without any there is none. @param policies by arm */
export function requestMistakes(
  { arms }: ParsedProfile,
  model: Application,
  policies: readonly (PolicySpec | null)[],
): FieldMistake[] {
  return arms.flatMap(({ allocation = { default: {}, services: {} } }, index): FieldMistake[] => {
    const policy = policies[index];
    if (!policy?.demands.needs.includes('cpu-request')) return [];
    const given = makeAllocation(model, allocation);
    const scalable = model.services.filter(({ role }) => role !== 'store');
    if (scalable.some(({ name }) => (given[name]?.cpuRequestCores ?? null) !== null)) return [];
    const message = `${policy.name} needs the CPU request of a service, and none has one; expected cpu or cpuRequest in the allocation`;
    return [{ path: ['arms', index, 'policy'], message }];
  });
}

function mostOf<Item>(items: readonly Item[], value: (item: Item) => number): Item | undefined {
  return items.reduce<Item | undefined>(
    (most, item) => (most === undefined || value(item) > value(most) ? item : most),
    undefined,
  );
}

/** A trial that is not twice as long would show how the policy fills its window, not how it scales. */
function windowMistakes(
  { trial, sampleInterval, timeCompression }: Times,
  arm: string,
  windowMs: number,
): FieldMistake[] {
  const compressedMs = digits(windowMs / timeCompression);
  if (trial.duration >= 2 * compressedMs) return [];
  const leastMs = sampleInterval * Math.ceil((2 * compressedMs) / sampleInterval);
  const window =
    timeCompression === 1
      ? milliseconds(windowMs)
      : `${milliseconds(windowMs)}, ${shown(compressedMs)} at time compression ${timeCompression}`;
  const message = `${milliseconds(trial.duration)} is too short for the policy of arm ${JSON.stringify(arm)}, whose longest window is ${window}; expected at least ${milliseconds(leastMs)}: two of them`;
  return [{ path: ['trial', 'duration'], message }];
}

/** A policy cannot see more often than it is measured. */
function intervalMistakes(times: Times, arm: string, intervalMs: number): FieldMistake[] {
  const { sampleInterval, timeCompression } = times;
  const sampleMs = sampleAt(sampleInterval, timeCompression);
  const compressedMs = digits(intervalMs / timeCompression);
  if (compressedMs >= sampleMs) return [];
  const steps = `the policy of arm ${JSON.stringify(arm)} steps every ${shown(compressedMs)}`;
  const fits = mostCompression(sampleInterval, intervalMs, timeCompression);
  if (fits === null) {
    const message = `${milliseconds(sampleInterval)} between samples, and ${steps}; expected at most ${milliseconds(intervalMs)}`;
    return [{ path: ['sampleInterval'], message }];
  }
  const message = `${steps} at time compression ${timeCompression}, sooner than a sample of ${milliseconds(sampleMs)}; expected at most ${fits}`;
  return [{ path: ['timeCompression'], message }];
}

/** The largest whole compression at which the interval is no shorter than a sample; null if none is. */
function mostCompression(sampleInterval: number, intervalMs: number, below: number): number | null {
  for (let k = Math.floor(below); k >= 1; k--) if (intervalMs / k >= sampleAt(sampleInterval, k)) return k;
  return null;
}

const sampleAt = (sampleMs: number, timeCompression: number): number =>
  compressedSampleMs({ sampleMs, timeCompression });

/** For a person: division may leave any number of digits. */
const shown = (ms: number): string => (ms < 1000 ? `${Number(ms.toFixed(2))}ms` : milliseconds(Math.round(ms)));

/** What division adds beyond 12 digits is dust. */
const digits = (value: number): number => Number(value.toPrecision(12));
