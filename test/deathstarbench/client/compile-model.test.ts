import { expect, test } from 'vitest';
import { compileModel } from '../../../deathstarbench/client/compile-model.ts';
import type { Step } from '../../../harness/application/application.ts';
import { applicationOf, endpointOf, frontAndWork, operationOf, serviceOf } from '../small-application.ts';

test('everything that the twin needs is a line, with indices instead of names and CPU demands in the measure of the machine', () => {
  const choice: Step = {
    kind: 'choice',
    on: 'cache miss',
    chance: 0.1,
    then: [{ kind: 'call', service: 'store', operation: 'find' }],
    otherwise: [],
  };
  const both = ['store', 'store'].map((service) => ({ service, operation: 'find' }));
  const ask = operationOf('ask', { micros: 100, steps: [choice, { kind: 'parallel', calls: both }], replyBytes: 24 });
  const find = { ...operationOf('find'), cpu: { ...ask.cpu, perItemMicros: 5, items: ['posts', 'words'] } };
  const application = applicationOf(
    [
      serviceOf('gate', 'front', [ask], { pool: { connections: 2, waitMs: 100, maxAgeMs: null, maxIdleMs: 333.3 } }),
      serviceOf('store', 'store', [{ ...find, cpu: { ...find.cpu, shape: 'exponential' } }], {
        memory: { baseBytes: 1024, perRequestBytes: 20, keptBytes: 3 },
      }),
    ],
    [
      { ...endpointOf('/wrk2-api/post/compose', 'gate', 'ask'), name: 'compose', method: 'POST', reply: 'text' },
      { ...endpointOf('/read', 'gate', 'ask'), parameters: [{ name: 'user_id', pieces: [] }] },
    ],
    {
      cpuScale: 0.5,
      quantities: [
        { name: 'words', distribution: { kind: 'constant', value: 3 }, source: '' },
        { name: 'posts', distribution: { kind: 'uniform', low: 1, high: 6 }, source: '' },
        { name: 'followers', distribution: { kind: 'lognormal', median: 29, sigma: 0.78, most: 313 }, source: '' },
      ],
    },
  );
  expect(compileModel(application)).toBe(`scalelab-model 1
cpu-first-share 0.5
drain-limit-ms 3000
quantities 3
quantity words constant 3
quantity posts uniform 1 6
quantity followers lognormal 29 0.78 313
services 2
service gate front
start-up-ms 0
threads 64
memory 0 0 0
pool 2 100 - 333.3
operations 1
operation ask constant 50 0 24
items
steps 2
step choice 0.1 1 0
step calls 1 0
step calls 1 0 1 0
service store store
start-up-ms 0
threads 64
memory 1024 20 3
pool 64 5000 - -
operations 1
operation find exponential 50 2.5 16
items 1 0
steps 0
endpoints 2
endpoint compose POST /wrk2-api/post/compose 0 0 text
words Successfully upload post
parameters
endpoint read GET /read 0 0 posts
parameters user_id
end
`);
});

test('a name that would be two words is refused', () => {
  const application = frontAndWork({ work: { name: 'hard work' } });
  expect(() => compileModel({ ...application, services: application.services.slice(1), endpoints: [] })).toThrow(
    '`hard work` is no name: it must be printable ASCII without spaces.',
  );
});

test('a call that leads nowhere is refused', () => {
  expect(() => compileModel(frontAndWork({ work: { name: 'play' } }))).toThrow(
    'The application has no operation work/do.',
  );
});
