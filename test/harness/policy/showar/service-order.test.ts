import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backEndRanks, inOrder } from '../../../../harness/policy/showar/service-order.ts';
import { chainContext } from './showar-rig.ts';

const ranksOf = (calls: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, number> =>
  backEndRanks(chainContext(calls).services);
const order = (calls: Readonly<Record<string, readonly string[]>>, outputs: Readonly<Record<string, number | null>>) =>
  inOrder(
    Object.entries(outputs).map(([service, output]) => ({ service, output })),
    ranksOf(calls),
  ).map(({ service }) => service);

const chain = { front: ['middle', 'store'], middle: ['back'], back: ['store'], store: [] };

test('of equal outputs the back-end acts before the front-end that depends on it', () => {
  expect(order(chain, { front: 9, middle: 9, back: 9 })).toEqual(['back', 'middle', 'front']);
  expect(order(chain, { front: 9, middle: -9, back: 9 })).toEqual(['back', 'middle', 'front']);
});

test('the larger output acts first whatever its sign, and one that is missing last', () => {
  expect(order(chain, { front: -12, middle: 3, back: null })).toEqual(['front', 'middle', 'back']);
});

test('services that call each other have an order too', () => {
  expect([...ranksOf({ a: ['b'], b: ['c'], c: ['a'] })]).toEqual([
    ['c', 0],
    ['b', 1],
    ['a', 2],
  ]);
});

test('a called service that nobody knows is passed over', () => {
  expect([...ranksOf({ a: ['elsewhere'] }).keys()]).toEqual(['a']);
});

test('in any graph without cycles, whoever is called comes before whoever calls', () => {
  const size = 8;
  // Services call only those behind them, and then their names are shuffled by the order of the list.
  const graph = fc.array(fc.array(fc.integer({ min: 1, max: size - 1 }), { maxLength: 4 }), {
    minLength: size,
    maxLength: size,
  });
  const places = fc.shuffledSubarray(
    Array.from({ length: size }, (_, index) => index),
    { minLength: size },
  );
  fc.assert(
    fc.property(graph, places, (distances, listed) => {
      const calls = new Map(
        distances.map((own, index) => [
          `s${index}`,
          own
            .map((far) => index + far)
            .filter((to) => to < size)
            .map((to) => `s${to}`),
        ]),
      );
      const ranks = ranksOf(Object.fromEntries(listed.map((index) => [`s${index}`, calls.get(`s${index}`) ?? []])));
      expect(ranks.size).toBe(size);
      for (const [caller, called] of calls) {
        for (const name of called) expect(ranks.get(name)).toBeLessThan(ranks.get(caller) ?? NaN);
      }
    }),
  );
});
