import type { Application, CpuDemand, Mix } from './application.ts';
import { callName, callOrder, weighedCalls } from './call-order.ts';
import { operationOf } from './call-tree.ts';
import { meanQuantity } from './mean-quantity.ts';

/** Mean CPU time of one request of a mix, in microseconds, `cpuScale` included. What a hop itself costs is in its demand, if it is less. */
export interface ExpectedDemand {
  readonly totalMicros: number;
  /** Of every service, also those that no request reaches. */
  readonly byService: ReadonlyMap<string, number>;
  /** By `service/operation`, of those that an endpoint leads to. */
  readonly byOperation: ReadonlyMap<string, number>;
}

/** What requests of a mix cost on average, from the model alone. */
export function expectedDemand(application: Application, mix: Mix): ExpectedDemand {
  const byService = new Map(application.services.map(({ name }) => [name, 0]));
  const byOperation = new Map<string, number>();
  const means = new Map(application.quantities.map(({ name, distribution }) => [name, meanQuantity(distribution)]));
  for (const [name, runs] of expectedRuns(application, mix)) {
    const [service = '', operation = ''] = name.split('/');
    const { cpu } = operationOf(application, { service, operation });
    const micros = runs * meanDemand(cpu, means) * application.cpuScale;
    byOperation.set(name, micros);
    byService.set(service, (byService.get(service) ?? 0) + micros);
  }
  const totalMicros = [...byService.values()].reduce((sum, micros) => sum + micros, 0);
  return { totalMicros, byService, byOperation };
}

/** How often each operation that an endpoint leads to runs for one request of a mix, on average, by `service/operation`. */
export function expectedRuns(application: Application, mix: Mix): ReadonlyMap<string, number> {
  const order = callOrder(application);
  const runs = new Map(order.map((call) => [callName(call), 0]));
  const add = (name: string, times: number): void => void runs.set(name, (runs.get(name) ?? 0) + times);
  const weights = new Map(mix.weights.map(({ endpoint, weight }) => [endpoint, weight]));
  const sum = mix.weights.reduce((total, { weight }) => total + weight, 0);
  for (const endpoint of application.endpoints) add(callName(endpoint), (weights.get(endpoint.name) ?? 0) / sum);
  // Callers come first, so that the runs of an operation are complete before they are handed down.
  for (const call of order) {
    const own = runs.get(callName(call)) ?? 0;
    for (const next of weighedCalls(operationOf(application, call).steps)) add(callName(next), own * next.times);
  }
  return runs;
}

function meanDemand(cpu: CpuDemand, means: ReadonlyMap<string, number>): number {
  const items = cpu.items.reduce((sum, name) => sum + (means.get(name) ?? 0), 0);
  return cpu.meanMicros + cpu.perItemMicros * items;
}
