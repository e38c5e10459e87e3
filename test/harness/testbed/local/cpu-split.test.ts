import { describe, expect, test } from 'vitest';
import { splitCpus, splitText } from '../../../../harness/testbed/local/cpu-split.ts';

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, cpu) => cpu);
const none = { applicationCpus: null, harnessCpus: null };

describe('without a wish', () => {
  test.each([
    [2, [0], [1]],
    [3, [0, 1], [2]],
    [4, [0, 1, 2], [3]],
    [5, [0, 1, 2], [3, 4]],
    [8, [0, 1, 2, 3, 4, 5], [6, 7]],
  ])('of %i cores the application has %j and the harness %j', (cores, application, harness) => {
    expect(splitCpus(upTo(cores), none)).toEqual({ split: { application, harness }, problems: [] });
  });

  test('one core is shared, which is a warning', () => {
    const { split, problems } = splitCpus([3], none);
    expect(split).toEqual({ application: [3], harness: [3] });
    expect(problems).toEqual([
      {
        severity: 'warning',
        code: 'cpus-shared',
        message: 'There is one CPU: the load generator takes time from the application that it measures.',
        hint: 'Use a machine with two cores or more.',
      },
    ]);
    expect(splitText(split)).toBe('Application, harness, load generator and tracer share CPU 3.');
  });

  test('CPUs that we may not use are nobody’s', () => {
    expect(splitCpus([2, 3], none).split).toEqual({ application: [2], harness: [3] });
  });
});

describe('with a wish', () => {
  test.each([
    ['0', null, [0], [1, 2, 3]],
    [null, '0-1', [2, 3], [0, 1]],
    ['3', '1', [3], [1]],
  ])('of %j for the application and %j for the harness', (applicationCpus, harnessCpus, application, harness) => {
    const wish = { applicationCpus, harnessCpus };
    expect(splitCpus(upTo(4), wish)).toEqual({ split: { application, harness }, problems: [] });
  });

  test.each([
    ['0-1', '1', 'The testbed gives CPU 1 to both the application and the harness.'],
    ['0-1', null, 'The testbed leaves no CPU to the harness.'],
    [null, '0-1', 'The testbed leaves no CPU to the application.'],
    ['4-5', '1', 'The testbed names CPUs 4-5; there are CPUs 0-1 for us.'],
    ['x', '1', 'testbed.applicationCpus is "x", which names no CPUs.'],
  ])('of %j and %j is refused on two cores', (applicationCpus, harnessCpus, message) => {
    expect(splitCpus(upTo(2), { applicationCpus, harnessCpus }).problems).toEqual([
      {
        ...{ severity: 'error', code: 'cpus-wrong', message },
        hint: 'Name CPUs as `testbed: { kind: local, applicationCpus: "0", harnessCpus: "1" }`, or leave both out.',
      },
    ]);
  });
});

test('is said in one sentence', () => {
  expect(splitText({ application: [0, 1, 2], harness: [3] })).toBe(
    'The application has CPUs 0-2; harness, load generator and tracer have CPU 3.',
  );
});
