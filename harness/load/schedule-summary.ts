import type { Load } from '../profile/load.ts';
import type { ArrivalSchedule } from './arrival-schedule.ts';
import { countsByWindow, dispersion, type Dispersion } from './dispersion.ts';
import { rateCurve } from './rate-shape.ts';
import { scheduleSha256 } from './schedule-file.ts';

/** A schedule in numbers: what was drawn, beside what the rate lets expect. */
export interface ScheduleSummary {
  readonly durationMs: number;
  readonly requests: number;
  readonly expectedRequests: number;
  /** Of the second with the most, and when it begins; null without arrivals. */
  readonly busiestSecond: { readonly requests: number; readonly fromMs: number } | null;
  /** The highest rate at a thousand instants of the schedule. */
  readonly expectedPeak: { readonly perSecond: number; readonly atMs: number };
  readonly dispersion: readonly Dispersion[];
  /** In the order of the model; null if it is not known. */
  readonly endpoints: readonly { readonly endpoint: string; readonly requests: number }[] | null;
  readonly sha256: string;
}

const windowsMs = [10, 100, 1000, 10_000];

/** @param endpoints names by the index that the schedule holds; null if they are not known */
export function summarizeSchedule(
  load: Load,
  schedule: ArrivalSchedule,
  durationMs: number,
  endpoints: readonly string[] | null,
): ScheduleSummary {
  const curve = rateCurve(load.rate);
  const { dueMs } = schedule;
  const counts = countsByWindow(dueMs, 1000, Math.ceil(durationMs / 1000));
  const most = counts.reduce((largest, count) => Math.max(largest, count), 0);
  let expectedPeak = { perSecond: curve.rateAt(0), atMs: 0 };
  for (let point = 1; point < 1000; point++) {
    const atMs = (point / 1000) * durationMs;
    const perSecond = curve.rateAt(atMs);
    if (perSecond > expectedPeak.perSecond) expectedPeak = { perSecond, atMs };
  }
  return {
    durationMs,
    requests: dueMs.length,
    expectedRequests: curve.cumulative(durationMs),
    busiestSecond: most === 0 ? null : { requests: most, fromMs: 1000 * counts.indexOf(most) },
    expectedPeak,
    dispersion: windowsMs.map((windowMs) => dispersion(dueMs, durationMs, windowMs, curve)),
    endpoints: endpoints && endpoints.map((endpoint, index) => ({ endpoint, requests: countOf(schedule, index) })),
    sha256: scheduleSha256(schedule),
  };
}

function countOf({ endpoint }: ArrivalSchedule, wanted: number): number {
  return endpoint.reduce((count, index) => count + (index === wanted ? 1 : 0), 0);
}

/** The rate in equal parts of the schedule: as expected, and as drawn. */
export function ratesOverTime(
  load: Load,
  { dueMs }: ArrivalSchedule,
  durationMs: number,
  parts: number,
): { readonly expected: readonly number[]; readonly drawn: readonly number[] } {
  const curve = rateCurve(load.rate);
  const partMs = durationMs / parts;
  const drawn = new Array<number>(parts).fill(0);
  for (const due of dueMs) {
    const part = Math.min(parts - 1, Math.floor(due / partMs));
    drawn[part] = (drawn[part] ?? 0) + 1000 / partMs;
  }
  const expected = drawn.map(
    (_, part) => ((curve.cumulative((part + 1) * partMs) - curve.cumulative(part * partMs)) * 1000) / partMs,
  );
  return { expected, drawn };
}
