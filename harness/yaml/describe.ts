import { cut } from './did-you-mean.ts';

/** A value of YAML as a message names it: `"5 parsecs"`, `the number 5`, `a list`, `nothing`. */
export function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'boolean' ? String(value) : 'a mapping';
}
