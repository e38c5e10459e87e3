import { join, resolve } from 'node:path';
import { packageRoot } from '../../core/package-root.ts';
import type { JsonObject } from '../../plan/plan.ts';
import type { Policy, PolicyContext } from '../port.ts';

/** What the file of a policy exports. */
export type CreatePolicy = (options: JsonObject, context: PolicyContext) => unknown;

/**
 * Imports a TypeScript or JavaScript file. `scalelab` in it is this Scalelab, wherever the file is.
 * @throws whatever the file throws; an error if it exports no `createPolicy`
 */
export async function importPolicyFile(file: string): Promise<CreatePolicy> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    // A policy is started once a trial; what another one left could be older than the file.
    fsCache: false,
    // So that errors have the lines of the file.
    sourceMaps: true,
    interopDefault: false,
    alias: { scalelab: join(packageRoot, 'dist', 'harness', 'index.js') },
  });
  const module: unknown = await jiti.import(resolve(file));
  const exported = new Map<string, unknown>(
    typeof module === 'object' && module !== null ? Object.entries(module) : [],
  );
  const createPolicy = exported.get('createPolicy');
  if (typeof createPolicy !== 'function') {
    const names = [...exported.keys()].join(', ') || 'nothing';
    throw new Error(`it exports ${names}, expected a function createPolicy(options, context)`);
  }
  // What it answers is looked at when it does.
  return createPolicy as CreatePolicy;
}

/** Paths that errors do not name: those of Scalelab, of packages, and of Node. */
export const isNotTheUsers = (path: string): boolean =>
  path.startsWith(join(packageRoot, 'dist') + '/') || path.includes('/node_modules/');

/** @throws Error if it is no policy of the port */
export function asPolicy(value: unknown): Policy {
  if (!(value instanceof Object)) throw new Error(`createPolicy gave ${String(value)}, expected a policy`);
  // A class has its step in the prototype.
  const { name, intervalMs, step } = value as Partial<Record<keyof Policy, unknown>>;
  if (typeof step !== 'function') throw new Error('createPolicy gave an object without a function step(window)');
  if (typeof intervalMs !== 'number' || !(intervalMs > 0))
    throw new Error(
      `createPolicy gave intervalMs ${String(intervalMs)}, expected milliseconds: context.compressed(15)`,
    );
  if (typeof name !== 'string' || name === '') throw new Error(`createPolicy gave name ${String(name)}, expected text`);
  return value as Policy;
}
