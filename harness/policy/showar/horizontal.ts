import type { Range } from '../../plan/plan.ts';
import type { Decision, Reason } from '../../telemetry/action.ts';
import type { Sample } from '../../telemetry/sample.ts';
import type { PolicyContext } from '../port.ts';
import { clamped } from './clamped.ts';
import { deadBand, sideOf, type DeadBand } from './dead-band.ts';
import { adaptationSteps, adaptGains } from './gain-adaptation.ts';
import type { Mailbox, ScaleOutRequest } from './mailbox.ts';
import type { HorizontalOptions } from './horizontal-options.ts';
import { Pid, type Gains, type PidStep } from './pid.ts';
import { replicaStep } from './replica-step.ts';
import { backEndRanks, inOrder } from './service-order.ts';
import { WaitObserver, type WaitObservation, type WaitSignal } from './wait-observation.ts';

/**
 * SHOWAR-H: a PID controller on run-queue wait moves replicas a step up or down (Algorithm 1). A service on hold is left alone; its controller goes
 * on. A request of the one-core rule is one step up, whatever the controller says (ours).
 */
export class HorizontalLoop {
  readonly #options: HorizontalOptions;
  readonly #mailbox: Mailbox;
  readonly #waits: WaitObserver;
  readonly #band: DeadBand;
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #bounds: ReadonlyMap<string, Range>;
  readonly #replicas: Map<string, number>;
  readonly #controllers: readonly Controller[];

  /** @param services those that are scaled */
  constructor(
    options: HorizontalOptions,
    services: readonly string[],
    context: PolicyContext,
    { mailbox, signal }: { readonly mailbox: Mailbox; readonly signal: WaitSignal },
  ) {
    this.#options = options;
    this.#mailbox = mailbox;
    this.#waits = new WaitObserver(services, signal, options.observation);
    this.#band = deadBand(options.targetMs, options.alpha);
    this.#ranks = backEndRanks(context.services);
    this.#bounds = new Map(
      services.map((name) => {
        const { least = 1, most = 1 } = context.bounds[name]?.replicas ?? {};
        // A service without replicas has no waits, so it would stay at 0.
        return [name, { least: Math.max(1, least), most }];
      }),
    );
    this.#replicas = new Map(services.map((name) => [name, context.allocation[name]?.replicas ?? 0]));
    const groups = options.design === 'one-for-all' ? [services] : services.map((name) => [name]);
    this.#controllers = groups.map((group) => new Controller(options, group));
  }

  see(sample: Sample): void {
    this.#waits.see(sample);
    for (const { service, wanted } of sample.services ?? []) {
      if (this.#replicas.has(service)) this.#replicas.set(service, wanted);
    }
  }

  decide(nowMs: number): Decision[] {
    const observed = this.#waits.take();
    const proposals = this.#controllers.flatMap((controller) => {
      const outcome = controller.step(observed);
      return controller.services.map((service) => ({ service, outcome, output: outcome?.pid.output ?? null }));
    });
    return inOrder(proposals, this.#ranks).flatMap(({ service, outcome }) => {
      if (this.#mailbox.takeHold(service, nowMs)) return [];
      const decision = this.#decideOn(service, outcome, this.#mailbox.takeScaleOut(service));
      return decision === null ? [] : [decision];
    });
  }

  #decideOn(service: string, outcome: Outcome | null, request: ScaleOutRequest | null): Decision | null {
    const [replicas = 0, bounds] = [this.#replicas.get(service), this.#bounds.get(service)];
    const side = request !== null ? 'out' : outcome === null ? null : sideOf(this.#band, outcome.comparedMs);
    if (side === null || bounds === undefined || replicas === 0) return null;
    const step = replicaStep(replicas, this.#options.beta, this.#options.rounding);
    const asked = side === 'out' ? replicas + step : replicas - step;
    const wanted = clamped(asked, bounds);
    if (side === 'out' ? wanted <= replicas : wanted >= replicas) return null;
    const reason: Reason = {
      rule: request !== null ? 'one-core rule' : side === 'out' ? 'above band' : 'below band',
      numbers: {
        ...request,
        ...(outcome === null ? {} : this.#numbersOf(outcome)),
        ...{ replicas, step, bound: wanted === asked ? null : wanted > asked ? 'least' : 'most' },
      },
    };
    return { kind: 'replicas', service, replicas: wanted, reason };
  }

  #numbersOf({ observation, pid, gains, comparedMs }: Outcome): Reason['numbers'] {
    return {
      ...{ observationMs: observation.ms, p95s: observation.p95s, samples: observation.samples },
      ...{ targetMs: this.#options.targetMs, errorMs: pid.error, errorSumMs: pid.errorSum },
      ...{ errorChangeMs: pid.errorChange, kP: gains.proportional, kI: gains.integral, kD: gains.derivative },
      ...{ outputMs: pid.output, comparedMs, bandLowMs: this.#band.low, bandHighMs: this.#band.high },
    };
  }
}

interface Outcome {
  /** With One-for-All the mean over the services, of samples those that all of them had. */
  readonly observation: WaitObservation;
  readonly pid: PidStep;
  /** With which the output was computed. */
  readonly gains: Gains;
  readonly comparedMs: number;
}

/** One controller: of a service, or of all. */
class Controller {
  readonly services: readonly string[];
  readonly #options: HorizontalOptions;
  readonly #pid: Pid;
  #gains: Gains;
  #observationsMs: number[] = [];

  constructor(options: HorizontalOptions, services: readonly string[]) {
    this.services = services;
    this.#options = options;
    const { integralWindow, integralClampMs } = options;
    this.#pid = new Pid(integralWindow === 'unbounded' ? null : integralWindow, integralClampMs);
    this.#gains = options.gains;
  }

  /** Null if nothing was observed: then nothing of the controller moves. */
  step(observed: ReadonlyMap<string, WaitObservation>): Outcome | null {
    const { targetMs, reading, adaptation } = this.#options;
    const observation = meanObservation(this.services.flatMap((service) => observed.get(service) ?? []));
    if (observation === null) return null;
    const error = observation.ms - targetMs;
    const gains = this.#gains;
    const pid = this.#pid.step(error, gains);
    this.#observationsMs = [...this.#observationsMs, observation.ms].slice(-adaptationSteps);
    if (adaptation === 'adaptive') this.#gains = adaptGains(gains, this.#observationsMs, targetMs);
    return { observation, pid, gains, comparedMs: reading === 'literal' ? pid.output : targetMs + pid.output };
  }
}

function meanObservation(observations: readonly WaitObservation[]): WaitObservation | null {
  if (observations.length === 0) return null;
  const ms = observations.reduce((sum, one) => sum + one.ms, 0) / observations.length;
  const fewest = (of: (one: WaitObservation) => number): number => Math.min(...observations.map(of));
  return { ms, p95s: fewest(({ p95s }) => p95s), samples: fewest(({ samples }) => samples) };
}
