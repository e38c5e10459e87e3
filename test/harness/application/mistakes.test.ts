import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changed, mistakes, smallText } from './application-text.ts';

type Change = readonly [from: string, to: string];

describe('one field is wrong', () => {
  test.each<[Change, string]>([
    [['format: 1', 'format: 2'], '1:9: format: found the number 2, expected format 1'],
    [
      ['name: small', 'name: Small'],
      '2:7: name: found "Small", expected a name of lower-case letters, digits, dots and dashes that starts with a letter or digit, at most 40 characters',
    ],
    [['cpuScale: 2', 'cpuScale: 0'], '5:11: cpuScale: found the number 0, expected a number from 0.001 to 1000'],
    [
      ['cpuFirstShare: 50 %', 'cpuFirstShare: 0.5'],
      '6:16: cpuFirstShare: found the number 0.5, expected a share such as 2 %; a bare number has no unit',
    ],
    [
      ['discovery: 1s', 'discoveri: 1s'],
      '1:1: discovery: missing, expected a duration such as 500ms, 30s, 5m\n7:1: discoveri: unknown key "discoveri", did you mean "discovery"?',
    ],
    [['mean: 100us', 'mean: 0us'], '22:22: services[0].operations[0].cpu.mean: found "0us", expected 1us to 100s'],
    [
      ['mean: 100us', 'mean: -100us'],
      '22:22: services[0].operations[0].cpu.mean: found "-100us", expected a duration such as 500ms, 30s, 5m',
    ],
    [
      ['mean: 100us', 'mean: 100'],
      '22:22: services[0].operations[0].cpu.mean: found the number 100, expected a duration such as 500ms, 30s, 5m; a bare number has no unit',
    ],
    [
      ['mean: 100us, source: assumed', 'mean: 100us'],
      '22:14: services[0].operations[0].cpu.source: missing, expected where the demand is from, or assumed',
    ],
    [
      ['perItem: 10us', 'perItem: 0us'],
      '34:38: services[1].operations[0].cpu.perItem: found "0us", expected 1us to 1s',
    ],
    [['perItem: 10us, ', ''], '34:14: services[1].operations[0].cpu.perItem: missing, expected the time for each item'],
    [[', items: [words]', ''], '34:14: services[1].operations[0].cpu.items: missing, expected what is counted'],
    [
      ['shape: constant', 'shape: pareto'],
      '34:67: services[1].operations[0].cpu.shape: unknown shape "pareto", expected one of constant, exponential',
    ],
    [
      ['chance: 25 %', 'chance: 125 %'],
      '37:21: services[1].operations[0].steps[0].chance: found "125 %", expected 0 % to 100 %',
    ],
    [
      ['chance: 25 %', 'chance: -5 %'],
      '37:21: services[1].operations[0].steps[0].chance: found "-5 %", expected a share such as 2 %',
    ],
    [
      ['            chance: 25 %\n', ''],
      '36:13: services[1].operations[0].steps[0].chance: missing, expected a share such as 2 %',
    ],
    [
      ['[{ call: work/do }]', '[{ call: work }]'],
      '23:25: services[0].operations[0].steps[0].call: found "work", expected a service and one of its operations, such as text-service/compose-text',
    ],
    [
      ['[{ call: work/do }]', '[{}]'],
      '23:17: services[0].operations[0].steps[0]: found none, expected one of call, parallel, choice',
    ],
    [
      ['[{ call: work/do }]', '[{ call: work/do, parallel: [shelf/get, shelf/get] }]'],
      '23:17: services[0].operations[0].steps[0]: found call and parallel, expected one of call, parallel, choice',
    ],
    [
      ['[{ call: work/do }]', '[{ call: work/do, chance: 5 % }]'],
      '23:42: services[0].operations[0].steps[0].chance: does not belong to call, expected nothing else beside it',
    ],
    [
      ['[{ call: work/do }]', '[{ choice: nothing, chance: 5 % }]'],
      '23:17: services[0].operations[0].steps[0]: chooses between nothing, expected steps in then or otherwise',
    ],
    [
      ['[shelf/get, shelf/get]', '[shelf/get]'],
      '39:37: services[1].operations[0].steps[0].otherwise[0].parallel: found 1, expected at least 2 calls',
    ],
    [
      ['port: 8080', 'port: 80800'],
      '15:11: services[0].port: found the number 80800, expected a whole number from 1 to 65535',
    ],
    [
      ['role: store', 'role: shop'],
      '42:11: services[2].role: unknown role "shop", expected one of front, service, store',
    ],
    [
      ['base: 1 MiB, perRequest', 'base: 1024, perRequest'],
      '18:21: services[0].memory.base: found the number 1024, expected a size such as 24 MiB, 4 kB; a bare number has no unit',
    ],
    [
      ['base: 1 MiB, perRequest', 'base: 3 GiB, perRequest'],
      '18:21: services[0].memory.base: found "3 GiB", expected 0 B to 2 GiB',
    ],
    [['reply: 10 B', 'reply: 1.5 B'], '24:16: services[0].operations[0].reply: found "1.5 B", expected whole bytes'],
    [
      ['reply: 10 B', 'reply: 10 bits'],
      '24:16: services[0].operations[0].reply: found "10 bits", expected a size such as 24 MiB, 4 kB',
    ],
    [
      ['maxAge: null', 'maxAge: never'],
      '19:47: services[0].pool.maxAge: found "never", expected a duration such as 500ms, 30s, 5m',
    ],
    [
      ['kind: uniform', 'kind: normal'],
      '10:25: quantities[0].kind: found "normal", expected constant, uniform or lognormal',
    ],
    [
      ['kind: uniform, low: 0, high: 9', 'kind: uniform, low: 0'],
      '10:5: quantities[0].high: missing, expected a whole number from 0 to 1000000000',
    ],
    [
      ['low: 0', 'low: -1'],
      '10:39: quantities[0].low: found the number -1, expected a whole number from 0 to 1000000000',
    ],
    [
      ['[{ quantity: user }]', '[{ quantity: user, length: 4 }]'],
      '56:60: endpoints[0].parameters[0].value[0].length: does not belong to quantity, expected only plus beside it',
    ],
    [
      ['[{ quantity: user }]', '[{ random: digits }]'],
      '56:34: endpoints[0].parameters[0].value[0].length: missing, expected a number of characters',
    ],
    [
      ['[{ quantity: user }]', '[{ repeat: words }]'],
      '56:34: endpoints[0].parameters[0].value[0].pieces: missing, expected a list of pieces',
    ],
    [
      ['[{ quantity: user }]', "[{ text: '' }]"],
      '56:42: endpoints[0].parameters[0].value[0].text: nothing in it, expected a text',
    ],
    [
      ['[{ quantity: user }]', '[{ text: "\\uD800" }]'],
      '56:42: endpoints[0].parameters[0].value[0].text: holds half of a character, expected text that can be sent',
    ],
    [['[{ quantity: user }]', '[]'], '56:33: endpoints[0].parameters[0].value: found none, expected at least 1 pieces'],
    [
      ['path: /ask', 'path: /ask?x=1'],
      '53:11: endpoints[0].path: found "/ask?x=1", expected a path such as /wrk2-api/post/compose, without a query',
    ],
    [
      ['name: user_id', 'name: user id'],
      '56:17: endpoints[0].parameters[0].name: found "user id", expected a name of letters, digits and underscores',
    ],
    [
      ['weight: 1 }', 'weight: 0 }'],
      '59:54: mixes[0].weights[0].weight: found the number 0, expected a number from 0.000001 to 1000000',
    ],
    [
      ['[{ endpoint: ask, weight: 1 }]', '[{ endpoint: ask }]'],
      '59:29: mixes[0].weights[0].weight: missing, expected a number from 0.000001 to 1000000',
    ],
    [['[{ endpoint: ask, weight: 1 }]', '[]'], '59:28: mixes[0].weights: found none, expected at least 1 weights'],
    [['source: ours\n', "source: ''\n"], '4:9: source: found "", expected where the structure is from, or assumed'],
  ])('%j', (change, message) => {
    expect(mistakes(changed(change)).join('\n')).toBe(message);
  });
});

describe('fields do not fit each other', () => {
  test.each<[string, readonly Change[], string]>([
    [
      'an unknown service',
      [['work/do', 'wrok/do']],
      '23:25: services[0].operations[0].steps[0].call: unknown service "wrok", did you mean "work"?',
    ],
    [
      'an unknown operation',
      [['work/do', 'work/did']],
      '23:25: services[0].operations[0].steps[0].call: unknown operation of work "did", expected do',
    ],
    [
      'a call of a service that has no operations',
      [
        ['work/do', 'idle/do'],
        [
          '  - name: shelf',
          '  - { name: idle, role: store, port: 1, startUp: 0s, threads: 1, memory: { base: 0 B }, operations: [] }\n  - name: shelf',
        ],
      ],
      '23:25: services[0].operations[0].steps[0].call: idle has no operations, expected one called do',
    ],
    [
      'an unknown service of an endpoint',
      [['gate/ask', 'gaet/ask']],
      '54:11: endpoints[0].call: unknown service "gaet", did you mean "gate"?',
    ],
    [
      'an unknown endpoint in a mix',
      [['endpoint: ask,', 'endpoint: aks,']],
      '59:41: mixes[0].weights[0].endpoint: unknown endpoint "aks", did you mean "ask"?',
    ],
    [
      'an unknown quantity of a demand',
      [['[words]', '[wrods]']],
      '34:52: services[1].operations[0].cpu.items[0]: unknown quantity "wrods", did you mean "words"?',
    ],
    [
      'an unknown quantity of a request',
      [['quantity: user', 'quantity: usr']],
      '56:46: endpoints[0].parameters[0].value[0].quantity: unknown quantity "usr", did you mean "user"?',
    ],
    [
      'an unknown quantity of a repetition',
      [['{ quantity: user }', '{ repeat: xyz, pieces: [{ quantity: abc }] }']],
      '56:44: endpoints[0].parameters[0].value[0].repeat: unknown quantity "xyz", expected one of user, words\n56:70: endpoints[0].parameters[0].value[0].pieces[0].quantity: unknown quantity "abc", expected one of user, words',
    ],
    [
      'an endpoint whose service is no front',
      [['gate/ask', 'work/do']],
      '54:11: endpoints[0].call: work is a service, expected a front: only fronts answer HTTP',
    ],
    [
      'a front that is called',
      [['shelf/find', 'gate/ask']],
      '38:28: services[1].operations[0].steps[0].then[0].call: gate is a front, which answers HTTP, expected a service or a store',
    ],
    [
      'two fronts with one port',
      [
        ['role: service\n    port: 9090', 'role: front\n    port: 8080'],
        ['[{ call: work/do }]', '[]'],
      ],
      '27:11: services[1].port: the port of gate as well, expected another: fronts share one address',
    ],
    [
      'two services with one name',
      [['name: shelf', 'name: work']],
      '41:11: services[2].name: a second service called "work", expected a name of its own',
    ],
    [
      'two operations with one name',
      [['name: get, cpu', 'name: find, cpu']],
      '49:17: services[2].operations[1].name: a second operation called "find", expected a name of its own',
    ],
    [
      'two quantities with one name',
      [['name: words', 'name: user']],
      '11:13: quantities[1].name: a second quantity called "user", expected a name of its own',
    ],
    [
      'two parameters with one name',
      [['[{ quantity: user }] }', '[{ quantity: user }] }\n      - { name: user_id, value: [{ text: a }] }']],
      '57:17: endpoints[0].parameters[1].name: a second parameter called "user_id", expected a name of its own',
    ],
    [
      'two weights of one endpoint',
      [['weight: 1 }', 'weight: 1 }, { endpoint: ask, weight: 2 }']],
      '59:71: mixes[0].weights[1].endpoint: a second weight of "ask", expected one for each endpoint',
    ],
    [
      'a caller without a pool',
      [['    pool: { connections: 4, wait: 1s, maxAge: null, maxIdle: 10s }\n', '']],
      '13:5: services[0].pool: missing, expected the connection pool of a service that calls',
    ],
    [
      'an operation that calls itself',
      [['[shelf/get, shelf/get]', '[shelf/get, work/do]']],
      '39:49: services[1].operations[0].steps[0].otherwise[0].parallel[1]: a cycle of calls: work/do -> work/do, expected calls that come to an end',
    ],
    [
      'a cycle',
      [
        ['reply: 1 kB }\n      - { name: get', 'reply: 1 kB, steps: [{ call: work/do }] }\n      - { name: get'],
        ['kept: 10 B }', 'kept: 10 B }\n    pool: { connections: 1, wait: 1s, maxAge: null, maxIdle: null }'],
      ],
      '49:92: services[2].operations[0].steps[0].call: a cycle of calls: work/do -> shelf/find -> work/do, expected calls that come to an end',
    ],
    [
      'an operation that no endpoint leads to',
      [['[{ call: work/do }]', '[{ call: shelf/get }]']],
      '33:15: services[1].operations[0].name: no endpoint leads here, expected a call to it, or not to have it\n48:17: services[2].operations[0].name: no endpoint leads here, expected a call to it, or not to have it',
    ],
    [
      'bounds the wrong way round',
      [['low: 0', 'low: 10']],
      '10:49: quantities[0].high: less than low, which is 10, expected at least as much',
    ],
    [
      'a median above the most',
      [['kind: constant, value: 3', 'kind: lognormal, median: 30, sigma: 1, most: 20']],
      '11:65: quantities[1].most: less than the median, which is 30, expected at least as much',
    ],
    [
      'a demand that its items make too large',
      [['value: 3', 'value: 1000000000']],
      '34:14: services[1].operations[0].cpu: a mean of up to 20001 s with all items and cpuScale, expected at most 100 s',
    ],
    [
      'a query that is too long',
      [['{ quantity: user }', '{ repeat: words, pieces: [{ random: digits, length: 2000 }] }']],
      '56:7: endpoints[0].parameters: path and query of up to 6013 characters, expected at most 4000',
    ],
    [
      'a form that is too long',
      [
        ['method: GET', 'method: POST'],
        [
          '{ quantity: user }',
          "{ repeat: words, separator: ' ', pieces: [{ random: digits, length: 4000 }, { repeat: user, pieces: [{ random: digits, length: 4000 }] }] }",
        ],
      ],
      '56:7: endpoints[0].parameters: form of up to 120018 characters, expected at most 64000',
    ],
  ])('%s', (_, changes, message) => {
    expect(mistakes(changed(...changes)).join('\n')).toBe(message);
  });
});

describe('too much of something', () => {
  const chain = (length: number): string =>
    Array.from(
      { length },
      (_, index) =>
        `      - { name: s${index}, cpu: { mean: 1us, source: ours }, reply: 0 B${index < length - 1 ? `, steps: [{ call: work/s${index + 1} }]` : ''} }\n`,
    ).join('');
  const doOnce = '      - name: do\n';

  test('calls that go 33 levels deep', () => {
    // The front, `do`, and the chain.
    const withChain = (length: number): string =>
      changed([doOnce, chain(length) + doOnce], ['{ call: shelf/find }', '{ call: shelf/find }, { call: work/s0 }']);

    expect(mistakes(withChain(30))).toEqual([]);
    expect(mistakes(withChain(31))).toEqual(['85:11: endpoints[0].call: calls 33 levels deep, expected at most 32']);
  });

  test('a request that makes more than a thousand calls', () => {
    const twice = (first: number, last: string): string =>
      `      - { name: s${first}, cpu: { mean: 1us, source: ours }, reply: 0 B, steps: [{ parallel: [${last}, ${last}] }] }\n`;
    const doubled = (levels: number): string =>
      Array.from({ length: levels }, (_, level) =>
        twice(level, level === levels - 1 ? 'shelf/get' : `work/s${level + 1}`),
      ).join('');
    const text = (levels: number): string =>
      changed([doOnce, doubled(levels) + doOnce], ['{ call: shelf/find }', '{ call: shelf/find }, { call: work/s0 }']);

    expect(mistakes(text(8))).toEqual([]);
    expect(mistakes(text(9))).toEqual([
      '63:11: endpoints[0].call: up to 1025 calls for one request, expected at most 1000',
    ]);
    expect(mistakes(text(25))).toEqual([
      '79:11: endpoints[0].call: up to a million and more calls for one request, expected at most 1000',
    ]);
  });

  test('choices nine deep', () => {
    const nested = (depth: number): string =>
      depth === 0 ? '{ call: work/do }' : `{ choice: x, chance: 5 %, then: [${nested(depth - 1)}] }`;

    expect(mistakes(changed(['{ call: work/do }', nested(8)]))).toEqual([]);
    expect(mistakes(changed(['{ call: work/do }', nested(9)]))).toEqual([
      '23:16: services[0].operations[0].steps: choices 9 deep, expected at most 8 in each other',
    ]);
  });

  test('65 quantities', () => {
    const more = Array.from(
      { length: 63 },
      (_, index) => `  - { name: q${index}, kind: constant, value: 1, source: ours }\n`,
    );

    expect(mistakes(changed(['services:\n', `${more.join('')}services:\n`]))).toEqual([
      '10:3: quantities: found 65, expected at most 64 quantities',
    ]);
  });

  test('256 endpoints', () => {
    const more = Array.from(
      { length: 255 },
      (_, index) => `  - { name: e${index}, method: GET, path: /e${index}, call: gate/ask, reply: text }\n`,
    );

    expect(mistakes(changed(['mixes:\n', `${more.join('')}mixes:\n`]))).toEqual([
      '51:3: endpoints: found 256, expected at most 255 endpoints',
    ]);
  });
});

test('a text with characters lost, doubled or replaced is read or refused, never thrown at', () => {
  const edit = fc.record({
    at: fc.nat({ max: smallText.length }),
    length: fc.nat({ max: 30 }),
    by: fc.oneof(
      fc.constantFrom('', ' ', '{', ']', '- ', ': ', '*a', '&a ', 'null', '-1', '1e999', '\n'),
      fc.string({ maxLength: 5 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const text = edits.reduce((now, { at, length, by }) => now.slice(0, at) + by + now.slice(at + length), smallText);
      for (const mistake of mistakes(text)) expect(mistake).toMatch(/^\d+:\d+: /);
    }),
    { numRuns: 300 },
  );
});
