import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../../harness/core/sha256.ts';
import { programFiles } from '../../../../harness/policy/process/program-files.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { optionsOf } from './example.ts';

test('the files of a program are known by their content', () => {
  const folder = temporaryFolder();
  for (const name of ['policy.py', 'weights.bin', 'policy']) writeFileSync(join(folder, name), `text of ${name}`);
  const filesOf = (written: object): unknown => programFiles(optionsOf(written), folder);

  expect(filesOf({ command: ['python3', '-u', 'policy.py', '--weights', 'weights.bin', 'gone', '.'] })).toEqual({
    'policy.py': sha256('text of policy.py'),
    'weights.bin': sha256('text of weights.bin'),
  });
  expect(filesOf({ command: ['./policy'] })).toEqual({ './policy': sha256('text of policy') });
  // That one is on PATH.
  expect(filesOf({ command: ['policy'] })).toEqual({});
  expect(filesOf({ file: 'gone.ts' })).toEqual({});
});
