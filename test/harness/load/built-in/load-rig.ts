import { onTestFinished } from 'vitest';
import type { RequestModel } from '../../../../harness/application/build-request.ts';
import { systemClock } from '../../../../harness/core/clock.ts';
import { startChild } from '../../../../harness/core/process.ts';
import type { ArrivalSchedule } from '../../../../harness/load/arrival-schedule.ts';
import { BuiltInDriver } from '../../../../harness/load/built-in/built-in-driver.ts';
import type { LoadOrder, LoadOutcome, PreparedLoad, RunningLoad } from '../../../../harness/load/port.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../../../../harness/telemetry/request-log.ts';

export const never = new AbortController().signal;

export const driver = new BuiltInDriver({
  runner: startChild,
  clock: systemClock,
  systemPath: '/usr/sbin:/usr/bin:/sbin:/bin',
  cores: 4,
  nodeOptions: [],
});

const endpoint = { service: 'front', operation: 'serve', reply: 'text' } as const;

/** GETs of `/kind`, and as the last one a POST. */
export function requestsTo(...kinds: readonly string[]): RequestModel {
  return {
    quantities: [{ name: 'user', distribution: { kind: 'uniform', low: 1, high: 962 }, source: 'test' }],
    endpoints: [
      ...kinds.map((kind) => ({
        ...endpoint,
        name: kind,
        method: 'GET' as const,
        path: `/${kind}`,
        parameters: [{ name: 'user_id', pieces: [{ kind: 'quantity' as const, quantity: 'user', plus: 0 }] }],
      })),
      {
        ...endpoint,
        name: 'post',
        method: 'POST' as const,
        path: '/ok/post',
        parameters: [
          {
            name: 'text',
            pieces: [
              { kind: 'random' as const, length: 200, characters: 'alphanumeric' as const },
              { kind: 'text' as const, text: ' & ü' },
            ],
          },
        ],
      },
    ],
  };
}

/** One request every `gapMs`, to the endpoints in turn. */
export function everyFewMs(count: number, gapMs: number, endpoints: readonly number[] = [0]): ArrivalSchedule {
  return {
    dueMs: Float64Array.from({ length: count }, (_, index) => gapMs * (index + 1)),
    endpoint: Uint8Array.from({ length: count }, (_, index) => endpoints[index % endpoints.length] ?? 0),
    payloadSeed: Uint32Array.from({ length: count }, (_, index) => Math.imul(index, 0x9e3779b1) >>> 0),
  };
}

export function orderTo(url: string, changes: Partial<LoadOrder> = {}): LoadOrder {
  return {
    target: { url },
    schedule: everyFewMs(50, 4),
    requests: requestsTo('ok'),
    timeoutMs: 30_000,
    mostInFlight: 1000,
    connections: { kind: 'kept', maxAgeMs: null },
    spanShare: 0.5,
    cpus: null,
    workFolder: '/nowhere',
    ...changes,
  };
}

/** Ready to go, until the test ends. */
export async function prepared(order: LoadOrder): Promise<PreparedLoad> {
  const load = await driver.prepare(order, never);
  onTestFinished(async () => {
    await load[Symbol.asyncDispose]();
  });
  return load;
}

export async function begun(order: LoadOrder): Promise<RunningLoad> {
  return (await prepared(order)).go(never);
}

export async function sent(order: LoadOrder): Promise<LoadOutcome> {
  return (await begun(order)).finish(never);
}

/** How many requests became what. */
export function outcomes({ outcome }: RequestLog): Partial<Record<RequestOutcome, number>> {
  const counts: Partial<Record<RequestOutcome, number>> = {};
  for (const code of outcome) {
    const name = requestOutcomes[code] ?? 'unfinished';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
