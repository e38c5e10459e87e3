import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastWords } from '../../../../harness/load/k6/last-words.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

const entry = (level: string, msg: string, error?: string): string =>
  `${JSON.stringify({ level, msg, ...(error === undefined ? {} : { error }) })}\n`;

function wordsOf(log: string, standardError = ''): string {
  const file = join(temporaryFolder(), 'log');
  writeFileSync(file, log);
  return lastWords(file, standardError);
}

test('an error is told with its cause, however many warnings came after it', () => {
  const warnings = entry('warning', 'Request Failed', 'request timeout').repeat(2000);

  expect(wordsOf(entry('error', 'no room', 'disk full') + warnings)).toBe('no room: disk full');
});

test('without an error, the last warnings are told, each text once', () => {
  const log = ['a', 'b', 'b', 'c', 'd', 'd'].map((cause) => entry('warning', 'Request Failed', cause)).join('');

  expect(wordsOf(log)).toBe('Request Failed: b; Request Failed: c; Request Failed: d');
});

test('of a long log the end is read, from the beginning of a line on', () => {
  const long = entry('warning', 'x'.repeat(1000), '').repeat(400);

  expect(wordsOf(entry('error', 'early') + long)).toBe(`${'x'.repeat(600)}...`);
  expect(wordsOf(long + entry('error', 'late'))).toBe('late');
});

test('what comes before there is a log counts as well, and so does what is no line of a log', () => {
  const text = 'time="2026-11-24T04:22:38Z" level=error msg="unknown \\"flag\\"" hint="none"\n';

  expect(lastWords('/nowhere/log', text)).toBe('unknown "flag"');
  expect(lastWords('/nowhere/log', 'sh: k6: not found\n')).toBe('sh: k6: not found');
  expect(lastWords('/nowhere/log', '')).toBe('');
});

test('a crash is told by its first line, not by what follows', () => {
  const dump = 'fatal error: out of memory\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:1\n';

  expect(wordsOf(entry('error', 'before'), dump)).toBe('fatal error: out of memory');
});
