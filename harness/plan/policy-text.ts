import { plural } from '../core/plural.ts';
import { exactDuration } from '../core/units.ts';
import type { Json, JsonObject, Plan, PolicySpec } from './plan.ts';

/** A policy in two lines: its options as they were written, and how often it steps in a trial. */
export function policyLines(
  { name, written, demands }: PolicySpec,
  { trialMs, timeCompression }: Pick<Plan, 'trialMs' | 'timeCompression'>,
): readonly string[] {
  const options = Object.keys(written).length === 0 ? 'with its defaults' : flowText(written);
  const intervalMs = (1000 * demands.intervalSeconds) / timeCompression;
  const windowMs = (1000 * demands.longestWindowSeconds) / timeCompression;
  // Whole microseconds: dust of the division would make a step too few.
  const steps = Math.floor(Number((trialMs / intervalMs).toFixed(6)));
  return [
    `policy ${name} ${options}`,
    [
      `${plural(steps, 'step')} in a trial, every ${text(intervalMs)}`,
      ...(windowMs === 0 ? [] : [`longest window ${text(windowMs)}`]),
    ].join(', '),
  ];
}

/** Division may leave any number of digits. */
const text = (ms: number): string => exactDuration(ms < 1000 ? Number(ms.toFixed(3)) : Math.round(ms));

/** As a profile may write it on one line: `{ metrics: [{ cpu: 50 % }] }`. */
function flowText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  // What is no list is a mapping; its type does not say so.
  const fields = Object.entries(value as JsonObject).map(([key, inner]) => `${key}: ${flowText(inner)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
