import { beforeAll, describe, expect, test } from 'vitest';
import { callGraphFigures } from '../../bench/call-graph/figures.ts';
import { serviceGraph } from '../../bench/call-graph/service-graph.ts';
import { readProjectFile } from '../guard/project-files.ts';
import { changed, loaded, smallText } from '../harness/application/application-text.ts';

const file = 'deathstarbench/social-network.yaml';

describe('the drawings of the social network in the documentation', () => {
  let figures: ReadonlyMap<string, string>;
  beforeAll(async () => {
    figures = await callGraphFigures(readProjectFile(file), file);
  });

  test.each(['', '-dark', '-narrow', '-narrow-dark'])(
    'docs/figures/social-network%s.svg is what the file says (npm run docs:application)',
    (end) => {
      expect(readProjectFile(`docs/figures/social-network${end}.svg`)).toBe(figures.get(end));
    },
  );

  test('name every service and every endpoint of the file', () => {
    const { services, endpoints } = loaded(readProjectFile(file));
    const wide = figures.get('') ?? '';

    for (const { name } of services) expect(wide).toContain(`>${name}</text>`);
    for (const { name, method } of endpoints) expect(wide).toContain(`>${method} ${name} `);
  });
});

test('the graph has a layer for each call, all stores in the last, and a line for each pair', () => {
  const { nodes, edges, endpoints, totalMicros } = serviceGraph(loaded(smallText));

  expect(nodes).toEqual([
    { name: 'gate', role: 'front', micros: 200, assumedShare: 1, layer: 0 },
    { name: 'work', role: 'service', micros: 460, assumedShare: 0, layer: 1 },
    { name: 'shelf', role: 'store', micros: 320, assumedShare: 120 / 320, layer: 2 },
  ]);
  expect(edges).toEqual([
    { from: 'gate', to: 'work', calls: 1, isSometimes: false },
    // In either branch: 0.25 times once, 0.75 times twice.
    { from: 'work', to: 'shelf', calls: 1.75, isSometimes: false },
  ]);
  expect(endpoints).toEqual([{ text: 'GET ask', share: 1, front: 'gate' }]);
  expect(totalMicros).toBe(980);
});

test('a call in one branch alone is made sometimes', () => {
  const { edges } = serviceGraph(
    loaded(
      changed(
        ['            otherwise: [{ parallel: [shelf/get, shelf/get] }]\n', ''],
        ['      - { name: get, cpu: { mean: 40us, source: assumed }, reply: 1 kB }\n', ''],
      ),
    ),
  );

  expect(edges[1]).toEqual({ from: 'work', to: 'shelf', calls: 0.25, isSometimes: true });
});

test('services that call each other have layers all the same', () => {
  const text = changed(
    ['[{ call: work/do }]', '[{ call: work/do }, { call: back/call }]'],
    [
      'endpoints:\n',
      '  - name: back\n    role: service\n    port: 1\n    startUp: 0s\n    threads: 1\n    memory: { base: 0 B }\n    pool: { connections: 1, wait: 1s, maxAge: null, maxIdle: null }\n    operations:\n      - { name: call, cpu: { mean: 1us, source: ours }, steps: [{ call: work/do }], reply: 0 B }\n      - { name: answer, cpu: { mean: 1us, source: ours }, reply: 0 B }\nendpoints:\n',
    ],
    ['then: [{ call: shelf/find }]', 'then: [{ call: shelf/find }, { call: back/answer }]'],
  );
  const layers = serviceGraph(loaded(text)).nodes.map(({ name, layer }) => [name, layer]);

  expect(layers).toEqual([
    ['gate', 0],
    ['work', 1],
    ['shelf', 3],
    ['back', 2],
  ]);
});
