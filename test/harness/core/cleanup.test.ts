import { expect, test } from 'vitest';
import { Cleanup } from '../../../harness/core/cleanup.ts';

test('steps are taken in reverse order, one after the other', async () => {
  const order: string[] = [];
  {
    await using cleanup = new Cleanup();
    for (const name of ['first', 'second', 'third']) {
      cleanup.defer(async () => {
        order.push(`${name} begins`);
        await Promise.resolve();
        order.push(`${name} ends`);
      });
    }
  }
  expect(order).toEqual(['third', 'second', 'first'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test('a step that fails does not keep the others from being taken, and all failures are told', async () => {
  const order: string[] = [];
  const cleanup = new Cleanup();
  cleanup.defer(() => {
    order.push('first');
    throw new Error('first failed');
  });
  cleanup.defer(() => order.push('second'));
  cleanup.defer(() => Promise.reject(new Error('third failed')));

  const error: unknown = await cleanup[Symbol.asyncDispose]().catch((thrown: unknown) => thrown);
  expect(order).toEqual(['second', 'first']);
  expect(error).toBeInstanceOf(AggregateError);
  expect(error).toMatchObject({
    message: 'Clean-up was incomplete.',
    errors: [new Error('third failed'), new Error('first failed')],
  });
});

test('the second time there is nothing left to do, after a failure too', async () => {
  let taken = 0;
  const cleanup = new Cleanup();
  cleanup.defer(() => {
    taken++;
    throw new Error('failed');
  });
  await expect(cleanup[Symbol.asyncDispose]()).rejects.toThrow('Clean-up was incomplete.');
  await cleanup[Symbol.asyncDispose]();
  expect(taken).toBe(1);
});

test('a resource that is taken over is handed back to its taker, and given back at the end', async () => {
  const order: string[] = [];
  const resource = {
    name: 'tracer',
    [Symbol.asyncDispose]: () => {
      order.push('tracer');
      return Promise.resolve();
    },
  };
  const cleanup = new Cleanup();
  cleanup.defer(() => order.push('cgroup'));
  expect(cleanup.use(resource)).toBe(resource);
  await cleanup[Symbol.asyncDispose]();
  expect(order).toEqual(['tracer', 'cgroup']);
});

test('what a step defers is done too', async () => {
  const order: string[] = [];
  const cleanup = new Cleanup();
  cleanup.defer(() => {
    order.push('outer');
    cleanup.defer(() => order.push('inner'));
  });
  await cleanup[Symbol.asyncDispose]();
  expect(order).toEqual(['outer', 'inner']);
});
