import type { Application } from '../application/application.ts';
import { HarnessError } from '../core/errors.ts';
import type { Plan, PlannedArm } from '../plan/plan.ts';
import { defaultLimits } from '../profile/default-limits.ts';
import { makeAllocation } from '../profile/make-allocation.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import type { LocalSpec } from './load-testbed.ts';

const mostReplicas = 100;

/** How often the kept application is looked at. */
export const statusEveryMs = 5000;

/** A plan of one arm, in which the application has all it can use; only its testbed, application and arm count. */
export function appPlan(
  testbed: LocalSpec,
  reference: string,
  model: Application,
  scales: readonly string[],
): { readonly plan: Plan; readonly arm: PlannedArm } {
  const replicas = scales.map((scale) => parseScale(scale, model));
  const services = Object.fromEntries(replicas.map(([name, count]) => [name, { replicas: count }]));
  const arm: PlannedArm = {
    name: 'app',
    disturbances: { cpu: null },
    allocation: makeAllocation(model, { default: {}, services }),
    assumedDemand: 1,
    policy: null,
    overrides: {},
  };
  const plan: Plan = {
    ...{ format: 1, name: 'app', seed: 1, aa: false, testbed, source: 'auto', timeCompression: 1 },
    application: {
      ...{ reference, model, sloMs: 200, faults: [] },
      driver: {
        ...{ name: 'built-in', timeoutMs: 5000, mostInFlight: 1000, spanShare: 0 },
        connections: { kind: 'kept', maxAgeMs: null },
      },
    },
    ...{ trialMs: statusEveryMs, warmupMs: 0, sampleMs: statusEveryMs, canary: null, limits: defaultLimits },
    ...{ bounds: null, prices: null },
    ...{ arms: [arm], loads: [], hypotheses: [], blocks: [] },
  };
  return { plan, arm };
}

/** `text-service=2`. @throws HarnessError `usage` */
function parseScale(text: string, { services }: Application): readonly [service: string, replicas: number] {
  const [, name = '', digits = ''] = /^([^=]+)=(\d{1,3})$/.exec(text) ?? [];
  if (name === '' || Number(digits) > mostReplicas) {
    const expected = `a service and its replicas, 0 to ${mostReplicas}, such as text-service=2`;
    throw new HarnessError('usage', `--scale: found ${JSON.stringify(text)}, expected ${expected}.`);
  }
  const names = services.map((service) => service.name);
  const role = services.find((service) => service.name === name)?.role;
  if (role === undefined) throw new HarnessError('usage', `--scale: ${unknownWord('service', name, names)}`);
  const replicas = Number(digits);
  if (role === 'store' && replicas !== 1)
    throw new HarnessError('usage', `--scale: ${name} is a store, expected 1 replica: what it stores is not shared.`);
  if (role === 'front' && replicas === 0)
    throw new HarnessError('usage', `--scale: ${name} is a front, expected at least 1 replica.`);
  return [name, replicas];
}
