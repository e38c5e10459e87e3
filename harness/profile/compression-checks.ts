import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { Load } from './load.ts';
import type { ParsedProfile } from './schema.ts';

/**
 * Arrivals that are given cannot be compressed: divided by k, they would come k times as often, and a rate is what k leaves alone.
 * @param loads those that could be read, by their index in the profile
 */
export function compressionMistakes(
  { timeCompression }: ParsedProfile,
  loads: ReadonlyMap<number, Load>,
): FieldMistake[] {
  if (timeCompression === 1) return [];
  return [...loads.values()]
    .filter(({ arrivals }) => arrivals.kind === 'instants')
    .slice(0, 1)
    .map(({ name }) => ({
      path: ['timeCompression'],
      message: `the arrivals of the load ${JSON.stringify(name)} are instants, which would come more often, expected 1`,
    }));
}
