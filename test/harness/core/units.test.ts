import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exactDuration,
  formatDuration,
  formatNumber,
  formatSeconds,
  formatShare,
  parseCores,
  parseDurationMs,
  parseBytes,
  parseRatePerSecond,
  parseShare,
} from '../../../harness/core/units.ts';

describe('reading quantities', () => {
  test('each unit is read, with or without a space before it', () => {
    expect(['100us', '200ms', '5s', '1.5m', '1.5 min', '2h', ' 5 s '].map(parseDurationMs)).toEqual([
      0.1, 200, 5000, 90_000, 90_000, 7_200_000, 5000,
    ]);
    expect(['1 core', '1.5 cores', '250 millicores'].map(parseCores)).toEqual([1, 1.5, 0.25]);
    expect(['2 %', '12.5%', '100 %'].map(parseShare)).toEqual([0.02, 0.125, 1]);
    expect(['200/s', '30/min', '36 / h', '0.5 /s'].map(parseRatePerSecond)).toEqual([200, 0.5, 0.01, 0.5]);
    expect(['512 B', '4 kB', '2MB', '1 GB', '4 KiB', '24 MiB', '1.5 GiB'].map(parseBytes)).toEqual([
      512, 4000, 2_000_000, 1_000_000_000, 4096, 25_165_824, 1_610_612_736,
    ]);
  });

  const parsers = { parseDurationMs, parseCores, parseShare, parseRatePerSecond, parseBytes };

  test.each(Object.entries(parsers))(
    '%s refuses a bare number and everything else without a known unit',
    (_, parse) => {
      const refused = [
        '5',
        '0',
        '',
        ' ',
        's',
        '%',
        '-5s',
        '-5 %',
        '1e3 ms',
        '5 S',
        '5 parsec',
        '1.s',
        '.5s',
        '5 s s',
        '5,0 s',
      ];
      expect(refused.map(parse)).toEqual(refused.map(() => null));
    },
  );

  test.each(Object.entries(parsers))('%s refuses words that every object of the language knows', (_, parse) => {
    const refused = ['5 constructor', '5 toString', '5valueOf', '5 hasOwnProperty', '5/constructor'];
    expect(refused.map(parse)).toEqual(refused.map(() => null));
  });

  test('a unit of another kind is refused', () => {
    expect(parseDurationMs('5 cores')).toBeNull();
    expect(parseDurationMs('5 S')).toBeNull();
    expect(parseCores('5 %')).toBeNull();
    expect(parseShare('0.02 cores')).toBeNull();
    expect(parseRatePerSecond('200 s')).toBeNull();
  });

  test('a number too large to be one is refused', () => {
    expect(parseDurationMs(`${'9'.repeat(400)} s`)).toBeNull();
  });

  test('a value is the number nearest to what was written, not the product of two rounded ones', () => {
    // 700 x 0.001 is 0.7000000000000001, 1.1 x 3 600 000 is 3960000.0000000005, 57 x 0.01 is 0.5700000000000001.
    expect(parseDurationMs('700us')).toBe(0.7);
    expect(parseDurationMs('1.1 h')).toBe(3_960_000);
    expect(parseShare('57 %')).toBe(0.57);
  });

  test('a whole number of any unit comes back as that number', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (count) => {
        expect(parseDurationMs(`${count}ms`)).toBe(count);
        expect((parseDurationMs(`${count}us`) ?? NaN) * 1000).toBeCloseTo(count, 6);
        expect(parseDurationMs(`${count} h`)).toBe(count * 3_600_000);
        expect(parseShare(`${count} %`)).toBe(count / 100);
        expect(parseCores(`${count} millicores`)).toBe(count / 1000);
        expect(parseRatePerSecond(`${count}/min`)).toBe(count / 60);
      }),
    );
  });

  test('a decimal number in the plain unit comes back as itself', () => {
    const decimal = fc
      .tuple(fc.nat(999_999), fc.stringMatching(/^\d{1,9}$/))
      .map(([whole, decimals]) => `${whole}.${decimals}`);
    fc.assert(
      fc.property(decimal, (text) => {
        expect(parseDurationMs(`${text} ms`)).toBe(Number(text));
        expect(parseCores(`${text} cores`)).toBe(Number(text));
        expect(parseRatePerSecond(`${text}/s`)).toBe(Number(text));
      }),
    );
  });

  test('any text gives a number that is not negative, or null', () => {
    const pieces = fc.constantFrom('5', '1.5', ' ', 's', 'ms', '%', '/', 'cores', 'MiB', '-', '.', 'e3', '∞', '\n');
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 6 }).map((chosen) => chosen.join('')),
    );
    fc.assert(
      fc.property(text, (any) => {
        for (const parse of Object.values(parsers)) {
          const value = parse(any);
          expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true);
        }
      }),
    );
  });
});

describe('writing numbers', () => {
  test('a number has three significant digits, and rounding does not add a fourth', () => {
    expect([0.125, 2, 61.25, 12.345, 999.4, 1234.5, -3.2, 0, -0, 0.001234].map(formatNumber)).toEqual([
      '0.125',
      '2.00',
      '61.3',
      '12.3',
      '999',
      '1235',
      '-3.20',
      '0',
      '0',
      '0.00123',
    ]);
    expect([9.999, 99.99, 0.9999, -9.996].map(formatNumber)).toEqual(['10.0', '100', '1.00', '-10.0']);
  });

  test('a formatted number is within half a unit of its third digit and never has an exponent', () => {
    const number = fc.double({ min: 1e-15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(number, fc.boolean(), (size, isNegative) => {
        const value = isNegative ? -size : size;
        const text = formatNumber(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.00501 * size);
      }),
    );
  });

  test('seconds are shown in the unit that suits, also just below the next one', () => {
    expect([7.86, 0.0135, 13.5e-6, 420e-9, 0, 125, -0.0032].map(formatSeconds)).toEqual([
      '7.86 s',
      '13.5 ms',
      '13.5 µs',
      '420 ns',
      '0 s',
      '125 s',
      '-3.20 ms',
    ]);
    expect([0.9999, 0.9994, 999.6e-6, 999.9e-9].map(formatSeconds)).toEqual(['1.00 s', '999 ms', '1.00 ms', '1.00 µs']);
  });

  test('seconds that are formatted can be read again, within their three digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e4, noNaN: true }), (seconds) => {
        const again = parseDurationMs(formatSeconds(seconds).replace('µ', 'u'));
        expect(Math.abs((again ?? NaN) / 1000 - seconds)).toBeLessThanOrEqual(0.00501 * seconds);
      }),
    );
  });

  test('a length of time has at most two units, and never sixty of the smaller one', () => {
    expect(
      [0, 45_000, 59_600, 60_000, 176_000, 3_599_600, 12_960_000, 7_199_000, 86_400_000].map(formatDuration),
    ).toEqual(['0 s', '45 s', '1 min', '1 min', '2 min 56 s', '1 h', '3 h 36 min', '2 h', '24 h']);
  });

  test('a share is a percentage', () => {
    expect([0.123, 0.02, 0, 1].map(formatShare)).toEqual(['12.3 %', '2.00 %', '0 %', '100 %']);
  });
});

test('a planned time is exact', () => {
  expect([1000, 500, 2500, 1001, 120_000, 150_000].map(exactDuration)).toEqual([
    ...['1 s', '500 ms', '2.5 s', '1.001 s', '2 min', '2 min 30 s'],
  ]);
});
