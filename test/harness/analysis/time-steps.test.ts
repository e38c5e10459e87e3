import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepOf, timeSteps } from '../../../harness/analysis/time-steps.ts';

test('a step is as many whole samples as it takes to have few enough', () => {
  expect(timeSteps({ trialMs: 30_000, sampleMs: 1000 }, 60)).toEqual({ stepMs: 1000, count: 30 });
  expect(timeSteps({ trialMs: 30_000, sampleMs: 1000 }, 30)).toEqual({ stepMs: 1000, count: 30 });
  expect(timeSteps({ trialMs: 31_000, sampleMs: 1000 }, 30)).toEqual({ stepMs: 2000, count: 16 });
});

test('every instant of a trial is in one step, and no other instant in any', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 300 }),
      (samples, sampleMs, most) => {
        const trialMs = samples * sampleMs;
        const steps = timeSteps({ trialMs, sampleMs }, most);
        expect(steps.count).toBeLessThanOrEqual(most);
        expect(steps.stepMs % sampleMs).toBe(0);
        expect([stepOf(steps, 0), stepOf(steps, trialMs - 0.001)]).toEqual([0, steps.count - 1]);
        expect([stepOf(steps, -0.001), stepOf(steps, steps.count * steps.stepMs)]).toEqual([null, null]);
      },
    ),
  );
});
