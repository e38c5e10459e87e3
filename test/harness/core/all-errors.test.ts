import { expect, test } from 'vitest';
import { allErrors, messageOf } from '../../../harness/core/all-errors.ts';

const disposing = (message: string): Disposable => ({
  [Symbol.dispose]: () => {
    throw new Error(message);
  },
});

function thrownBy(body: () => void): unknown {
  try {
    body();
    return undefined;
  } catch (error) {
    return error;
  }
}

test('an ordinary error stands for itself', () => {
  const error = new Error('one');
  expect(allErrors(error)).toEqual([error]);
  expect(allErrors('text')).toEqual(['text']);
});

test('what the body threw comes before what its clean-up threw', () => {
  const thrown = thrownBy(() => {
    using outer = disposing('outer');
    using inner = disposing('inner');
    throw new Error(`body, with ${typeof outer} and ${typeof inner}`);
  });
  expect(allErrors(thrown).map(messageOf)).toEqual(['body, with object and object', 'inner', 'outer']);
});

test('the members of an AggregateError are taken out, nested ones too', () => {
  const nested = new AggregateError([new Error('a'), new AggregateError(['b', new Error('c')])]);
  expect(allErrors(nested).map(messageOf)).toEqual(['a', 'b', 'c']);
});
