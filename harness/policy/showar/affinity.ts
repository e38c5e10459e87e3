import type { Decision, PlacementRule } from '../../telemetry/action.ts';
import type { Sample } from '../../telemetry/sample.ts';
import type { PolicyContext } from '../port.ts';
import { correlation } from './correlation.ts';
import type { AffinityOptions } from './affinity-options.ts';
import { meanOf, resources, usageOfReplicas, type Resource } from './usage-reading.ts';

/** A rule between two services, and the correlation that it was made for. */
interface ActiveRule {
  readonly service: string;
  readonly with: string;
  readonly rule: Exclude<PlacementRule, 'none'>;
  readonly resource: Resource;
  readonly rho: number;
}

/**
 * SHOWAR-A: services whose CPU usage goes opposite ways are placed together, services whose memory grows at the same time apart. The paper takes
 * network traffic like CPU; samples have none.
 */
export class AffinityLoop {
  readonly #options: AffinityOptions;
  readonly #capacity: number;
  readonly #usage: ReadonlyMap<string, Readonly<Record<Resource, (number | null)[]>>>;
  #rules: readonly ActiveRule[] = [];

  /** @param services those that are scaled */
  constructor(options: AffinityOptions, services: readonly string[], context: PolicyContext) {
    this.#options = options;
    this.#capacity = Math.max(2, Math.round(context.compressed(options.everySeconds) / context.sampleMs));
    this.#usage = new Map(services.map((name) => [name, { cpu: [], memory: [] }]));
  }

  see(sample: Sample): void {
    const readings = new Map(sample.services?.map((reading) => [reading.service, reading]));
    for (const [name, vectors] of this.#usage) {
      const reading = readings.get(name);
      for (const resource of resources) {
        const usage = reading === undefined ? [] : meanOf(usageOfReplicas(reading, resource, sample.intervalMs));
        // Missing ones too, so that the vectors of all services keep step.
        vectors[resource].push(usage[0] ?? null);
        if (vectors[resource].length > this.#capacity) vectors[resource].shift();
      }
    }
  }

  /** Takes back rules whose correlation has changed, then makes new ones between services that had none. */
  decide(): Decision[] {
    const busy = new Set(this.#rules.flatMap((rule) => [rule.service, rule.with]));
    const judged = this.#rules.map((rule) => ({ rule, ...this.#changeOf(rule) }));
    const withdrawn = judged.filter(({ isChanged }) => isChanged);
    this.#rules = judged.filter(({ isChanged }) => !isChanged).map(({ rule }) => rule);
    const made: ActiveRule[] = [];
    for (const rule of this.#candidates()) {
      if (busy.has(rule.service) || busy.has(rule.with)) continue;
      busy.add(rule.service).add(rule.with);
      made.push(rule);
    }
    this.#rules = [...this.#rules, ...made];
    return [
      ...withdrawn.map(({ rule, rhoNow, changeShare }) => this.#withdrawal(rule, rhoNow, changeShare)),
      ...made.map((rule) => this.#creation(rule)),
    ];
  }

  /** A rule that was not taken over binds nobody. */
  refused(decision: Decision): void {
    if (decision.kind !== 'placement' || decision.rule === 'none') return;
    this.#rules = this.#rules.filter((rule) => rule.service !== decision.service || rule.with !== decision.with);
  }

  /** Relative to the correlation at creation (ours). One that can no longer be computed has changed too. */
  #changeOf(rule: ActiveRule): { rhoNow: number | null; changeShare: number | null; isChanged: boolean } {
    const rhoNow = this.#rho(rule.resource, rule.service, rule.with);
    const changeShare = rhoNow === null ? null : Math.abs(rhoNow - rule.rho) / Math.abs(rule.rho);
    return { rhoNow, changeShare, isChanged: changeShare === null || changeShare > this.#options.withdrawal + 1e-9 };
  }

  /** Largest absolute correlation first; of equal ones CPU first, then by the order of the model (ours). */
  #candidates(): ActiveRule[] {
    const names = [...this.#usage.keys()];
    const found = resources.flatMap((resource) =>
      names.flatMap((service, index) =>
        names.slice(index + 1).flatMap((other): ActiveRule[] => {
          const rho = this.#rho(resource, service, other);
          const rule = rho === null ? null : ruleFor(resource, rho, this.#options.threshold);
          return rho === null || rule === null ? [] : [{ service, with: other, rule, resource, rho }];
        }),
      ),
    );
    return found.toSorted((a, b) => Math.abs(b.rho) - Math.abs(a.rho));
  }

  #rho(resource: Resource, service: string, other: string): number | null {
    const [a, b] = [this.#usage.get(service), this.#usage.get(other)];
    return a === undefined || b === undefined ? null : correlation(a[resource], b[resource]);
  }

  #creation({ service, with: other, rule, resource, rho }: ActiveRule): Decision {
    const { threshold } = this.#options;
    const samples = this.#usage.get(service)?.[resource].length ?? 0;
    const reason = { rule: 'correlated', numbers: { resource, rho, threshold, samples } };
    return { kind: 'placement', service, rule, with: other, reason };
  }

  #withdrawal(
    { service, with: other, resource, rho }: ActiveRule,
    rhoNow: number | null,
    changeShare: number | null,
  ): Decision {
    const { withdrawal } = this.#options;
    const reason = { rule: 'correlation changed', numbers: { resource, rho, rhoNow, changeShare, withdrawal } };
    return { kind: 'placement', service, rule: 'none', with: other, reason };
  }
}

/** CPU at most -threshold: together. Memory at least threshold: apart. Anything else: no rule. */
function ruleFor(resource: Resource, rho: number, threshold: number): ActiveRule['rule'] | null {
  if (resource === 'cpu') return rho <= -threshold ? 'together' : null;
  return rho >= threshold ? 'apart' : null;
}
