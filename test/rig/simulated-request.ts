import type { Application } from '../../harness/application/application.ts';
import { operationOf, type CallTree, type TreeStep } from '../../harness/application/call-tree.ts';
import type { Random } from '../../harness/core/random.ts';
import type { Span } from '../../harness/telemetry/span.ts';

/** How a service fares in an arm. */
export interface Weather {
  /** Mean run-queue wait before each burst of work. */
  readonly contentionMs: number;
  /** Chance that a burst meets the end of its quota, and how long it then waits at most. */
  readonly throttleChance: number;
  readonly throttleMs: number;
  /** Mean wait for a connection, of the few that wait. */
  readonly connectionMs: number;
}

/** What one execution did, for the readings of its replica. */
export interface Execution {
  readonly service: string;
  readonly atMs: number;
  readonly cpuMs: number;
  readonly contentionMs: number;
  readonly throttledMs: number;
}

export interface SimulatedRequest {
  readonly endMs: number;
  readonly spans: readonly Span[];
  readonly executions: readonly Execution[];
}

/** One request through the model: demands, waits and calls in its order, drawn from `random`. Not the twin, but it has its shape. */
export function simulateRequest(
  application: Application,
  tree: CallTree,
  [request, startMs]: readonly [number, number],
  weatherOf: (service: string) => Weather,
  random: Random,
): SimulatedRequest {
  const spans: Span[] = [];
  const executions: Execution[] = [];
  let ids = 0;
  const run = (call: CallTree, parent: number, fromMs: number): number => {
    const id = ++ids;
    const { service, operation } = call;
    const weather = weatherOf(service);
    const demand = operationOf(application, call).cpu;
    const meanMs = (application.cpuScale * (demand.meanMicros + demand.perItemMicros * 4)) / 1000;
    const cpuMs = demand.shape === 'exponential' ? random.exponential(meanMs) : meanMs;
    const contentionMs = random.exponential(weather.contentionMs);
    const throttledMs = random.uniform() < weather.throttleChance ? random.uniform() * weather.throttleMs : 0;
    const connectionMs = call.steps.length > 0 && random.uniform() < 0.1 ? random.exponential(weather.connectionMs) : 0;
    let nowMs = fromMs + contentionMs + cpuMs * application.cpuFirstShare + connectionMs;
    const beforeCallsMs = nowMs;
    for (const step of call.steps) nowMs = runStep(step, id, nowMs);
    const downstreamMs = nowMs - beforeCallsMs;
    nowMs += throttledMs + cpuMs * (1 - application.cpuFirstShare);
    executions.push({ service, atMs: nowMs, cpuMs, contentionMs, throttledMs });
    spans.push({
      ...{ request, id, parent, service, operation, replica: `${service}-1`, startMs: fromMs, endMs: nowMs },
      ...{ cpuMs, waitMs: contentionMs + throttledMs, connectionMs, downstreamMs, isError: false },
    });
    // The way back, and the wake-up of the caller.
    return nowMs + 0.04;
  };
  const runStep = (step: TreeStep, parent: number, fromMs: number): number => {
    switch (step.kind) {
      case 'call':
        return run(step.call, parent, fromMs + 0.03);
      case 'parallel':
        return Math.max(...step.calls.map((call, index) => run(call, parent, fromMs + 0.03 * (index + 1))));
      case 'choice':
        return (random.uniform() < step.chance ? step.then : step.otherwise).reduce(
          (nowMs, inner) => runStep(inner, parent, nowMs),
          fromMs,
        );
    }
  };
  const endMs = run(tree, 0, startMs);
  return { endMs, spans, executions };
}
