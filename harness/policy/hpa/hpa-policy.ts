import type { Decision } from '../../telemetry/action.ts';
import type { ServiceReading } from '../../telemetry/application-reading.ts';
import type { Policy, PolicyContext, Window } from '../port.ts';
import { Autoscaler, type AutoscalerSettings, type Behavior } from './autoscaler.ts';
import type { RulesOption } from './behavior-options.ts';
import { replicaWindows } from './metric-window.ts';
import type { HpaOptions } from './options.ts';
import { propose, type Measured } from './propose.ts';
import type { Scaled } from './replica-calculator.ts';
import type { ReplicaRange, ScalingRules } from './scaling-limits.ts';
import { countLiving, podsOf } from './scaled-service.ts';
import { syncReason } from './sync-reason.ts';

/** One HPA object and what it wanted last. */
interface Hpa {
  readonly service: string;
  readonly autoscaler: Autoscaler;
  /** Seconds as published. */
  wanted: { readonly at: number; readonly from: number; readonly to: number } | null;
}

/** An HPA for each service that may be scaled. */
export class HpaPolicy implements Policy {
  readonly name = 'hpa';
  readonly intervalMs: number;
  readonly #options: HpaOptions;
  readonly #context: PolicyContext;
  readonly #hpas: readonly Hpa[];

  constructor(options: HpaOptions, context: PolicyContext) {
    this.#options = options;
    this.#context = context;
    this.intervalMs = context.compressed(options.syncSeconds);
    const { downscaleStabilisationSeconds: downscaleStabilisation } = options;
    const behavior = behaviorOf(options);
    this.#hpas = context.services.flatMap(({ name, isScalable }): Hpa[] => {
      const range = context.bounds[name]?.replicas;
      if (!isScalable || range === undefined) return [];
      const settings: AutoscalerSettings = { ...rangeOf(options, range), behavior, downscaleStabilisation };
      return [{ service: name, autoscaler: new Autoscaler(settings), wanted: null }];
    });
  }

  step({ nowMs, samples, settled }: Window): readonly Decision[] {
    const { signal, waitUnit } = this.#options;
    const services = new Map(samples.at(-1)?.services?.map((reading) => [reading.service, reading]));
    const measured: Measured = { samples, windows: replicaWindows(samples, signal), waitUnit };
    const refused = new Set(
      settled
        .filter(({ state, decision }) => state === 'refused' && decision.kind === 'replicas')
        .map(({ decision }) => decision.service),
    );
    const now = this.#publishedSeconds(nowMs);
    return this.#hpas.flatMap((hpa) => {
      // An update that failed is no scale event.
      if (hpa.wanted !== null && !refused.has(hpa.service)) {
        hpa.autoscaler.rescaled(hpa.wanted.from, hpa.wanted.to, hpa.wanted.at);
      }
      hpa.wanted = null;
      const reading = services.get(hpa.service);
      return reading === undefined ? [] : this.#sync(hpa, reading, nowMs, now, measured);
    });
  }

  #sync(hpa: Hpa, reading: ServiceReading, nowMs: number, now: number, measured: Measured): readonly Decision[] {
    const { metrics, waitUnit } = this.#options;
    const { service } = hpa;
    const { wanted: current } = reading;
    const scaled = this.#scaled(reading, nowMs, measured);
    const sync = hpa.autoscaler.sync(now, current, () => metrics.map((metric) => propose(metric, scaled, measured)));
    // Without a metric it does nothing, and without replicas it is off.
    if (sync.kind === 'off' || sync.kind === 'failed') return [];
    const { replicas } = sync;
    hpa.wanted = { at: now, from: current, to: replicas };
    return [{ kind: 'replicas', service, replicas, reason: syncReason(sync, current, metrics, waitUnit) }];
  }

  #scaled(reading: ServiceReading, nowMs: number, { windows }: Measured): Scaled {
    const { tolerance, oldTolerance, cpuInitialisationSeconds, initialReadinessDelaySeconds } = this.#options;
    return {
      pods: podsOf(reading, windows),
      currentReplicas: reading.wanted,
      statusReplicas: countLiving(reading.replicas),
      tolerance: { ...tolerance, form: oldTolerance ? 'distance' : 'band' },
      timing: {
        now: nowMs,
        cpuInitialisation: this.#context.compressed(cpuInitialisationSeconds),
        initialReadinessDelay: this.#context.compressed(initialReadinessDelaySeconds),
      },
    };
  }

  /**
   * Time as the published windows count it, in whole syncs: samples end a little late, and whether what happened one window ago still counts must
   * not hang on that. In Kubernetes it does not count any more: a sync takes time, and the next one begins a whole period after it has ended.
   */
  #publishedSeconds(nowMs: number): number {
    return Math.round(nowMs / this.intervalMs) * this.#options.syncSeconds * (1 + syncShare);
  }
}

/** What a sync itself takes, as a share of the period: so little that it only decides between windows that would end just then. */
const syncShare = 1e-6;

/** What the options say, within the bounds of the profile. */
function rangeOf({ minReplicas, maxReplicas }: HpaOptions, { least, most }: ReplicaBounds): ReplicaRange {
  const within = (replicas: number): number => Math.min(Math.max(replicas, least), most);
  return { min: within(minReplicas ?? 1), max: within(maxReplicas ?? most) };
}

type ReplicaBounds = PolicyContext['bounds'][string]['replicas'];

function behaviorOf({ behavior, downscaleStabilisationSeconds }: HpaOptions): Behavior | null {
  if (behavior === null) return null;
  const rules = ({ stabilizationWindowSeconds, select, policies }: RulesOption): ScalingRules => ({
    stabilizationWindow: stabilizationWindowSeconds ?? downscaleStabilisationSeconds,
    select,
    policies: policies.map(({ kind, value, periodSeconds }) => ({ kind, value, period: periodSeconds })),
  });
  return { scaleUp: rules(behavior.scaleUp), scaleDown: rules(behavior.scaleDown) };
}
