import { expect, test } from 'vitest';
import { armRows, trialRows } from '../../../harness/analysis/complete-blocks.ts';
import { joinFigureData } from '../../../harness/analysis/join-figure-data.ts';
import { makeFigureData } from '../../../harness/analysis/make-figure-data.ts';
import type { RecordedExperiment } from '../../../harness/store/recorded-experiment.ts';
import { recordedApplication } from '../../rig/recorded-application.ts';
import { examplePlan, recordedOf, type RecordedBlock } from '../../rig/recorded.ts';
import { policyOf } from '../../rig/simulated-control.ts';

/** As a report does it: of each arm only its own trials are there. */
function joined(recorded: RecordedExperiment) {
  const { plan, progress } = recorded;
  const parts = plan.arms.map((arm) => {
    const own = new Map([...recorded.trials].filter(([, { record }]) => record.arm === arm.name));
    const trials = armRows({ plan, progress, trials: own }, arm.name);
    const valid = trials.filter(({ counted, verdict }) => counted && verdict.kind === 'valid');
    return {
      data: makeFigureData({ plan: { ...plan, arms: [arm] }, trials: own }, { trials }),
      valid: valid.flatMap(({ id }) => own.get(id) ?? []),
    };
  });
  return joinFigureData(
    parts.map(({ data }) => data),
    parts.flatMap(({ valid }) => valid),
  );
}

const whole = (recorded: RecordedExperiment) => makeFigureData(recorded, { trials: trialRows(recorded) });

test('arm by arm the figures of an application show the same as of all arms together', () => {
  const recorded = recordedApplication({ model: 'echo', policies: { tight: policyOf('hpa') } });

  expect(joined(recorded)).toEqual(whole(recorded));
});

test('and so do those without one, where trials were repeated, failed or are gone', () => {
  const block = (...attempts: RecordedBlock['attempts']): RecordedBlock => ({ attempts });
  const recorded = recordedOf(examplePlan({ blockCount: 3 }), [
    block(['busy', 1e-3], ['idle', 'invalid'], ['idle', 2e-3]),
    block(['idle', 'failed'], ['busy', 3e-3]),
    block(['busy', 'lost'], ['idle', 1e-3]),
  ]);

  expect(joined(recorded)).toEqual(whole(recorded));
});
