import { Agent } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectedWork } from '../../../deathstarbench/client/expected-work.ts';
import { readSpans } from '../../../deathstarbench/client/read-spans.ts';
import type { TwinSpan } from '../../../deathstarbench/client/read-spans.ts';
import { buildRequest } from '../../../harness/application/build-request.ts';
import { applicationOf, ask, traceParent, TwinRig, whyNoTwin } from '../twin-rig.ts';

/** Small demands: what is compared is what was drawn, not how long it takes. */
const application = { ...applicationOf('deathstarbench/social-network.yaml'), cpuScale: 0.001 };
const requests = 400;
const seedOf = (index: number): number => Math.imul(index + 1, 0x9e3779b1) >>> 0;

/** Asks for all endpoints in turn; gives the spans once the replicas have ended. */
async function spansOfRequests(): Promise<readonly TwinSpan[]> {
  const rig = await TwinRig.open(application);
  const replicas = await rig.startAll();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  onTestFinished(() => {
    agent.destroy();
  });
  const front = replicas.get('nginx-thrift');
  const statuses = await Promise.all(
    Array.from({ length: requests }, async (_, index) => {
      const { method, path, body } = buildRequest(application, index % application.endpoints.length, seedOf(index));
      const headers = { traceparent: traceParent(index, seedOf(index)) };
      const asked = { method, headers, agent, ...(body === null ? {} : { body }) };
      return (await ask(front?.port ?? 0, path, asked)).status;
    }),
  );
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  agent.destroy();
  for (const replica of replicas.values()) {
    await rig.unregister(replica);
    replica.drain();
  }
  for (const replica of replicas.values()) expect(await replica.exited).toMatchObject({ exitCode: 0, stderrTail: '' });
  return readSpans(rig.files.spans, 0);
}

describe.skipIf(whyNoTwin() !== null)('the work of the social network', () => {
  test(
    'every replica draws from the seed of the request exactly what the harness draws',
    { timeout: 60_000 },
    async () => {
      const spans = await spansOfRequests();
      const byRequest = new Map<number, TwinSpan[]>();
      for (const span of spans) byRequest.set(span.request, [...(byRequest.get(span.request) ?? []), span]);
      expect(byRequest.size).toBe(requests);
      for (let index = 0; index < requests; index++) {
        const endpoint = application.endpoints[index % application.endpoints.length]?.name ?? '';
        const drawn = (byRequest.get(index) ?? [])
          .map(({ id, parent, service, operation, demandMicros }) => ({ id, parent, service, operation, demandMicros }))
          .toSorted((a, b) => a.id - b.id);
        expect(drawn).toEqual(expectedWork(application, endpoint, seedOf(index)));
      }
      // A span lies within its caller's, up to the time that the answer was on its way.
      for (const family of byRequest.values()) {
        const callers = new Map(family.map((span) => [span.id, span]));
        for (const { parent, startMs } of family) {
          expect(startMs).toBeGreaterThanOrEqual(callers.get(parent)?.startMs ?? 0);
        }
      }
    },
  );
});
