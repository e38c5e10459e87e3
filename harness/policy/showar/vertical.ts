import type { Range } from '../../plan/plan.ts';
import type { Decision, Reason } from '../../telemetry/action.ts';
import type { Sample } from '../../telemetry/sample.ts';
import type { PolicyContext } from '../port.ts';
import { clamped } from './clamped.ts';
import { resized, sizeOf } from './cpu-size.ts';
import type { Mailbox } from './mailbox.ts';
import type { VerticalOptions } from './vertical-options.ts';
import { SizedService } from './sized-service.ts';
import { meanOf, resources, usageOfReplicas, type Resource } from './usage-reading.ts';
import type { UsageEstimate } from './usage-window.ts';

/**
 * SHOWAR-V: sizes CPU and memory of each service to mean + 3 sigma of what its replicas used. It acts if that changed by more than the threshold,
 * or if something was killed by its memory limit. Sizes are cut to the bounds before they are compared, so that one at a bound is not asked
 * for again and again.
 */
export class VerticalLoop {
  readonly #options: VerticalOptions;
  readonly #mailbox: Mailbox;
  readonly #services: ReadonlyMap<string, SizedService>;

  /** @param services those that are scaled */
  constructor(options: VerticalOptions, services: readonly string[], context: PolicyContext, mailbox: Mailbox) {
    this.#options = options;
    this.#mailbox = mailbox;
    const capacity = Math.max(1, Math.round(context.compressed(options.windowSeconds) / context.sampleMs));
    this.#services = new Map(
      services.flatMap((name): [string, SizedService][] => {
        const bounds = context.bounds[name];
        return bounds === undefined ? [] : [[name, new SizedService(bounds, context.allocation[name], capacity)]];
      }),
    );
  }

  see(sample: Sample): void {
    for (const reading of sample.services ?? []) {
      const service = this.#services.get(reading.service);
      if (service === undefined) continue;
      for (const resource of resources) {
        const usage = usageOfReplicas(reading, resource, sample.intervalMs);
        service.windows[resource].push(this.#options.samples === 'per-pod' ? usage : meanOf(usage));
      }
      // Those that ended too: they may have been killed.
      for (const { oomKills } of reading.replicas) service.oomKills += oomKills ?? 0;
    }
  }

  /** Resizes, and what they mean for the horizontal loop goes into the mailbox. */
  decide(nowMs: number): Decision[] {
    return [...this.#services].flatMap(([name, service]) => {
      this.#mailbox.takeBackScaleOut(name);
      const decisions = resources.map((resource) => this.#decideOn(name, service, resource));
      service.oomKills = 0;
      const resizes = decisions.filter((decision) => decision !== null);
      if (resizes.length > 0) this.#mailbox.hold(name, nowMs);
      return resizes;
    });
  }

  /** A resize that was not done: the size is what it was before. */
  refused(decision: Decision): void {
    this.#services.get(decision.service)?.takeBack(decision);
  }

  #decideOn(name: string, service: SizedService, resource: Resource): Decision | null {
    const { k, threshold, oneCoreRule, size: part, changeBase, partialWindow } = this.#options;
    const window = service.windows[resource];
    const usage = window.estimate(k);
    if (usage === null || (partialWindow === 'wait' && !window.isFull)) return null;
    const isAboveOneCore = resource === 'cpu' && oneCoreRule !== null && usage.estimate > oneCoreRule;
    const size = isAboveOneCore ? usage.estimate : sizeWithin(service.boundsOf(resource), resource, usage.estimate);
    const applied = resource === 'cpu' ? sizeOf(service.cpu, part) : service.memoryBytes;
    const base = (changeBase === 'evaluated' ? service.evaluated[resource] : null) ?? applied;
    service.evaluated[resource] = size;
    const changeShare = base === null ? null : Math.abs(size - base) / base;
    // Strictly more; the dust is of the division.
    const isChanged = changeShare === null || changeShare > threshold + 1e-9;
    if (!isChanged && service.oomKills === 0) return null;
    if (isAboveOneCore) {
      this.#mailbox.requestScaleOut(name, { estimateCores: usage.estimate, oneCoreRuleCores: oneCoreRule });
      return null;
    }
    if (size === applied) return null;
    const reason: Reason = {
      rule: !isChanged ? 'OOM kill' : changeShare === null ? 'no size yet' : 'changed enough',
      numbers: {
        ...named(resource, usage, { base, size }),
        ...{ k, samples: usage.samples, changeShare, threshold, oomKills: service.oomKills },
        bound: size === whole(resource, usage.estimate) ? null : size > usage.estimate ? 'least' : 'most',
      },
    };
    if (resource === 'memory') {
      service.resizeMemory(size);
      return { kind: 'memory', service: name, limitBytes: size, reason };
    }
    const cpu = resized(service.cpu, part, size, service.bounds.cpuCores);
    service.resizeCpu(cpu);
    return { kind: 'cpu', service: name, ...cpu, reason };
  }
}

const sizeWithin = (bounds: Range, resource: Resource, estimate: number): number =>
  clamped(whole(resource, estimate), bounds);

/** A limit of memory is whole bytes; 12 digits first, without the dust of the mean. */
const whole = (resource: Resource, estimate: number): number =>
  resource === 'cpu' ? estimate : Math.ceil(Number(estimate.toPrecision(12)));

function named(
  resource: Resource,
  { mean, sigma, estimate }: UsageEstimate,
  { base, size }: { readonly base: number | null; readonly size: number },
): Reason['numbers'] {
  return resource === 'cpu'
    ? { meanCores: mean, sigmaCores: sigma, estimateCores: estimate, baseCores: base, sizeCores: size }
    : { meanBytes: mean, sigmaBytes: sigma, estimateBytes: estimate, baseBytes: base, sizeBytes: size };
}
