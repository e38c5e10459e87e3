import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { frozenReader, loadPlan } from '../../../harness/cli/load-plan.ts';
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
  const first = loadPlan(join(folder, 'app.yaml'), sets, 'app');
  const elsewhere = join(temporaryFolder(), 'profile.yaml');
  writeFileSync(elsewhere, first.profileText);
  rmSync(folder, { recursive: true });

  const again = loadPlan(elsewhere, [], 'app', frozenReader(first.inputs));
  expect(again.planText).toBe(first.planText);
  expect(first.plan.loads.map(({ rate }) => rate.kind)).toEqual(['trace', 'trace']);
});

test('the files are kept as they were read, each once, by the names that the profile has for them', () => {
  const { inputs } = loadPlan(join(folderWithInputs(), 'app.yaml'), [], 'app');

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

  expect(loadPlan(join(folder, 'app.yaml'), [], 'app').inputs).toEqual({
    'scalelab:echo.yaml': readProjectFile('deathstarbench/echo.yaml'),
  });
});

test('a file that was not kept is a mistake in the profile, with its place', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'app.yaml');
  writeFileSync(file, applicationProfileText());

  expect(() => loadPlan(file, [], 'app', frozenReader({}))).toThrow(
    `1 mistake in the profile; nothing was created.\n${file}:2:14: application: the model cannot be read: it is not in inputs.json`,
  );
});
