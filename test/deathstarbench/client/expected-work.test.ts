import { expect, test } from 'vitest';
import { expectedWork } from '../../../deathstarbench/client/expected-work.ts';
import { expectedDemand } from '../../../harness/application/expected-demand.ts';
import { applicationOf } from '../twin-rig.ts';

const socialNetwork = applicationOf('deathstarbench/social-network.yaml');
const seeds = Array.from({ length: 4000 }, (_, index) => Math.imul(index, 2654435761) >>> 0);

test('every execution of a request has a number of its own, and its caller a smaller one', () => {
  for (const { name } of socialNetwork.endpoints) {
    for (const seed of seeds.slice(0, 200)) {
      const work = expectedWork(socialNetwork, name, seed);
      const ids = work.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
      const callers = work.map(({ parent }, index) => ids.slice(0, index).indexOf(parent));
      expect(callers.filter((caller) => caller < 0)).toHaveLength(1);
      expect(work[0]).toMatchObject({ id: 1, parent: 0, service: 'nginx-thrift' });
    }
  }
});

test('a compose without a cache miss does what the original does, in its order', () => {
  const works = seeds.map((seed) => expectedWork(socialNetwork, 'compose', seed));
  const shortest = works.reduce((least, work) => (work.length < least.length ? work : least));
  expect(shortest.map(({ service, operation }) => `${service}/${operation}`)).toEqual([
    'nginx-thrift/compose',
    'compose-post-service/compose-post',
    'text-service/compose-text',
    'url-shorten-service/compose-urls',
    'url-shorten-mongodb/insert-urls',
    'user-mention-service/compose-user-mentions',
    'user-memcached/mget',
    'user-service/compose-creator',
    'media-service/compose-media',
    'unique-id-service/compose-unique-id',
    'post-storage-service/store-post',
    'post-storage-mongodb/insert-post',
    'user-timeline-service/write-user-timeline',
    'user-timeline-mongodb/push-post',
    'user-timeline-redis/zadd',
    'home-timeline-service/write-home-timeline',
    'social-graph-service/get-followers',
    'social-graph-redis/get-followers',
    'home-timeline-redis/zadd-all',
  ]);
});

test.each(socialNetwork.endpoints.map(({ name }) => name))(
  'over many requests of %s each service does what the model says on average',
  (endpoint) => {
    const means = new Map<string, number>();
    for (const seed of seeds) {
      for (const { service, demandMicros } of expectedWork(socialNetwork, endpoint, seed)) {
        means.set(service, (means.get(service) ?? 0) + demandMicros / seeds.length);
      }
    }
    const mix = { name: 'one', weights: [{ endpoint, weight: 1 }], source: 'ours' };
    const expected = [...expectedDemand(socialNetwork, mix).byService].filter(([, micros]) => micros > 0);
    expect([...means.keys()].toSorted()).toEqual(expected.map(([service]) => service).toSorted());
    for (const [service, micros] of expected) {
      // Exponential demands have a standard error of 1.6 % over 4 000 draws; those behind a rare miss a larger one.
      expect((means.get(service) ?? 0) / micros, service).toBeCloseTo(1, 0);
      if (micros > 50) expect(Math.abs((means.get(service) ?? 0) / micros - 1), service).toBeLessThan(0.12);
    }
  },
);

test('one seed is one work, whoever asks and how often', () => {
  expect(expectedWork(socialNetwork, 'compose', 7)).toEqual(expectedWork(socialNetwork, 'compose', 7));
  expect(expectedWork(socialNetwork, 'compose', 7)).not.toEqual(expectedWork(socialNetwork, 'compose', 8));
});

test('an endpoint that is not there is an error', () => {
  expect(() => expectedWork(socialNetwork, 'delete', 1)).toThrow('no endpoint delete');
});
