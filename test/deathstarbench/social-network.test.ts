import { describe, expect, test } from 'vitest';
import { assumed } from '../../harness/application/assumed-demand.ts';
import { callTree, type CallTree, type TreeStep } from '../../harness/application/call-tree.ts';
import { expectedDemand, expectedRuns } from '../../harness/application/expected-demand.ts';
import type { Application, Mix } from '../../harness/application/application.ts';
import { loaded } from '../harness/application/application-text.ts';
import { readProjectFile } from '../guard/project-files.ts';

const application = loaded(readProjectFile('deathstarbench/social-network.yaml'));
const mixOf = (name: string): Mix => {
  const mix = application.mixes.find((known) => known.name === name);
  if (!mix) throw new Error(`no mix ${name}`);
  return mix;
};

describe('the components', () => {
  test('are nginx, the eleven services, six MongoDB, three Redis and four memcached', () => {
    const named = (end: string): number => application.services.filter(({ name }) => name.endsWith(end)).length;
    const roles = application.services.map(({ role }) => role);

    expect(application.services).toHaveLength(25);
    expect([named('nginx-thrift'), named('-service'), named('-mongodb'), named('-redis'), named('-memcached')]).toEqual(
      [1, 11, 6, 3, 4],
    );
    expect(roles.filter((role) => role === 'front')).toHaveLength(1);
    expect(roles.filter((role) => role === 'service')).toHaveLength(11);
    expect(roles.filter((role) => role === 'store')).toHaveLength(13);
  });

  test('three stores are there and are called on no path', () => {
    const idle = application.services.filter(({ operations }) => operations.length === 0).map(({ name }) => name);

    expect(idle).toEqual(['media-mongodb', 'media-memcached', 'url-shorten-memcached']);
  });

  test('all together hold less than half a GiB at their start', () => {
    const bytes = application.services.reduce((sum, { memory }) => sum + memory.baseBytes, 0);

    expect(bytes / 1024 ** 2).toBe(416);
  });

  test('nginx never lets a connection age, all that call behind it do so after 10 s', () => {
    const pools = application.services
      .filter(({ operations }) => operations.some(({ steps }) => steps.length > 0))
      .map(({ name, pool }) => [name, pool.connections, pool.waitMs, pool.maxAgeMs, pool.maxIdleMs]);

    expect(pools).toHaveLength(10);
    expect(pools[0]).toEqual(['nginx-thrift', 512, 10_000, null, 10_000]);
    for (const [, ...pool] of pools.slice(1)) expect(pool).toEqual([512, 10_000, 10_000, null]);
  });
});

describe('the calls', () => {
  const chart = (endpoint: string): string => {
    const found = application.endpoints.find(({ name }) => name === endpoint);
    if (!found) throw new Error(`no endpoint ${endpoint}`);
    return `${treeText(callTree(application, found))}\n`;
  };

  test('of compose: four at once, then three one after the other, down to the followers', () => {
    expect(chart('compose')).toBe(`\
nginx-thrift/compose
  compose-post-service/compose-post
    parallel
      text-service/compose-text
        parallel
          url-shorten-service/compose-urls
            url-shorten-mongodb/insert-urls
          user-mention-service/compose-user-mentions
            user-memcached/mget
            5 % user-memcached miss
              user-mongodb/find-by-username
      user-service/compose-creator
      media-service/compose-media
      unique-id-service/compose-unique-id
    post-storage-service/store-post
      post-storage-mongodb/insert-post
    user-timeline-service/write-user-timeline
      user-timeline-mongodb/push-post
      user-timeline-redis/zadd
    home-timeline-service/write-home-timeline
      social-graph-service/get-followers
        social-graph-redis/get-followers
        5 % social-graph-redis miss
          social-graph-mongodb/find-followers
          social-graph-redis/zadd
      home-timeline-redis/zadd-all
`);
  });

  test('of a home timeline: ids, and the posts unless it is empty', () => {
    expect(chart('read-home-timeline')).toBe(`\
nginx-thrift/read-home-timeline
  home-timeline-service/read-home-timeline
    home-timeline-redis/zrevrange
    5 % timeline is empty
    else
      post-storage-service/read-posts
        post-storage-memcached/mget
        10 % post-storage-memcached miss
          post-storage-mongodb/find-posts
          post-storage-memcached/set
`);
  });

  test('of a user timeline: MongoDB if Redis has too few, then posts and back-fill at once', () => {
    const posts = (indent: string): string =>
      [
        'post-storage-service/read-posts',
        '  post-storage-memcached/mget',
        '  10 % post-storage-memcached miss',
        '    post-storage-mongodb/find-posts',
        '    post-storage-memcached/set',
      ]
        .map((line) => `${indent}${line}\n`)
        .join('');

    expect(chart('read-user-timeline')).toBe(`\
nginx-thrift/read-user-timeline
  user-timeline-service/read-user-timeline
    user-timeline-redis/zrevrange
    90 % fewer in user-timeline-redis than asked
      user-timeline-mongodb/find-slice
      parallel
${posts('        ')}        user-timeline-redis/back-fill
    else
${posts('      ')}`);
  });

  test('of a registration', () => {
    expect(chart('register')).toBe(`\
nginx-thrift/register
  user-service/register-user
    user-mongodb/find-user
    user-mongodb/insert-user
    social-graph-service/insert-user
      social-graph-mongodb/insert-user
`);
  });

  test('of a follow by name: two ids at once, then three updates at once', () => {
    const id = `\
      user-service/get-user-id
        user-memcached/get
        5 % user-memcached miss
          user-mongodb/find-user
          user-memcached/set
`;

    expect(chart('follow')).toBe(`\
nginx-thrift/follow
  social-graph-service/follow-with-username
    parallel
${id}${id}    parallel
      social-graph-mongodb/update
      social-graph-mongodb/update
      social-graph-redis/zadd
`);
  });
});

function treeText({ service, operation, steps }: CallTree, indent = ''): string {
  return [`${indent}${service}/${operation}`, ...steps.map((step) => stepText(step, `${indent}  `))].join('\n');
}

function stepText(step: TreeStep, indent: string): string {
  switch (step.kind) {
    case 'call':
      return treeText(step.call, indent);
    case 'parallel':
      return [`${indent}parallel`, ...step.calls.map((call) => treeText(call, `${indent}  `))].join('\n');
    case 'choice':
      return [
        `${indent}${step.chance * 100} % ${step.on}`,
        ...step.then.map((inner) => stepText(inner, `${indent}  `)),
        ...(step.otherwise.length > 0 ? [`${indent}else`] : []),
        ...step.otherwise.map((inner) => stepText(inner, `${indent}  `)),
      ].join('\n');
  }
}

describe('the demands', () => {
  const unscaled: Application = { ...application, cpuScale: 1 };
  const { byService, byOperation } = expectedDemand(unscaled, mixOf('autothrottle'));

  // Percent of one core at 250 requests/s: sinan-local 382e76d5, docker_swarm/config/ref/rps_250_mean.txt.
  test.each([
    ['compose-post-service', 38.3],
    ['post-storage-memcached', 24.9],
    ['media-service', 22.3],
    ['user-timeline-service', 17.6],
    ['post-storage-mongodb', 16.3],
    ['text-service', 12.9],
    ['home-timeline-redis', 10.3],
    ['user-timeline-mongodb', 9.1],
    ['social-graph-service', 6.0],
    ['user-mention-service', 4.7],
    ['url-shorten-service', 3.8],
    ['user-memcached', 2.9],
    ['unique-id-service', 2.4],
    ['user-service', 2.3],
    ['social-graph-redis', 1.3],
    ['user-timeline-redis', 1.1],
    ['social-graph-mongodb', 0.57],
    ['user-mongodb', 0.56],
  ])('of %s add up to the published %d %% of a core', (service, percent) => {
    const published = (percent / 100 / 250) * 1e6;

    expect(Math.abs((byService.get(service) ?? 0) / published - 1)).toBeLessThan(0.01);
  });

  test('of writing home timelines, a service of its own then, add up to the published 16.3 % of a core', () => {
    const published = (16.3 / 100 / 250) * 1e6;
    const writing = byOperation.get('home-timeline-service/write-home-timeline') ?? 0;

    expect(Math.abs(writing / published - 1)).toBeLessThan(0.01);
  });

  test('that nobody measured say so, and those of the table name it', () => {
    const runs = expectedRuns(application, mixOf('autothrottle'));
    const bySource = (wanted: string): string[] =>
      application.services.flatMap(({ name, operations }) =>
        operations
          .filter(({ cpu, ...operation }) => cpu.source === wanted && (runs.get(`${name}/${operation.name}`) ?? 0) > 0)
          .map((operation) => `${name}/${operation.name}`),
      );
    const sources = new Set(application.services.flatMap(({ operations }) => operations.map(({ cpu }) => cpu.source)));

    expect([...sources].sort()).toEqual([assumed, 'sinan-local 382e76d5, rps_250_mean.txt']);
    expect(bySource(assumed)).toEqual([
      'nginx-thrift/compose',
      'nginx-thrift/read-home-timeline',
      'nginx-thrift/read-user-timeline',
      'post-storage-service/store-post',
      'post-storage-service/read-posts',
      'home-timeline-service/read-home-timeline',
      'url-shorten-mongodb/insert-urls',
    ]);
  });

  test('cost some 3 ms of CPU for a request of the original mix', () => {
    const { totalMicros } = expectedDemand(application, mixOf('original'));

    expect(totalMicros).toBeGreaterThan(2900);
    expect(totalMicros).toBeLessThan(3100);
  });
});

test('the mixes are those of the original generator, first, of Autothrottle, and one of everything', () => {
  const shares = application.mixes.map(({ name, weights }) => [
    name,
    Object.fromEntries(weights.map(({ endpoint, weight }) => [endpoint, weight])),
  ]);

  expect(shares).toEqual([
    ['original', { 'read-home-timeline': 60, 'read-user-timeline': 30, compose: 10 }],
    ['autothrottle', { 'read-home-timeline': 65, 'read-user-timeline': 15, compose: 20 }],
    ['all', { 'read-home-timeline': 57, 'read-user-timeline': 28, compose: 10, register: 2, follow: 3 }],
  ]);
});
