import { describe, expect, test } from 'vitest';
import { failedCodes, invalidCodes } from '../../harness/store/verdict.ts';
import { errorCodes } from '../../harness/core/errors.ts';
import { readProjectFile } from './project-files.ts';

/** The cells of the table under a heading, without its two head lines. */
function tableUnder(heading: string): string[][] {
  const section = readProjectFile('docs/exit-codes.md')
    .split(/^## /m)
    .find((part) => part.startsWith(`${heading}\n`));
  const rows = (section ?? '').split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

describe('docs/exit-codes.md lists what the source has, row by row', () => {
  test('exit statuses', () => {
    const declared = /type ExitStatus = (.*);/.exec(readProjectFile('harness/core/errors.ts'))?.[1]?.split(' | ');

    expect(tableUnder('Exit statuses').map(([status]) => status)).toEqual(declared);
  });

  test('error codes, with exit status and meaning', () => {
    const declared = Object.entries(errorCodes).map(([code, { exitStatus, meaning }]) => [
      code,
      `${exitStatus}`,
      meaning,
    ]);

    expect(tableUnder('Error codes')).toEqual(declared);
  });

  test('why a trial is invalid', () => {
    expect(tableUnder('Invalid trials')).toEqual(Object.entries(invalidCodes));
  });

  test('why a trial has failed', () => {
    expect(tableUnder('Failed trials')).toEqual(Object.entries(failedCodes));
  });
});
