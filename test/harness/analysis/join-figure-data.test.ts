import { expect, test } from 'vitest';
import { makeFigureData } from '../../../harness/analysis/make-figure-data.ts';
import { trialRows } from '../../../harness/analysis/complete-blocks.ts';
import { requestOutcomes } from '../../../harness/telemetry/request-log.ts';
import { recordedApplication } from '../../rig/recorded-application.ts';
import { loadOf } from '../../rig/recorded.ts';

test('figures go population by population, and within one arm by arm', () => {
  const recorded = recordedApplication({ model: 'echo', blocks: 1 });
  const { histograms, series, application } = makeFigureData(recorded, { trials: trialRows(recorded) });

  expect(histograms.map(({ group, arm }) => `${group} ${arm}`)).toEqual([
    ...['application tight', 'application ample', 'all tight', 'all ample'],
  ]);
  expect([...new Set(series.map(({ group, arm }) => `${group} ${arm}`))]).toEqual([
    ...['application tight', 'application ample', 'all tight', 'all ample'],
  ]);
  expect([...new Set(application?.requests.map(({ arm }) => arm))]).toEqual(['tight', 'ample']);
});

test('the load of a block was the same in all arms, which only all of them together can tell', () => {
  const recorded = recordedApplication({ model: 'echo', blocks: 2, loads: [loadOf('steady', 20)] });

  expect(makeFigureData(recorded, { trials: trialRows(recorded) }).application?.generators).toMatchObject({
    kinds: [{ trials: 4 }],
    ...{ sharedBlocks: 2, differingBlocks: [] },
  });
});

test('an arm is drawn by what it overrides', () => {
  const recorded = recordedApplication({ model: 'echo', blocks: 1 });
  const { application } = recorded.plan;
  if (application === null) return expect.fail('no application');
  const arms = recorded.plan.arms.map((arm) =>
    arm.name === 'tight' ? { ...arm, overrides: { driver: { ...application.driver, timeoutMs: 77_000 } } } : arm,
  );
  // Nothing was answered, so each request takes the time-out of its own load generator.
  const timedOut = requestOutcomes.indexOf('timed-out');
  const trials = new Map(
    [...recorded.trials].map(([id, trial]) => {
      const { requests } = trial;
      return [id, { ...trial, requests: requests && { ...requests, outcome: requests.outcome.map(() => timedOut) } }];
    }),
  );
  const changed = { ...recorded, plan: { ...recorded.plan, arms }, trials };
  const data = makeFigureData(changed, { trials: trialRows(changed) });
  const slowest = data.application?.requests.filter(({ endpoint }) => endpoint === null);

  expect(slowest?.map(({ arm, latencyMs }) => [arm, latencyMs.p50?.median])).toEqual([
    ['tight', 77_000],
    ['ample', application.driver.timeoutMs],
  ]);
});
