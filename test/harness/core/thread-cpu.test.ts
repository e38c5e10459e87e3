import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { threadCpuMs } from '../../../harness/core/thread-cpu.ts';

test.runIf(existsSync('/proc/thread-self/schedstat'))('work between two looks is seen, however short it is', () => {
  const seen = Array.from({ length: 50 }, () => {
    const before = threadCpuMs() ?? NaN;
    let sum = 0;
    for (let turn = 0; turn < 1000; turn++) sum += Math.sqrt(turn);
    return sum > 0 && (threadCpuMs() ?? NaN) > before;
  });
  expect(seen).toEqual(new Array(50).fill(true));
});

test.skipIf(existsSync('/proc/thread-self/schedstat'))('where the kernel does not tell it, it is null', () => {
  expect(threadCpuMs()).toBeNull();
});
