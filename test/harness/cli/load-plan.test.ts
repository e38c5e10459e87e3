import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadFrozenPlan, loadPlan } from '../../../harness/cli/load-plan.ts';
import { readProjectFile } from '../../guard/project-files.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { applicationProfileText } from '../profile/profile-text.ts';

/** A profile that names a model, a load file with a trace beside it, and instants. */
function folderWithInputs(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'loads'));
  writeFileSync(join(folder, 'small.yaml'), readProjectFile('deathstarbench/echo.yaml'));
  writeFileSync(
    join(folder, 'loads', 'day.yaml'),
    'rate: { shape: trace, file: day.csv, scale: 0.5 }\nmix: say-only\n',
  );
  writeFileSync(join(folder, 'loads', 'day.csv'), 'rate\n10\n20.5\n');
  writeFileSync(join(folder, 'arrivals.txt'), '0.5\n1.25\n');
  const text = applicationProfileText({
    application: 'application: ./small.yaml',
    loads:
      'loads: [{ name: day, file: loads/day.yaml }, { name: given, arrivals: { process: instants, file: arrivals.txt } }]',
  });
  writeFileSync(join(folder, 'app.yaml'), text);
  return folder;
}

test.each([
  ['as it was written', []],
  ['as it counts after --set', ['blocks=3', 'objective=150ms']],
] as const)('a frozen profile, %s, makes the same plan of the frozen files alone', (_, sets) => {
  const folder = folderWithInputs();
  const first = loadPlan(join(folder, 'app.yaml'), sets, [], 'app');
  const elsewhere = join(temporaryFolder(), 'profile.yaml');
  writeFileSync(elsewhere, first.profileText);
  rmSync(folder, { recursive: true });

  const again = loadFrozenPlan(elsewhere, 'app', first.inputs, []);
  expect(again.planText).toBe(first.planText);
  expect(first.plan.loads.map(({ rate }) => rate.kind)).toEqual(['trace', 'trace']);
});

test('the files are kept as they were read, each once, by the names that the profile has for them', () => {
  const { inputs } = loadPlan(join(folderWithInputs(), 'app.yaml'), [], [], 'app');

  expect(inputs).toEqual({
    './small.yaml': readProjectFile('deathstarbench/echo.yaml'),
    'loads/day.yaml': 'rate: { shape: trace, file: day.csv, scale: 0.5 }\nmix: say-only\n',
    'loads/day.csv': 'rate\n10\n20.5\n',
    'arrivals.txt': '0.5\n1.25\n',
  });
});

test('a model that comes with Scalelab is kept as well: a later version may have another', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app.yaml'), applicationProfileText());

  expect(loadPlan(join(folder, 'app.yaml'), [], [], 'app').inputs).toEqual({
    'scalelab:echo.yaml': readProjectFile('deathstarbench/echo.yaml'),
  });
});

describe('a load of more requests than can be drawn is a mistake in the profile', () => {
  const planOf = (loads: string, sets: readonly string[] = []): (() => unknown) => {
    const file = join(temporaryFolder(), 'app.yaml');
    writeFileSync(file, applicationProfileText({ loads }));
    return () => loadPlan(file, ['trial.duration=10s', ...sets], [], 'app').plan.loads.length;
  };

  test('with its place, and how many they are by its rate', () => {
    expect(
      planOf('loads: [{ name: low, rate: 10/s }, { name: flood, rate: 1000000/s }]', ['trial.duration=17s']),
    ).toThrow(
      /^1 mistake in the profile; nothing was created\.\n.*app\.yaml:\d+:\d+: loads\[1\]: some 17000000 requests in a trial, expected at most 16000000\n/,
    );
  });

  test('by the rate as it changes over the trial', () => {
    const spike = (hold: string): string =>
      `loads: [{ name: flood, rate: { shape: spike, base: 0/s, peak: 1000000/s, at: 1s, hold: ${hold} } }]`;
    expect(planOf(spike('16s'), ['trial.duration=30s'])()).toBe(1);
    expect(planOf(spike('17s'), ['trial.duration=30s'])).toThrow(/: loads\[0\]: some 17000000 requests in a trial/);
  });

  test('as it is compressed', () => {
    const spike = 'loads: [{ name: flood, rate: { shape: spike, base: 0/s, peak: 1000000/s, at: 1s, hold: 34s } }]';
    expect(planOf(spike, ['trial.duration=60s'])).toThrow(/: some 34000000 requests in a trial/);
    expect(planOf(spike, ['trial.duration=60s', 'timeCompression=4'])()).toBe(1);
  });
});

test('a file that was not kept is a mistake in the profile, with its place', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'app.yaml');
  writeFileSync(file, applicationProfileText());

  expect(() => loadFrozenPlan(file, 'app', {}, [])).toThrow(
    `1 mistake in the profile; nothing was created.\n${file}:2:14: application: the model cannot be read: it is not in inputs.json`,
  );
});

test.each([
  ['as it was written', []],
  ['as it counts after --set', ['blocks=3']],
] as const)('a trace of as many rates as there may be is readable again in a profile that is frozen %s', (_, sets) => {
  const folder = temporaryFolder();
  const lines = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
  writeFileSync(
    join(folder, 'day.csv'),
    lines(100_000, (second) => `${(second % 7) + 1 / 3}`),
  );
  writeFileSync(
    join(folder, 'arrivals.txt'),
    lines(100_000, (index) => (index / 1e4).toFixed(4)),
  );
  writeFileSync(
    join(folder, 'app.yaml'),
    applicationProfileText({
      loads:
        'loads: [{ name: day, rate: { shape: trace, file: day.csv } }, { name: given, arrivals: { process: instants, file: arrivals.txt } }]',
    }),
  );
  const first = loadPlan(join(folder, 'app.yaml'), sets, [], 'app');
  const elsewhere = join(temporaryFolder(), 'profile.yaml');
  writeFileSync(elsewhere, first.profileText);

  // Not compared by the matcher, which would show millions of characters.
  expect(loadFrozenPlan(elsewhere, 'app', first.inputs, []).planText === first.planText).toBe(true);
});

test('more values than a person may write are readable again where Scalelab wrote them', () => {
  const folder = temporaryFolder();
  const steps = '{ rate: 1/s, for: 1ms }, '.repeat(4000);
  const shape = `{ shape: steps, steps: [${steps}] }`;
  const loads = (names: readonly string[]): string =>
    `loads: [${names.map((name) => `{ name: ${name}, file: ${name}.yaml }`).join(', ')}]`;
  for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.yaml`), `rate: ${shape}\n`);
  writeFileSync(join(folder, 'app.yaml'), applicationProfileText({ loads: loads(['a', 'b']) }));
  const first = loadPlan(join(folder, 'app.yaml'), ['blocks=3'], [], 'app');
  const elsewhere = join(folder, 'profile.yaml');
  writeFileSync(elsewhere, first.profileText);

  expect(() => loadPlan(elsewhere, [], [], 'app')).toThrow('more than 20000 values with all aliases expanded');
  expect(loadFrozenPlan(elsewhere, 'app', first.inputs, []).planText === first.planText).toBe(true);
});
