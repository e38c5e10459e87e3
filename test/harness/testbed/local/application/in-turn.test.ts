import { expect, test } from 'vitest';
import { systemClock } from '../../../../../harness/core/clock.ts';
import { inTurn } from '../../../../../harness/testbed/local/application/in-turn.ts';

test('tasks run in their order, one at a time, and others have their turn between two', async () => {
  const run = inTurn();
  const events: string[] = [];
  const task = (name: string) => async (): Promise<string> => {
    events.push(`${name} begins`);
    await systemClock.sleep(1);
    events.push(`${name} ends`);
    return name;
  };
  const all = Promise.all(['one', 'two', 'three'].map((name) => run(task(name))));
  const others = (async () => {
    await systemClock.sleep(0);
    events.push('another');
  })();
  expect(events).toEqual([]);
  expect(await all).toEqual(['one', 'two', 'three']);
  await others;
  expect(events.filter((event) => event !== 'another')).toEqual([
    ...['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends'],
  ]);
  expect(events.at(-1)).not.toBe('another');
});

test('one that fails keeps nobody from having its turn', async () => {
  const run = inTurn();
  const failing = run(() => Promise.reject(new Error('no')));
  const next = run(() => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
