import type { RequestModel } from '../../../../harness/application/build-request.ts';
import type { ArrivalSchedule } from '../../../../harness/load/arrival-schedule.ts';
import type { LoadOrder } from '../../../../harness/load/port.ts';

const endpoint = { service: 'front', operation: 'serve', reply: 'text' } as const;

export const exampleRequests: RequestModel = {
  quantities: [{ name: 'user', distribution: { kind: 'uniform', low: 1, high: 962 }, source: 'test' }],
  endpoints: [
    {
      ...endpoint,
      name: 'read',
      method: 'GET',
      path: '/read',
      parameters: [{ name: 'user_id', pieces: [{ kind: 'quantity', quantity: 'user', plus: 0 }] }],
    },
    {
      ...endpoint,
      name: 'compose',
      method: 'POST',
      path: '/compose',
      parameters: [
        {
          name: 'text',
          pieces: [
            { kind: 'random', length: 64, characters: 'alphanumeric' },
            { kind: 'text', text: ' & ü' },
          ],
        },
      ],
    },
    { ...endpoint, name: 'broken', method: 'GET', path: '/broken', parameters: [] },
  ],
};

/** One request every `gapMs`, to the endpoints in turn. */
export function evenSchedule(count: number, gapMs: number, endpoints: readonly number[] = [0]): ArrivalSchedule {
  return {
    dueMs: Float64Array.from({ length: count }, (_, i) => gapMs * (i + 1)),
    endpoint: Uint8Array.from({ length: count }, (_, i) => endpoints[i % endpoints.length] ?? 0),
    payloadSeed: Uint32Array.from({ length: count }, (_, i) => (i * 2_654_435_761) >>> 0),
  };
}

export function exampleOrder(changes: Partial<LoadOrder> & Pick<LoadOrder, 'target' | 'workFolder'>): LoadOrder {
  return {
    schedule: evenSchedule(60, 10, [0, 1, 0]),
    requests: exampleRequests,
    timeoutMs: 2000,
    mostInFlight: 1000,
    connections: { kind: 'kept', maxAgeMs: null },
    spanShare: 0.5,
    cpus: null,
    ...changes,
  };
}
