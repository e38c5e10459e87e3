import { describe, expect, test } from 'vitest';
import { withAssumedDemand } from '../../../harness/application/assumed-demand.ts';
import { callName, callOrder } from '../../../harness/application/call-order.ts';
import { callTree } from '../../../harness/application/call-tree.ts';
import { compressTimes } from '../../../harness/application/compress-times.ts';
import { expectedDemand, expectedRuns } from '../../../harness/application/expected-demand.ts';
import type { Application, Mix } from '../../../harness/application/application.ts';
import { readProjectFile } from '../../guard/project-files.ts';
import { changed, loaded, smallText } from './application-text.ts';

const small = loaded(smallText);
const social = loaded(readProjectFile('deathstarbench/social-network.yaml'));

function firstMix({ mixes }: Application): Mix {
  const [mix] = mixes;
  if (!mix) throw new Error('no mix');
  return mix;
}

describe('what a request costs on average', () => {
  test('counts calls with their chances, items with their mean, and cpuScale', () => {
    const { totalMicros, byService, byOperation } = expectedDemand(small, firstMix(small));

    // Twice 100; twice 200 + 10 * 3; twice 0.25 * 400, and 0.75 * 2 * 40.
    expect([...byService]).toEqual([
      ['gate', 200],
      ['work', 460],
      ['shelf', 320],
    ]);
    expect(Object.fromEntries(byOperation)).toEqual({
      'gate/ask': 200,
      'work/do': 460,
      'shelf/find': 200,
      'shelf/get': 120,
    });
    expect(totalMicros).toBe(980);
  });

  test('endpoints count by their weights, and one that is missing for nothing', () => {
    const text = changed(
      [
        '        reply: 10 B\n',
        '        reply: 10 B\n      - { name: look, cpu: { mean: 10us, source: ours }, reply: 1 B }\n',
      ],
      ['mixes:\n', '  - { name: look, method: GET, path: /look, call: gate/look, reply: text }\nmixes:\n'],
      ['weight: 1 }]', 'weight: 3 }, { endpoint: look, weight: 1 }]'],
    );
    const runs = expectedRuns(loaded(text), firstMix(loaded(text)));

    expect(runs.get('gate/look')).toBe(0.25);
    expect(runs.get('gate/ask')).toBe(0.75);
    expect(runs.get('shelf/get')).toBe(0.75 * 0.75 * 2);
    expect(expectedRuns(loaded(text), { name: 'x', weights: [{ endpoint: 'ask', weight: 5 }], source: '' })).toEqual(
      new Map([...expectedRuns(small, firstMix(small)), ['gate/look', 0]]),
    );
  });

  test('a service that nobody calls costs nothing, and is there', () => {
    expect(expectedDemand(social, firstMix(social)).byService.get('media-mongodb')).toBe(0);
  });
});

test('the order of calls has every operation that is reached once, behind all that call it', () => {
  const order = callOrder(social).map(callName);
  const operations = social.services.flatMap(({ name, operations }) =>
    operations.map((operation) => `${name}/${operation.name}`),
  );

  expect([...order].sort()).toEqual([...operations].sort());
  expect(callOrder(small).map(callName)).toEqual(['gate/ask', 'work/do', 'shelf/get', 'shelf/find']);
  for (const { name, operations } of social.services) {
    for (const operation of operations) {
      const calls = JSON.stringify(operation.steps).matchAll(/"service":"([^"]+)","operation":"([^"]+)"/g);
      for (const [, service = '', called = ''] of calls) {
        expect(order.indexOf(`${service}/${called}`)).toBeGreaterThan(order.indexOf(`${name}/${operation.name}`));
      }
    }
  }
});

test('a call tree has the steps of every call in it', () => {
  const leaf = (operation: string): object => ({ service: 'shelf', operation, steps: [] });

  expect(callTree(small, { service: 'gate', operation: 'ask' })).toEqual({
    service: 'gate',
    operation: 'ask',
    steps: [
      {
        kind: 'call',
        call: {
          service: 'work',
          operation: 'do',
          steps: [
            {
              kind: 'choice',
              on: 'cache miss',
              chance: 0.25,
              then: [{ kind: 'call', call: leaf('find') }],
              otherwise: [{ kind: 'parallel', calls: [leaf('get'), leaf('get')] }],
            },
          ],
        },
      },
    ],
  });
  expect(() => callTree(small, { service: 'gate', operation: 'aks' })).toThrow(
    'no operation aks of gate in the application',
  );
});

describe('assumed demands times a factor', () => {
  test('change, and measured ones and everything else do not', () => {
    const doubled = withAssumedDemand(small, 2);
    const back = withAssumedDemand(doubled, 0.5);

    expect(expectedDemand(doubled, firstMix(small)).byOperation).toEqual(
      new Map([
        ['gate/ask', 400],
        ['work/do', 460],
        ['shelf/get', 240],
        ['shelf/find', 200],
      ]),
    );
    expect(back).toEqual(small);
  });

  test('stay whole microseconds, and above 0', () => {
    const cpu = withAssumedDemand(
      loaded(changed(['mean: 100us, source: assumed', 'mean: 1us, perItem: 5us, items: [words], source: assumed'])),
      0.3,
    ).services[0]?.operations[0]?.cpu;

    expect(cpu).toMatchObject({ meanMicros: 1, perItemMicros: 2 });
  });
});

describe('time compression', () => {
  test('divides start-up, discovery, drain limit and the ages of connections', () => {
    const compressed = compressTimes(small, 10);

    expect(compressed).toMatchObject({ discoveryMs: 100, drainLimitMs: 500 });
    expect(compressed.services.map(({ startUpMs }) => startUpMs)).toEqual([50, 100, 0]);
    expect(compressed.services.map(({ pool }) => pool)).toEqual([
      // How long a request waits is latency, which is never compressed.
      { connections: 4, waitMs: 1000, maxAgeMs: null, maxIdleMs: 1000 },
      { connections: 4, waitMs: 1000, maxAgeMs: 1000, maxIdleMs: null },
      { connections: 1, waitMs: 1000, maxAgeMs: null, maxIdleMs: null },
    ]);
  });

  test('leaves demands, chances and everything else alone, and by 1 everything', () => {
    expect(expectedDemand(compressTimes(social, 60), firstMix(social))).toEqual(
      expectedDemand(social, firstMix(social)),
    );
    expect(compressTimes(social, 1)).toEqual(social);
  });

  test('never makes an age 0, which would be no reuse at all', () => {
    expect(compressTimes(small, 1_000_000).services[1]?.pool.maxAgeMs).toBe(1);
  });
});
