import { makeFigureData } from '../../../harness/analysis/make-figure-data.ts';
import { summarize } from '../../../harness/analysis/summarize.ts';
import type { ReportInput } from '../../../harness/report/report-input.ts';
import type { RecordedTrial } from '../../../harness/store/trial-record.ts';
import { recordedApplication, type ApplicationExample } from '../../rig/recorded-application.ts';
import { loadOf } from '../../rig/recorded.ts';
import { policyOf } from '../../rig/simulated-control.ts';

/** `echo` at 40 requests a second, 6 blocks of 12 s, with a limit that hurts and one that does not. */
export const echoExample: ApplicationExample = {
  model: 'echo',
  loads: [loadOf('steady', 40)],
  plan: { trialMs: 12_000, warmupMs: 4000 },
  application: {
    driver: {
      ...{ name: 'built-in', timeoutMs: 2000, mostInFlight: 1000 },
      ...{ connections: { kind: 'kept', maxAgeMs: null }, spanShare: 0.5 },
    },
  },
};

/** The same scaled by two policies under a load that rises and falls, compared by cost and by violations. */
export const policyExample: ApplicationExample = {
  ...echoExample,
  arms: { hpa: 0.2, showar: 0.2 },
  policies: { hpa: policyOf('hpa'), showar: policyOf('showar') },
  loads: [
    {
      ...loadOf('steps', 30),
      rate: {
        kind: 'steps',
        steps: [
          { perSecond: 30, durationMs: 5000 },
          { perSecond: 60, durationMs: 4000 },
          { perSecond: 30, durationMs: 3000 },
        ],
      },
    },
  ],
  plan: {
    ...{ trialMs: 12_000, warmupMs: 2000 },
    hypotheses: [
      { arm: 'showar', against: 'hpa', metric: 'core-seconds', margin: { kind: 'share', share: 0.05 } },
      { arm: 'showar', against: 'hpa', metric: 'violation-share', margin: { kind: 'value', value: 0.01 } },
    ],
  },
};

/** An experiment with an application as the report gets it. @param change of each trial */
export function applicationInput(
  example: ApplicationExample = echoExample,
  change: (trial: RecordedTrial) => Partial<RecordedTrial> = () => ({}),
): ReportInput {
  const made = recordedApplication(example);
  const trials = new Map([...made.trials].map(([id, trial]) => [id, { ...trial, ...change(trial) }]));
  const recorded = { ...made, trials };
  const summary = summarize(recorded);
  return {
    ...{ summary, plan: recorded.plan, manifest: recorded.manifest, description: null, pageScript: '' },
    figureData: makeFigureData(recorded, summary),
  };
}
