import type { PolicyService } from '../port.ts';

/**
 * The rank of each service in the call graph, 0 first: a service comes after all that it calls, so that back-ends are before the front-ends that
 * depend on them. Where two services call each other, the one that is earlier in the model comes later.
 */
export function backEndRanks(services: readonly PolicyService[]): ReadonlyMap<string, number> {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ranks = new Map<string, number>();
  const seen = new Set<string>();
  const visit = (service: PolicyService): void => {
    if (seen.has(service.name)) return;
    seen.add(service.name);
    for (const name of service.calls) {
      const called = byName.get(name);
      if (called !== undefined) visit(called);
    }
    ranks.set(service.name, ranks.size);
  };
  for (const service of services) visit(service);
  return ranks;
}

/** Who acts first (One-for-Each): the largest absolute output; of equal ones, the back-end. An output that is missing is 0. */
export function inOrder<Entry extends { readonly service: string; readonly output: number | null }>(
  entries: readonly Entry[],
  ranks: ReadonlyMap<string, number>,
): Entry[] {
  const size = ({ output }: Entry): number => Math.abs(output ?? 0);
  const rank = ({ service }: Entry): number => ranks.get(service) ?? ranks.size;
  return entries.toSorted((a, b) => size(b) - size(a) || rank(a) - rank(b));
}
