/*
 * A policy in TypeScript: the CPU limit of each service is the most that one of its replicas used lately, and half as much again. Copy it, and
 * change `step`.
 *
 * In a profile:
 *
 *     policy:
 *       name: process
 *       file: profiles/policies/headroom.ts
 *       interval: 15s
 *       window: 60s
 *       needs: [cpu-usage]
 *       acts: [cpu]
 *       options: { headroom: 1.5, window: 60 }
 *
 * It runs in a process of its own, and may import what it likes. What it prints is its log, whose end is shown if it fails.
 * docs/policies/process.md says what options, context and window are.
 */
import type { Decision, Policy, PolicyContext, Window } from 'scalelab';

interface Options {
  readonly headroom?: number;
  /** Seconds, as published. */
  readonly window?: number;
}

export function createPolicy({ headroom = 1.5, window = 60 }: Options, context: PolicyContext): Policy {
  const windowMs = context.compressed(window);
  let recent: Window['samples'] = [];
  const limits = new Map(Object.entries(context.allocation).map(([name, { cpuLimitCores }]) => [name, cpuLimitCores]));

  function decide(service: string): Decision[] {
    const bounds = context.bounds[service];
    const usedCores = recent.flatMap(({ services, intervalMs }) =>
      (services ?? [])
        .filter((reading) => reading.service === service)
        .flatMap(({ replicas }) => replicas)
        // A value that is missing is null, and not 0.
        .flatMap(({ cpuSeconds }) => (cpuSeconds === null ? [] : [(cpuSeconds * 1000) / intervalMs])),
    );
    if (bounds === undefined || usedCores.length === 0) return [];
    const mostCores = Math.max(...usedCores);
    const limitCores = Math.min(Math.max(mostCores * headroom, bounds.cpuCores.least), bounds.cpuCores.most);
    const before = limits.get(service) ?? null;
    // Changes of less than a tenth are not worth one.
    if (before !== null && Math.abs(limitCores / before - 1) < 0.1) return [];
    limits.set(service, limitCores);
    return [
      { kind: 'cpu', service, limitCores, reason: { rule: 'headroom', numbers: { mostCores, headroom, before } } },
    ];
  }

  return {
    name: 'headroom',
    intervalMs: context.compressed(15),
    step({ nowMs, samples }) {
      recent = [...recent, ...samples].filter(({ atMs }) => atMs > nowMs - windowMs);
      return Object.keys(context.bounds).flatMap(decide);
    },
  };
}
