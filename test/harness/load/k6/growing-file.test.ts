import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrowingFile } from '../../../../harness/load/k6/growing-file.ts';
import { LineSplitter } from '../../../../harness/load/k6/line-splitter.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

test('lines come when they are whole, from a file that need not be there yet', () => {
  const path = join(temporaryFolder(), 'lines');
  const file = new GrowingFile(path);
  const lines: string[] = [];
  const read = (): string[] => {
    file.readLines((line) => lines.push(line));
    return lines.splice(0);
  };

  expect(read()).toEqual([]);
  appendFileSync(path, 'one\ntwo\nthr');
  expect(read()).toEqual(['one', 'two']);
  expect(read()).toEqual([]);
  appendFileSync(path, `ee\n${'x'.repeat(50_000)}\n`.repeat(3));
  expect(read()).toEqual(['three', 'x'.repeat(50_000), 'ee', 'x'.repeat(50_000), 'ee', 'x'.repeat(50_000)]);
  appendFileSync(path, 'cut o');
  expect(read()).toEqual([]);
  expect(file.close()).toBe('cut o');
  expect(file.close()).toBeNull();
});

test('any text comes out as its lines, wherever its bytes are cut', () => {
  const bytesAndCuts = fc
    .array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')))
    .chain((lines) => fc.tuple(fc.constant(lines), fc.array(fc.nat({ max: 200 }))));
  fc.assert(
    fc.property(bytesAndCuts, ([lines, sizes]) => {
      const splitter = new LineSplitter();
      let rest: Buffer = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const found: string[] = [];
      for (const size of [...sizes, rest.length]) {
        found.push(...splitter.push(rest.subarray(0, size)));
        rest = rest.subarray(size);
      }
      found.push(...splitter.push(rest));
      expect(found).toEqual(lines.map((line) => Buffer.from(line).toString()));
      expect(splitter.end()).toBeNull();
    }),
  );
});

test('a line that does not end is not kept', () => {
  const splitter = new LineSplitter();
  for (let i = 0; i < 100; i++) expect(splitter.push(Buffer.alloc(10_000, 'x'))).toEqual([]);

  expect(splitter.push(Buffer.from('\nnext\n'))).toEqual([`${'x'.repeat(100)}...`, 'next']);
});
