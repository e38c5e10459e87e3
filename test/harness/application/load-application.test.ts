import { expect, test } from 'vitest';
import { loadApplication } from '../../../harness/application/load-application.ts';
import { formatDiagnostics } from '../../../harness/yaml/diagnostic.ts';
import { readProjectFile, sourceFiles } from '../../guard/project-files.ts';
import { changed, loaded, mistakes, smallText } from './application-text.ts';

test('a file becomes the model, with units gone and every default in place', () => {
  expect(loaded(smallText)).toEqual({
    format: 1,
    name: 'small',
    description: 'For tests.',
    source: 'ours',
    cpuScale: 2,
    cpuFirstShare: 0.5,
    discoveryMs: 1000,
    drainLimitMs: 5000,
    quantities: [
      { name: 'user', distribution: { kind: 'uniform', low: 0, high: 9 }, source: 'assumed' },
      { name: 'words', distribution: { kind: 'constant', value: 3 }, source: 'ours' },
    ],
    services: [
      {
        name: 'gate',
        role: 'front',
        port: 8080,
        startUpMs: 500,
        mostThreads: 8,
        memory: { baseBytes: 1_048_576, perRequestBytes: 4096, keptBytes: 0 },
        pool: { connections: 4, waitMs: 1000, maxAgeMs: null, maxIdleMs: 10_000 },
        operations: [
          {
            name: 'ask',
            cpu: { meanMicros: 100, perItemMicros: 0, items: [], shape: 'exponential', source: 'assumed' },
            steps: [{ kind: 'call', service: 'work', operation: 'do' }],
            replyBytes: 10,
          },
        ],
      },
      {
        name: 'work',
        role: 'service',
        port: 9090,
        startUpMs: 1000,
        mostThreads: 8,
        memory: { baseBytes: 1_048_576, perRequestBytes: 0, keptBytes: 0 },
        pool: { connections: 4, waitMs: 1000, maxAgeMs: 10_000, maxIdleMs: null },
        operations: [
          {
            name: 'do',
            cpu: { meanMicros: 200, perItemMicros: 10, items: ['words'], shape: 'constant', source: 'measured' },
            steps: [
              {
                kind: 'choice',
                on: 'cache miss',
                chance: 0.25,
                then: [{ kind: 'call', service: 'shelf', operation: 'find' }],
                otherwise: [
                  {
                    kind: 'parallel',
                    calls: [
                      { service: 'shelf', operation: 'get' },
                      { service: 'shelf', operation: 'get' },
                    ],
                  },
                ],
              },
            ],
            replyBytes: 1000,
          },
        ],
      },
      {
        name: 'shelf',
        role: 'store',
        port: 6379,
        startUpMs: 0,
        mostThreads: 8,
        memory: { baseBytes: 1_048_576, perRequestBytes: 0, keptBytes: 10 },
        pool: { connections: 1, waitMs: 1000, maxAgeMs: null, maxIdleMs: null },
        operations: [
          {
            name: 'find',
            cpu: { meanMicros: 400, perItemMicros: 0, items: [], shape: 'exponential', source: 'measured' },
            steps: [],
            replyBytes: 1000,
          },
          {
            name: 'get',
            cpu: { meanMicros: 40, perItemMicros: 0, items: [], shape: 'exponential', source: 'assumed' },
            steps: [],
            replyBytes: 1000,
          },
        ],
      },
    ],
    endpoints: [
      {
        name: 'ask',
        method: 'GET',
        path: '/ask',
        service: 'gate',
        operation: 'ask',
        parameters: [{ name: 'user_id', pieces: [{ kind: 'quantity', quantity: 'user', plus: 0 }] }],
        reply: 'text',
      },
    ],
    mixes: [{ name: 'only', weights: [{ endpoint: 'ask', weight: 1 }], source: 'assumed' }],
  });
});

test('every kind of quantity and of piece is read', () => {
  const application = loaded(
    changed(
      [
        'value: 3, source: ours }',
        'value: 3, source: ours }\n  - { name: friends, kind: lognormal, median: 29, sigma: 0.5, most: 300, source: ours }',
      ],
      [
        '[{ quantity: user }]',
        "[{ text: a }, { quantity: user, plus: 10 }, { random: digits, length: 4 }, { repeat: words, separator: ',', pieces: [{ text: b }] }]",
      ],
    ),
  );

  expect(application.quantities[2]?.distribution).toEqual({ kind: 'lognormal', median: 29, sigma: 0.5, most: 300 });
  expect(application.endpoints[0]?.parameters[0]?.pieces).toEqual([
    { kind: 'text', text: 'a' },
    { kind: 'quantity', quantity: 'user', plus: 10 },
    { kind: 'random', characters: 'digits', length: 4 },
    { kind: 'repeat', times: 'words', separator: ',', pieces: [{ kind: 'text', text: 'b' }] },
  ]);
});

test.each(sourceFiles('deathstarbench', '.yaml'))('%s is valid and names its schema for editors', (file) => {
  const text = readProjectFile(file);
  const result = loadApplication({ text, fileName: file });

  expect(result.ok ? '' : formatDiagnostics(result.diagnostics)).toBe('');
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=schema.json');
});

test('a mistake is shown with its line and a caret', () => {
  const result = loadApplication({ text: changed(['call: work/do', 'call: wrok/do']), fileName: 'app.yaml' });

  expect(result.ok ? '' : formatDiagnostics(result.diagnostics)).toBe(`\
app.yaml:23:25: services[0].operations[0].steps[0].call: unknown service "wrok", did you mean "work"?
            steps: [{ call: wrok/do }]
                            ^`);
});

test.each([
  ['', 'nothing in it, expected an application: a mapping with services, endpoints and mixes'],
  ['# only a comment\n', 'nothing in it, expected an application: a mapping with services, endpoints and mixes'],
  [`#${'x'.repeat(1_000_000)}`, 'larger than 1 MB, expected an application'],
])('a file without an application is refused at its start (%#)', (text, message) => {
  expect(mistakes(text)).toEqual([`1:1: ${message}`]);
});

test('a byte order mark is not part of the application', () => {
  expect(loaded(`\uFEFF${smallText}`)).toEqual(loaded(smallText));
});
