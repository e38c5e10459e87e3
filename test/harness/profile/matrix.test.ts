import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { armOf } from '../../rig/recorded.ts';
import { applicationProfileText, loaded, mistakes, profileText, refusal } from './profile-text.ts';

const withArm = (arm: string): string =>
  profileText({
    arms: `arms:\n  - { name: idle }\n  - ${arm}`,
    hypotheses: 'hypotheses: [{ arm: stress-2, against: idle, metric: canary-wait-p95 }]',
  });

test('an arm with a matrix stands for every combination, in order, and a placeholder takes the type of its value', () => {
  const text = withArm(
    "{ name: 'stress-{threads}', matrix: { threads: [1, 2, 4] }, disturbances: { cpu: '{threads}' } }",
  );

  expect(loaded(text).arms).toEqual([
    armOf('idle', null),
    armOf('stress-1', { threads: 1 }),
    armOf('stress-2', { threads: 2 }),
    armOf('stress-4', { threads: 4 }),
  ]);
});

test('within a text a placeholder is replaced as it is written', () => {
  const text = withArm(
    "{ name: 'stress-{times}', matrix: { times: [1, 2] }, disturbances: { cpu: '{times}x cores' } }",
  );

  expect(loaded(text).arms.slice(1)).toEqual([
    armOf('stress-1', { timesCores: 1 }),
    armOf('stress-2', { timesCores: 2 }),
  ]);
});

describe('placeholders in what an application is given', () => {
  const withMatrix = (arm: string): string =>
    applicationProfileText({
      arms: `arms:\n  - ${arm}`,
      hypotheses: 'hypotheses: [{ arm: a-1, against: a-2, metric: latency-p95 }]',
    });

  test('take the type of their value, and within a text are replaced as they are written', () => {
    const text = withMatrix(`name: 'a-{n}'
    matrix: { n: [1, 2], memory: [64 MiB], service: [gate] }
    allocation: { default: { replicas: '{n}', cpu: '0.{n} cores' }, services: { gate: { memory: '{memory}' } } }
    assumedDemand: '{n}00 %'`);

    expect(loaded(text).arms).toEqual(
      [1, 2].map((n) => ({
        name: `a-${n}`,
        disturbances: { cpu: null },
        allocation: {
          gate: { replicas: n, cpuLimitCores: n / 10, cpuRequestCores: n / 10, memoryLimitBytes: 64 * 2 ** 20 },
          echo: { replicas: n, cpuLimitCores: n / 10, cpuRequestCores: n / 10, memoryLimitBytes: null },
        },
        assumedDemand: n,
        policy: null,
        overrides: {},
      })),
    );
  });

  test('of another type or value are told with the combination', () => {
    const text = withMatrix(`name: 'a-{n}'
    matrix: { n: [1, 2, 500] }
    allocation: { default: { replicas: '{n}', cpu: '{n}' } }`);

    const bare = 'expected a number of cores such as 2 cores; a bare number has no unit';

    expect(mistakes(text)).toEqual([
      `9:19: arms[0].allocation.default.cpu: found the number 1, ${bare} (where n 1)`,
      `9:22: arms[0].allocation.default.cpu: found the number 2, ${bare} (where n 2)`,
      '9:25: arms[0].allocation.default.replicas: found the number 500, expected a whole number from 0 to 100 (where n 500)',
      `9:25: arms[0].allocation.default.cpu: found the number 500, ${bare} (where n 500)`,
    ]);
  });

  test('a service that is not there is told once for all arms, and a treatment that is there twice once for each', () => {
    const unknown = withMatrix(
      "{ name: 'a-{n}', matrix: { n: [1, 2] }, allocation: { services: { gat: { replicas: '{n}' } } } }",
    );
    const same = withMatrix("{ name: 'a-{n}', matrix: { n: [1, 2] }, allocation: { default: { replicas: 1 } } }");

    expect(mistakes(unknown)).toEqual([
      '8:71: arms[0].allocation.services.gat: unknown service "gat", did you mean "gate"?',
    ]);
    expect(mistakes(same)).toEqual([
      '8:5: arms[0]: does the same as arm "a-1", expected arms that differ (or aa: true for an A/A profile) (where n 2)',
    ]);
  });
});

test('the arms of a matrix are the cross product of its options, the last changing fastest', () => {
  const option = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(option, option, (tens, ones) => {
      fc.pre(tens.length * ones.length >= 2);
      const text = profileText({
        arms: `arms:\n  - { name: 'a{t}{o}', matrix: { t: [${tens.join(',')}], o: [${ones.join(',')}] }, disturbances: { cpu: '{t}{o}x cores' } }`,
        hypotheses: `hypotheses: [{ arm: a${tens[0] ?? ''}${ones[0] ?? ''}, against: a${tens.at(-1) ?? ''}${ones.at(-1) ?? ''}, metric: all-wait-p50 }]`,
      });
      // More than 64 times the cores is refused, so the product is read from the mistakes or from the arms.
      fc.pre(tens.every((ten) => ten < 6));

      expect(loaded(text).arms.map(({ name }) => name)).toEqual(
        tens.flatMap((ten) => ones.map((one) => `a${ten}${one}`)),
      );
    }),
  );
});

test('--set reaches into an entry before it is expanded', () => {
  const text = withArm("{ name: 'stress-{threads}', matrix: { threads: [1, 2] }, disturbances: { cpu: '{threads}' } }");

  expect(loaded(text, ['arms[1].matrix.threads=[2, 8]']).arms.map(({ name }) => name)).toEqual([
    'idle',
    'stress-2',
    'stress-8',
  ]);
});

test('a mistake in an expanded arm points at the entry of the file, and is told once', () => {
  const text = withArm(`name: 'stress-{threads}'
    foo: 1
    matrix: { threads: [1, 0, 2, 2000] }
    disturbances: { cpu: '{threads}' }`);
  const expected = 'expected a number of threads from 1 to 1024, or cores, or a multiple such as 2x cores (up to 64x)';

  expect(refusal(text)).toBe(`\
exp.yaml:6:5: arms[1].foo: unknown key "foo", expected one of name, disturbances, allocation, assumedDemand, policy, overrides, matrix
        foo: 1
        ^
exp.yaml:7:28: arms[1].disturbances.cpu: found the number 0, ${expected} (where threads 0)
        matrix: { threads: [1, 0, 2, 2000] }
                               ^
exp.yaml:7:34: arms[1].disturbances.cpu: found the number 2000, ${expected} (where threads 2000)
        matrix: { threads: [1, 0, 2, 2000] }
                                     ^`);
});

describe('the matrix itself is wrong', () => {
  const count100 = Array.from({ length: 11 }, (_, index) => index).join(', ');
  test.each([
    [
      '{ name: a, matrix: 3 }',
      '5:24: arms[1].matrix: found the number 3, expected options with the values they take, such as { threads: [1, 2, 4] }',
    ],
    [
      '{ name: a, matrix: {} }',
      '5:24: arms[1].matrix: found no option, expected options with the values they take, such as { threads: [1, 2, 4] }',
    ],
    ['{ name: a, matrix: { n: 3 } }', '5:29: arms[1].matrix.n: found the number 3, expected a list of values'],
    ['{ name: a, matrix: { n: [] } }', '5:29: arms[1].matrix.n: found an empty list, expected a list of values'],
    [
      '{ name: "{n}", matrix: { n: [[1], 2] } }',
      '5:34: arms[1].matrix.n[0]: found a list, expected a text, a number, true or false',
    ],
    [
      '{ name: a, matrix: { "n-m": [1] } }',
      '5:26: arms[1].matrix.n-m: not a name for an option, expected letters and digits',
    ],
    ['{ name: "a{m}{n}", matrix: { n: [1] } }', '5:13: arms[1].name: unknown placeholder "m", did you mean "n"?'],
    [
      '{ name: a, matrix: { n: [1, 2] } }',
      '5:13: arms[1].name: the name lacks {n}, expected it so that the arms of the matrix differ in name',
    ],
    [
      '{ name: "a{n}", matrix: { n: [1, 2] }, disturbances: { cpu: {n} } }',
      "5:65: arms[1].disturbances.cpu: {n} without quotes is a mapping in YAML, expected '{n}'",
    ],
    [
      `{ name: "a{n}{m}", matrix: { n: [${count100}], m: [${count100}] } }`,
      '5:32: arms[1].matrix: expands to 121 arms, expected at most 100',
    ],
  ])('%s', (arm, expected) => {
    // The hypothesis names an arm that the matrix would have made: nothing is said about it.
    expect(mistakes(withArm(arm))).toEqual([expected]);
  });

  test('a placeholder without a matrix is no name', () => {
    expect(mistakes(withArm("{ name: 'stress-{n}', disturbances: { cpu: 1 } }"))[0]).toMatch(
      /^5:13: arms\[1\]\.name: found "stress-\{n\}", expected a name of /,
    );
  });
});
