import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSpans, readSpans } from '../../../deathstarbench/client/read-spans.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const header = 'scalelab-spans 1 text-service text-1\n';
const line = '12 3 1 compose-text 5000000000 5002500000 1500000 250000 1000 600000 0 1234.5\n';
const span = {
  request: 12,
  id: 3,
  parent: 1,
  service: 'text-service',
  operation: 'compose-text',
  replica: 'text-1',
  startMs: 1000,
  endMs: 1002.5,
  cpuMs: 1.5,
  waitMs: 0.25,
  connectionMs: 0.001,
  downstreamMs: 0.6,
  isError: false,
  demandMicros: 1234.5,
};

const parse = (text: string) => [...parseSpans(text, 4)];

test('times count from the origin, in milliseconds', () => {
  expect(parse(header + line)).toEqual([span]);
});

test('a wait that the kernel did not tell is missing', () => {
  expect(parse(header + line.replace(' 250000 ', ' - '))).toEqual([{ ...span, waitMs: null }]);
});

test('a replica that was killed and started again goes on under its own names, after the line that it could not finish', () => {
  const again = 'scalelab-spans 1 text-service text-2\n';
  expect(parse(`${header}${line}${line.slice(0, 40)}\n${again}${line}`)).toEqual([
    span,
    { ...span, replica: 'text-2' },
  ]);
});

test.each([
  ['a letter in a number', line.replace('12 3', '12 x')],
  ['an end before the start', line.replace('5002500000', '4002500000')],
  ['a parent that came later', line.replace('12 3 1', '12 3 4')],
  ['a field too many', line.replace('\n', ' 1\n')],
  ['a field too few', line.replace(' 1234.5', '')],
  ['another mark of an error', line.replace(' 0 1234.5', ' 2 1234.5')],
  ['no number as its demand', line.replace('1234.5', '1e999')],
])('a line with %s is left out', (_what, wrong) => {
  expect(parse(header + wrong + line)).toEqual([span]);
});

test('lines before any names are nobody’s', () => {
  expect(parse(line + header)).toEqual([]);
});

test('whatever is cut off, and wherever, whole lines before it are there', () => {
  const text = header + line.repeat(5);
  fc.assert(
    fc.property(fc.nat({ max: text.length }), (length) => {
      const whole = Math.max(0, Math.floor((length - header.length) / line.length));
      expect(parse(text.slice(0, length))).toEqual(new Array(whole).fill(span));
    }),
  );
});

test('no text breaks it', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('\n', ' ', line, header, '-', '12 3 1 x'))), (parts) => {
      for (const { id, parent, startMs, endMs } of parse(parts.join(''))) {
        expect(id > parent && endMs >= startMs).toBe(true);
      }
    }),
  );
});

test('all files of a folder are read, in the order of their names, and nothing else', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'b.spans'), header + line);
  writeFileSync(join(folder, 'a.spans'), header.replace('text-1', 'text-0') + line);
  writeFileSync(join(folder, 'a.txt'), header + line);
  expect((await readSpans(folder, 4)).map(({ replica }) => replica)).toEqual(['text-0', 'text-1']);
});
