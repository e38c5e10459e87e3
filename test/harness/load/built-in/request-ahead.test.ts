import { expect, test } from 'vitest';
import { RequestAhead } from '../../../../harness/load/built-in/request-ahead.ts';
import { sharedLog } from '../../../../harness/load/built-in/shared-log.ts';
import { everyFewMs, requestsTo } from './load-rig.ts';

const make = (count: number, first = 0, stride = 1): RequestAhead =>
  new RequestAhead(sharedLog(everyFewMs(count, 1, [0, 1])), requestsTo('ok'), 0.5, first, stride);

test('a request is the same whether it was built ahead or not', () => {
  const [ahead, late] = [make(10), make(10)];
  while (ahead.buildOne());

  for (let index = 0; index < 10; index++) expect(ahead.take(index)).toEqual(late.take(index));
});

test('at most 256 are built ahead, and only those of its own share', () => {
  const ahead = make(1000, 1, 3);
  let built = 0;
  while (ahead.buildOne()) built++;
  expect(built).toBe(256);
  ahead.take(1);
  ahead.skip(4);
  expect([ahead.buildOne(), ahead.buildOne(), ahead.buildOne()]).toEqual([true, true, false]);
});

test('what was taken before it was built is not built any more', () => {
  const ahead = make(5);
  ahead.take(0);
  ahead.skip(1);
  expect([ahead.buildOne(), ahead.buildOne(), ahead.buildOne(), ahead.buildOne()]).toEqual([true, true, true, false]);
});
