import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paretoFront, type Place, staircase } from '../../../../harness/report/figure/pareto-front.ts';

const place = (x: number, y: number): Place => ({ x, y });
const places = fc.array(fc.record({ x: fc.integer({ min: 0, max: 9 }), y: fc.integer({ min: 0, max: 9 }) }), {
  minLength: 1,
  maxLength: 8,
});
const isWorse = (one: Place, than: Place): boolean =>
  one.x >= than.x && one.y >= than.y && (one.x > than.x || one.y > than.y);

test('the front is what no other place beats in both, from left to right', () => {
  const [cheap, middle, good] = [place(1, 9), place(4, 5), place(8, 1)];
  expect(paretoFront([good, place(5, 5), middle, cheap, place(9, 9)])).toEqual([cheap, middle, good]);
  // Of two that are the same neither beats the other.
  expect(paretoFront([middle, place(4, 5)])).toHaveLength(2);
  expect(paretoFront([])).toEqual([]);
});

test('of any places, those on the front are beaten by none, and every other one by some of them', () => {
  fc.assert(
    fc.property(places, (all) => {
      const front = paretoFront(all);
      expect(front.some((one) => all.some((other) => isWorse(one, other)))).toBe(false);
      const rest = all.filter((one) => !front.includes(one));
      expect(rest.every((one) => front.some((better) => isWorse(one, better)))).toBe(true);
    }),
  );
});

test('its edge comes down at its first place, goes from one to the next, and out at its last', () => {
  expect(staircase([place(1, 9), place(4, 5)], [10, 12])).toEqual([
    ...[place(1, 12), place(1, 9), place(4, 9), place(4, 5), place(10, 5)],
  ]);
  expect(staircase([], [10, 12])).toEqual([]);
});

test('the edge never rises and never turns back', () => {
  fc.assert(
    fc.property(places, (all) => {
      const corners = staircase(paretoFront(all), [10, 10]);
      corners.slice(1).forEach((corner, index) => {
        const before = corners[index] ?? corner;
        expect(corner.x).toBeGreaterThanOrEqual(before.x);
        expect(corner.y).toBeLessThanOrEqual(before.y);
        expect(corner.x === before.x || corner.y === before.y).toBe(true);
      });
    }),
  );
});
