import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countCpus, formatCpuList, parseCpuList } from '../../../harness/core/cpu-list.ts';

test.each([
  ['0', [0]],
  ['0-2,5', [0, 1, 2, 5]],
  ['5, 1,1-2', [1, 2, 5]],
  ['', []],
  ['\n', []],
])('%j is %j', (text, cpus) => {
  expect(parseCpuList(text)).toEqual(cpus);
});

test.each(['a', '1-', '-1', '2-1', '1,,2', '0x1', '123456', '1.5'])('%j is no list of CPUs', (text) => {
  expect(parseCpuList(text)).toBeNull();
});

test('the shortest form is read back as the same CPUs', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200)), (cpus) => {
      const sorted = [...cpus].sort((a, b) => a - b);
      expect(parseCpuList(formatCpuList(sorted))).toEqual(sorted);
    }),
  );
  expect(formatCpuList([0, 1, 2, 5, 7, 8])).toBe('0-2,5,7-8');
});

test('their number is that of different ones', () => {
  expect(countCpus('0-3,6,1')).toBe(5);
});

test.each(['', 'all', '2-1'])('%j is not counted', (list) => {
  expect(() => countCpus(list)).toThrow(`${list} is no list of CPUs`);
});
