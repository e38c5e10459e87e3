import type { Problem } from '../../core/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { TestbedFacts } from '../../telemetry/evidence.ts';
import type { PolicyInput } from '../../policy/port.ts';
import type { LiveTrial, Stage, Testbed, TrialRequest } from '../port.ts';
import { armApplication } from '../../plan/arm-application.ts';
import { ApplicationTrial } from './application-trial.ts';
import { checkApplication } from './check-application.ts';
import { constantRate, RunQueueTrial, type SimSpec } from './run-queue-trial.ts';

/** A simulated machine: one run queue in virtual time, or an application of one service. A trial takes milliseconds, and the same seed gives the same samples. */
export class SimTestbed implements Testbed {
  readonly time = 'virtual';
  readonly #spec: SimSpec;

  constructor(spec: SimSpec) {
    this.#spec = spec;
  }

  facts({ application }: Plan): Promise<TestbedFacts> {
    const { cores, workMicros } = this.#spec;
    const hasApplication = application !== null;
    const details = hasApplication ? {} : { workMicros };
    const notes = hasApplication ? ['The simulator kills no replica at its memory limit.'] : [];
    return Promise.resolve({ kind: 'sim', cores, source: 'sim', details, notes });
  }

  capacityCores({ application }: Plan): number | null {
    return application === null ? null : this.#spec.cores;
  }

  offers({ application }: Plan): ReturnType<Testbed['offers']> {
    if (application === null) return Promise.resolve({ inputs: [], acts: [] });
    return Promise.resolve({ inputs: simulatedInputs, acts: ['replicas', 'cpu', 'memory'] });
  }

  check(plan: Plan): Promise<readonly Problem[]> {
    const { application } = plan;
    return Promise.resolve(application === null ? checkLoads(plan) : checkApplication(plan, application));
  }

  prepare(plan: Plan): Promise<Stage> {
    return Promise.resolve({
      begin: (request: TrialRequest) => Promise.resolve(this.#begin(plan, request)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  }

  #begin(plan: Plan, request: TrialRequest): LiveTrial {
    const application = armApplication(plan, request.arm);
    if (application === null) return new RunQueueTrial(plan, this.#spec, request);
    const [service] = application.services;
    const allocation = service && request.arm.allocation?.[service.name];
    if (service === undefined || allocation === undefined)
      throw new Error(`the application ${application.name} was to be refused by the check`);
    return new ApplicationTrial({ application, service, allocation, cores: this.#spec.cores });
  }
}

/** All but network traffic. */
const simulatedInputs: readonly PolicyInput[] = [
  'cpu-usage',
  'cpu-request',
  'cpu-throttling',
  'memory-usage',
  'oom-kills',
  'wait-histogram',
  'wait-sum',
  'request-rate',
  'latency',
];

function checkLoads({ loads }: Plan): readonly Problem[] {
  return loads
    .filter((load) => constantRate(load) === null)
    .map(({ name }) => ({
      ...{ severity: 'error', code: 'load-not-simulated' },
      message: `Without an application the simulator has Poisson arrivals at a constant rate only; the load ${name} has others.`,
      hint: 'Use a load with a plain `rate`, or the application one-service.',
    }));
}
