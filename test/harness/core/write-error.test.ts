import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import { asWriteError } from '../../../harness/core/write-error.ts';

const systemError = (code: keyof typeof constants.errno): Error =>
  Object.assign(new Error(`${code}: text, write`), { errno: -constants.errno[code], code, syscall: 'write' });

test.each(['ENOSPC', 'EFBIG', 'EDQUOT'] as const)('%s says that the disk is full', (code) => {
  expect(asWriteError(systemError(code), 'a.json')).toMatchObject({
    code: 'results-not-writable',
    message: 'a.json could not be written: the disk is full.',
  });
});

test('any other refusal is in the words of the system', () => {
  expect(asWriteError(systemError('EROFS'), 'a.json')).toMatchObject({
    message: 'a.json could not be written: read-only file system.',
    hint: 'Make the folder writable, or choose another with --results DIR.',
  });
  expect(asWriteError(systemError('EIO'), 'a.json')).toMatchObject({
    message: 'a.json could not be written: i/o error.',
  });
});

test('an error of the database is understood by the words it ends with', () => {
  const full = new Error('IO Error: Could not write file "results/a: b/.x.part": No space left on device');
  expect(asWriteError(full, 'x')).toMatchObject({ message: 'x could not be written: the disk is full.', cause: full });
  const refused = new Error('IO Error: Cannot open file "/r/.x.part": Permission denied');
  expect(asWriteError(refused, 'x')).toMatchObject({ message: 'x could not be written: permission denied.' });
});

test('what is no refusal of the system is passed on as it is', () => {
  const passedOn = [
    new TypeError('undefined is not a function'),
    new Error('Binder Error: column "a" not found: No space left on device'),
    new HarnessError('results-locked', 'locked'),
    // A closed descriptor or a wrong argument is a defect of the caller.
    systemError('EBADF'),
    systemError('EINVAL'),
    'text',
    undefined,
  ];
  for (const error of passedOn) expect(asWriteError(error, 'x')).toBe(error);
});
