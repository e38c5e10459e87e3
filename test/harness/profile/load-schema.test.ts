import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parse } from 'yaml';
import { loadFromText } from '../../../harness/profile/load-conversion.ts';
import { loadJsonSchema, loadJsonSchemaText } from '../../../harness/profile/load-json-schema.ts';
import type { Load } from '../../../harness/profile/load.ts';
import { formatDiagnostics, toDiagnostics } from '../../../harness/yaml/diagnostic.ts';
import { readProjectFile, sourceFiles } from '../../guard/project-files.ts';

function reader(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    return text;
  };
}

const load = (text: string, files: Readonly<Record<string, string>> = {}, fileName = 'load/day.yaml') =>
  loadFromText({ text, fileName, name: 'day', read: reader(files) });

/** The load, or the first line of each mistake. */
function read(text: string, files: Readonly<Record<string, string>> = {}): Load | readonly string[] {
  const result = load(text, files);
  if (result.ok) return result.load;
  const sources = [...new Set(result.mistakes.map(({ place }) => place.source))];
  return toDiagnostics(result.mistakes, sources).map((each) => formatDiagnostics([each]).split('\n')[0] ?? '');
}

const poisson = { kind: 'poisson' };

test.each([
  ['rate: 50/s', { kind: 'constant', perSecond: 50 }],
  ['rate: { shape: constant, rate: 90/min }', { kind: 'constant', perSecond: 1.5 }],
  [
    'rate: { shape: steps, steps: [{ rate: 0/s, for: 30s }, { rate: 100/s, for: 1.5ms }] }',
    {
      kind: 'steps',
      steps: [
        { perSecond: 0, durationMs: 30_000 },
        { perSecond: 100, durationMs: 1.5 },
      ],
    },
  ],
  [
    'rate: { shape: ramp, from: 50/s, to: 0/s, over: 60s }',
    { kind: 'ramp', fromPerSecond: 50, toPerSecond: 0, durationMs: 60_000 },
  ],
  [
    'rate: { shape: sine, mean: 100/s, amplitude: 100/s, period: 2m }',
    { kind: 'sine', meanPerSecond: 100, amplitudePerSecond: 100, periodMs: 120_000 },
  ],
  [
    'rate: { shape: diurnal, low: 20/s, high: 120/s, day: 24h }',
    { kind: 'diurnal', lowPerSecond: 20, highPerSecond: 120, dayMs: 86_400_000 },
  ],
  [
    'rate: { shape: spike, base: 10/s, peak: 50/s, at: 0s, hold: 5s }',
    { kind: 'spike', basePerSecond: 10, peakPerSecond: 50, atMs: 0, riseMs: 0, holdMs: 5000, fallMs: 0 },
  ],
  [
    'rate: { shape: trace, file: t.csv, scale: 0.5 }',
    { kind: 'trace', file: 't.csv', perSecond: [1, 2.5], scale: 0.5, stepMs: 1000 },
  ],
  [
    'rate: { shape: trace, file: /far/away.csv }',
    { kind: 'trace', file: '/far/away.csv', perSecond: [7], scale: 1, stepMs: 1000 },
  ],
  [
    'rate:\n  shape: trace\n  file: gone.csv\n  rates: |\n    # none\n    rate\n    4\n    5',
    { kind: 'trace', file: 'gone.csv', perSecond: [4, 5], scale: 1, stepMs: 1000 },
  ],
])('%s', (text, rate) => {
  const files = { 'load/t.csv': '# two\nsecond,rate\n0,1\n\n1, 2.5\n', '/far/away.csv': '\uFEFF7\r\n' };
  expect(read(text, files)).toEqual({ name: 'day', rate, arrivals: poisson, mix: null });
});

test.each([
  ['poisson', poisson],
  ['even', { kind: 'even' }],
  ['{ process: even }', { kind: 'even' }],
  [
    '{ process: bursty, factor: 5, burst: 500ms, calm: 2s }',
    { kind: 'bursty', burstFactor: 5, burstMs: 500, calmMs: 2000 },
  ],
])('arrivals: %s', (text, arrivals) => {
  expect(read(`rate: 1/s\narrivals: ${text}\nmix: original`)).toMatchObject({ arrivals, mix: 'original' });
});

test('instants make their own rate, second by second, and none after the last', () => {
  const text = 'arrivals: { process: instants, file: i.txt }';

  expect(read(text, { 'load/i.txt': 'seconds\n0.1\n0.5000015\n2.25\n' })).toEqual({
    name: 'day',
    rate: { kind: 'trace', file: 'i.txt', perSecond: [2, 0, 1, 0], scale: 1, stepMs: 1000 },
    arrivals: { kind: 'instants', file: 'i.txt', atMs: [100, 500.002, 2250] },
    mix: null,
  });
});

const rateWords = 'a rate such as 200/s, 30/min';

describe('mistakes are told with line and column', () => {
  test.each<[string, readonly string[]]>([
    ['', ['load/day.yaml:1:1: nothing in it, expected a load: a mapping with at least rate']],
    ['- 1', ['load/day.yaml:1:1: found a list, expected a mapping with the keys rate, arrivals, mix']],
    ['mix: original', [`load/day.yaml:1:1: rate: missing, expected ${rateWords}, or a mapping with a shape`]],
    ['rate: 50', [`load/day.yaml:1:7: rate: found the number 50, expected ${rateWords}; a bare number has no unit`]],
    ['rate: 0/s', ['load/day.yaml:1:7: rate: found "0/s", expected 0.001/s to 1000000/s']],
    ['rate: [50/s]', [`load/day.yaml:1:7: rate: found a list, expected ${rateWords}`]],
    ['rate: { shape: rampp }', ['load/day.yaml:1:16: rate.shape: unknown shape "rampp", did you mean "ramp"?']],
    [
      'rate: { from: 1/s }',
      ['load/day.yaml:1:7: rate.shape: missing, expected one of constant, steps, ramp, sine, diurnal, spike, trace'],
    ],
    [
      'rate: { shape: ramp, from: 5/s, too: 3/s, over: 5 }',
      [
        `load/day.yaml:1:7: rate.to: missing, expected ${rateWords}`,
        'load/day.yaml:1:33: rate.too: unknown key "too", did you mean "to"?',
        'load/day.yaml:1:49: rate.over: found the number 5, expected a duration such as 500ms, 30s, 5m; a bare number has no unit',
      ],
    ],
    [
      'rate: { shape: steps, steps: [] }',
      ['load/day.yaml:1:30: rate.steps: found none, expected at least one step such as { rate: 100/s, for: 30s }'],
    ],
    [
      'rate: { shape: sine, mean: 1/s, amplitude: 2/s, period: 2s }',
      [
        'load/day.yaml:1:44: rate.amplitude: found 2/s with a mean of 1/s, expected at most the mean: a rate is not negative',
      ],
    ],
    [
      'rate: { shape: diurnal, low: 2/s, high: 1/s, day: 2s }',
      ['load/day.yaml:1:30: rate.low: found 2/s with high: 1/s, expected at most that'],
    ],
    [
      'rate: { shape: trace, file: t.csv, scale: 0 }',
      ['load/day.yaml:1:43: rate.scale: found the number 0, expected a factor from 0.000001 to 1000000 such as 0.5'],
    ],
    ['rate: 1/s\narrivals: evn', ['load/day.yaml:2:11: arrivals: unknown process "evn", did you mean "even"?']],
    [
      'rate: 1/s\narrivals: bursty',
      [
        'load/day.yaml:2:11: arrivals: found "bursty", expected poisson, even, or a mapping such as { process: bursty, factor: 5, burst: 500ms, calm: 2s }',
      ],
    ],
    [
      'rate: 1/s\narrivals: { process: bursty, factor: 1, burst: 0s }',
      [
        'load/day.yaml:2:11: arrivals.calm: missing, expected a duration such as 500ms, 30s, 5m',
        'load/day.yaml:2:38: arrivals.factor: found the number 1, expected a factor above 1, at most 1000, such as 5',
        'load/day.yaml:2:48: arrivals.burst: found "0s", expected 1ms to 24h',
      ],
    ],
    [
      'rate: 1/s\narrivals: { process: instants, file: i.txt }',
      ['load/day.yaml:1:7: rate: stands beside instants, expected none: they make their own rate'],
    ],
    [
      'rate: 1/s\nmix: 3\nname: x',
      [
        'load/day.yaml:2:6: mix: found the number 3, expected the name of a mix of the application',
        'load/day.yaml:3:1: name: unknown key "name", expected one of rate, arrivals, mix',
      ],
    ],
    [
      'rate: { shape: trace, file: no.csv }',
      ["load/day.yaml:1:29: rate.file: the file cannot be read: ENOENT: no such file or directory, open 'load/no.csv'"],
    ],
    [
      'rate: { shape: trace, file: no.csv, rates: "-1" }',
      ['load/day.yaml:1:44: rate.rates: line 1 of it: found "-1", expected a rate per second from 0 to 1000000'],
    ],
  ])('%s', (text, mistakes) => {
    expect(read(text)).toEqual(mistakes);
  });

  const trace = 'rate: { shape: trace, file: t.csv }';
  test.each<[string, readonly string[]]>([
    ['', ['load/t.csv:1:1: no rate in it, expected a rate for each second, one on each line']],
    ['rate\n', ['load/t.csv:1:1: no rate in it, expected a rate for each second, one on each line']],
    [
      'rate\n1\nx\n1e3\n2000000',
      [
        'load/t.csv:3:1: found "x", expected a rate per second from 0 to 1000000',
        'load/t.csv:4:1: found "1e3", expected a rate per second from 0 to 1000000',
        'load/t.csv:5:1: found "2000000", expected a rate per second from 0 to 1000000',
      ],
    ],
    ['0,5\n2,5', ['load/t.csv:2:1: found the second "2", expected 1: seconds count from 0 without gaps']],
    ['0,5,6', ['load/t.csv:1:1: found 3 columns, expected a rate, or second,rate']],
    ['1\n'.repeat(100_001), ['load/t.csv:100001:1: more than 100000 lines, expected at most that many rates']],
  ])('the trace %j', (csv, mistakes) => {
    expect(read(trace, { 'load/t.csv': csv })).toEqual(mistakes);
  });

  test.each<[string, readonly string[]]>([
    ['', ['load/i.txt:1:1: no instant in it, expected instants in seconds, one on each line']],
    ['0.5\n0.3', ['load/i.txt:2:1: found 0.3 after 0.5, expected instants in order']],
    ['0.5\n900000', ['load/i.txt:2:1: found "900000", expected an instant in seconds from 0 to 864000']],
    ['0.5,1', ['load/i.txt:1:1: found 2 columns, expected one: an instant in seconds']],
  ])('the instants %j', (text, mistakes) => {
    expect(read('arrivals: { process: instants, file: i.txt }', { 'load/i.txt': text })).toEqual(mistakes);
  });

  test('of a file with many mistakes the first 20 are told', () => {
    expect(read(trace, { 'load/t.csv': '1\n' + 'x\n'.repeat(1000) })).toHaveLength(20);
  });
});

const shippedLoads = sourceFiles('profiles/load', '.yaml');

describe('the loads that come with Scalelab', () => {
  test('are there', () => {
    expect(shippedLoads.map((file) => file.replace(/^.*\//, ''))).toEqual([
      'bursty.yaml',
      'diurnal.yaml',
      'spike.yaml',
      'steps.yaml',
      'trace.yaml',
    ]);
  });

  test.each(shippedLoads)('%s is valid, says what it is, and names its schema for editors', (file) => {
    const text = readProjectFile(file);
    const result = loadFromText({ text, fileName: file, name: 'shipped', read: readProjectFile });

    expect(result).toMatchObject({ ok: true });
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./schema.json');
    expect(text.split('\n')[2]).toMatch(/^# [A-Z].*\.$/);
  });

  test('the trace says that its numbers are of no real service', () => {
    expect(readProjectFile('profiles/load/trace.csv').split('\n')[0]).toBe(
      '# Made up for Scalelab, to show the format: a random walk with two rushes. Of no real service.',
    );
  });
});

test('the committed schema is the one made from the source (npm run schema)', () => {
  expect(readProjectFile('profiles/load/schema.json')).toBe(loadJsonSchemaText());
});

describe('an editor accepts what the loader accepts, and nothing that it does not know', () => {
  const schema = z.fromJSONSchema(loadJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const accepts = (text: string): boolean => schema.safeParse(parse(text)).success;

  test.each(shippedLoads)('%s', (file) => {
    expect(accepts(readProjectFile(file))).toBe(true);
  });

  test.each([['rate: 50'], ['rate: { shape: rampp }'], ['rate: 1/s\nname: x'], ['rate: 1/s\narrivals: evn']])(
    'not %j',
    (text) => {
      expect(accepts(text)).toBe(false);
    },
  );
});
