import { describe, expect, test } from 'vitest';
import { processKind } from '../../../../harness/policy/process/process-kind.ts';
import { timeLimits } from '../../../../harness/policy/process/process-dependencies.ts';
import { policySpecs } from '../../../../harness/profile/policy-options.ts';
import { optionsOf } from './example.ts';

describe('the options of a process', () => {
  test('have defaults', () => {
    expect(optionsOf({ file: './policy.ts' })).toEqual({
      ...{ command: null, file: './policy.ts', intervalSeconds: 15, windowSeconds: 15, options: {} },
      ...{ needs: [], acts: ['replicas'], histograms: false },
    });
  });

  test('say what a trial has to offer', () => {
    const written = {
      ...{ command: ['python3', 'policy.py'], interval: '20s', window: '5m', options: { a: [1, { b: null }] } },
      ...{ needs: ['cpu-usage', 'cpu-usage'], acts: ['cpu', 'memory'], histograms: true },
    };
    const options = optionsOf(written);

    expect(options.options).toEqual(written.options);
    expect(processKind.demands(options)).toEqual({
      ...{ intervalSeconds: 20, longestWindowSeconds: 300 },
      // Histograms have to come from somewhere.
      ...{ needs: ['cpu-usage', 'wait-histogram'], acts: ['cpu', 'memory'] },
    });
  });

  test('are JSON: the plan that holds them is the same when it is read again', () => {
    const options = optionsOf({ command: ['x'], options: { a: [1, { b: null }] } });
    expect(JSON.parse(JSON.stringify(options))).toEqual(options);
    expect(optionsOf({ command: ['x'], interval: '1500ms' }).intervalSeconds).toBe(1.5);
  });
});

describe('a mistake names the field', () => {
  const mistakesOf = (policy: object): readonly string[] =>
    policySpecs([{ policy: { name: 'process', ...policy } }], [processKind]).mistakes.map(
      ({ path, message }) => `${path.slice(3).join('.')}: ${message}`,
    );

  test.each<[object, string]>([
    [{}, ': neither command nor file, expected command: [python3, my-policy.py] or file: ./my-policy.ts'],
    [{ command: ['x'], file: 'x.ts' }, 'file: beside a command, expected either of the two'],
    [{ command: [] }, 'command: found an empty list, expected a program such as [python3, my-policy.py]'],
    [{ command: 'python3 x.py' }, 'command: found "python3 x.py", expected a list such as [python3, my-policy.py]'],
    [{ command: ['x', 0.8] }, 'command.1: found the number 0.8, expected an argument, as text in quotation marks'],
    [{ file: 'x.py' }, 'file: found "x.py", expected a file that ends in .ts, .mts, .cts, .js, .mjs or .cjs'],
    [
      { file: 'x.ts', interval: 15 },
      'interval: found the number 15, expected a duration such as 500ms, 30s, 5m; a bare number has no unit',
    ],
    [{ file: 'x.ts', window: '5s' }, 'window: shorter than the interval, expected at least as long'],
    [{ file: 'x.ts', needs: ['cpu'] }, 'needs.0: unknown input "cpu"'],
    [{ file: 'x.ts', acts: 'replicas' }, 'acts: found "replicas", expected a list of actions'],
    [{ file: 'x.ts', options: [1] }, 'options: found a list, expected a mapping'],
    [{ file: 'x.ts', histograms: 'yes' }, 'histograms: found "yes", expected true or false'],
  ])('%j', (policy, message) => {
    const [mistake = ''] = mistakesOf(policy);
    expect(mistake.slice(0, message.length)).toBe(message);
  });
});

test.each([
  [1, 10_000, 60_000],
  [15, 15_000, 60_000],
  [300, 300_000, 300_000],
])(
  'a program that steps every %d s may take %d ms for an answer, and %d ms to begin',
  (interval, answerMs, readyMs) => {
    expect(timeLimits(interval)).toEqual({ answerMs, readyMs });
  },
);
