import { describe, expect, test } from 'vitest';
import type { ApplicationFigureData, ArmPoint } from '../../../harness/analysis/application-figure-data.ts';
import { makeFigureData } from '../../../harness/analysis/make-figure-data.ts';
import { summarize } from '../../../harness/analysis/summarize.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import type { RecordedExperiment } from '../../../harness/store/recorded-experiment.ts';
import type { RecordedTrial } from '../../../harness/store/trial-record.ts';
import type { Action } from '../../../harness/telemetry/action.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { logOf } from '../../rig/arbitrary-requests.ts';
import { actionOf, decisionOf } from '../../rig/control-log.ts';
import { recordedApplication } from '../../rig/recorded-application.ts';
import { loadOf, sampleOf, waitsOf } from '../../rig/recorded.ts';
import { replicaOf, serviceOf } from '../../rig/replica-reading.ts';
import { policyOf } from '../../rig/simulated-control.ts';

/** Two blocks of `echo` under each of two loads, trials of 5 s of which the first is warm-up; `held` has no policy. */
const recorded = recordedApplication({
  model: 'echo',
  arms: { scaled: 0.2, held: 1 },
  policies: { scaled: policyOf('showar') },
  blocks: 2,
  loads: [loadOf('low', 5), loadOf('high', 10)],
  plan: { trialMs: 5000, warmupMs: 1000 },
});

function dataOf(
  change: (trial: RecordedTrial) => Partial<RecordedTrial>,
  planChange: (plan: Plan) => Plan = (plan) => plan,
): ApplicationFigureData {
  const trials = new Map([...recorded.trials].map(([id, trial]) => [id, { ...trial, ...change(trial) }]));
  const changed: RecordedExperiment = { ...recorded, plan: planChange(recorded.plan), trials };
  return makeFigureData(changed, summarize(changed)).application ?? expect.fail('no application');
}

const actionsOf = (actions: readonly Action[]): Partial<RecordedTrial> => ({ control: { steps: [], actions } });

describe('actions', () => {
  const more = decisionOf('echo', { kind: 'replicas', replicas: 3 });
  const less = decisionOf('echo', { kind: 'replicas', replicas: 2 });

  test('of one kind, direction and step share a mark, over all trials of an arm under a load', () => {
    const { actions } = dataOf(({ record }) =>
      record.arm === 'held' ? {} : actionsOf([actionOf(1, 1100, more), actionOf(2, 3900, less)]),
    );
    const mark = { arm: 'scaled', service: 'echo', kind: 'replicas', isRefused: false, count: 2 } as const;
    expect(actions).toEqual([
      { ...mark, load: 'low', direction: 'more', fromMs: 1000, toMs: 2000 },
      { ...mark, load: 'high', direction: 'more', fromMs: 1000, toMs: 2000 },
      { ...mark, load: 'low', direction: 'less', fromMs: 3000, toMs: 4000 },
      { ...mark, load: 'high', direction: 'less', fromMs: 3000, toMs: 4000 },
    ]);
  });

  test('that were refused, and placements, have no direction; what was so already is not told', () => {
    const { actions } = dataOf(({ record }) =>
      record.id === '001-scaled-1'
        ? actionsOf([
            actionOf(1, 1000, more, { state: 'refused', acceptedAtMs: null, effectiveAtMs: null, note: 'no' }),
            actionOf(2, 2000, decisionOf('gate', { kind: 'placement', rule: 'apart', with: 'echo' })),
            actionOf(3, 3000, more, { state: 'unchanged' }),
            actionOf(4, 4000, more, { state: 'superseded', effectiveAtMs: null }),
          ])
        : { control: null },
    );
    expect(actions.map(({ fromMs, kind, direction, isRefused }) => [fromMs, kind, direction, isRefused])).toEqual([
      [1000, 'replicas', 'none', true],
      [2000, 'placement', 'none', false],
      [4000, 'replicas', 'more', false],
    ]);
  });

  test('of a trial that failed are told too', () => {
    const { actions } = dataOf(({ record }) => {
      if (record.arm === 'held') return {};
      const policy = { name: 'showar', failure: 'gone', steps: 1, lateSteps: 0, cpuSeconds: null, residentBytes: null };
      return {
        ...actionsOf([actionOf(1, 1000, more)]),
        record: { ...record, evidence: { ...record.evidence, policy } },
      };
    });
    expect(actions.map(({ count }) => count)).toEqual([2, 2]);
  });

  test('that were refused are counted by reason, the most frequent first', () => {
    const refused = (id: number, note: string | null): Action =>
      actionOf(id, 1000 * id, more, { state: 'refused', acceptedAtMs: null, effectiveAtMs: null, note });
    const { refusals } = dataOf(({ record }) =>
      record.id === '001-scaled-1'
        ? actionsOf([refused(1, 'above the bound'), refused(2, null), refused(3, 'above the bound')])
        : { control: null },
    );
    expect(refusals).toEqual([
      { arm: 'scaled', service: 'echo', kind: 'replicas', reason: 'above the bound', count: 2 },
      { arm: 'scaled', service: 'echo', kind: 'replicas', reason: 'no reason told', count: 1 },
    ]);
  });

  test('are counted by service, and there is no count without a policy', () => {
    const { services } = dataOf(({ record }) =>
      record.arm === 'held'
        ? { control: null }
        : actionsOf([
            actionOf(1, 1000, more),
            actionOf(2, 2000, less, { state: 'refused', acceptedAtMs: null, effectiveAtMs: null }),
            actionOf(3, 3000, less, { state: 'unchanged' }),
          ]),
    );
    expect(services.map(({ arm, service, actions }) => [arm, service, actions])).toEqual([
      ['scaled', 'gate', { accepted: 0, refused: 0 }],
      ['scaled', 'echo', { accepted: 4, refused: 4 }],
      ['held', 'gate', null],
      ['held', 'echo', null],
    ]);
  });
});

describe('an arm over time', () => {
  /** The n-th sample of a trial, with one replica of the front and some of the service, each of so many cores. */
  function sampleWith(place: number, echoReplicas: number, limitCores: number | null): Sample {
    const limited = { cpuLimitCores: limitCores, cpuSeconds: 0.05 };
    return sampleOf(place, {
      services: [
        serviceOf('gate', replicaOf('gate-1', { cpuLimitCores: 1, cpuSeconds: 0.2 })),
        serviceOf(
          'echo',
          ...Array.from({ length: echoReplicas }, (_, index) => replicaOf(`echo-${index + 1}`, limited)),
          replicaOf('echo-8', { ...limited, state: 'starting' }),
          replicaOf('echo-9', { ...limited, state: 'ended' }),
        ),
      ],
      waits: [waitsOf('gate-1', [2e-3]), waitsOf('echo-1', [2e-3]), waitsOf('canary', [1]), waitsOf('all', [1])],
    });
  }

  const samples = (limitCores: number | null) => [1, 2, 3, 4, 5].map((place) => sampleWith(place, place, limitCores));
  const pointsOf = (data: ApplicationFigureData): readonly ArmPoint[] =>
    data.armsOverTime.filter(({ arm, load }) => arm === 'scaled' && load === 'low');

  test('has replicas that are ready, limits of those that have not ended, and what all of them used', () => {
    const points = pointsOf(dataOf(() => ({ samples: samples(0.5) })));
    expect(points.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      ...[
        [0, 1000],
        [1000, 2000],
        [2000, 3000],
        [3000, 4000],
        [4000, 5000],
      ],
    ]);
    expect(points.map(({ replicas }) => replicas?.median)).toEqual([2, 3, 4, 5, 6]);
    // 1 core of the front; the starting one of the others reserves already.
    expect(points.map(({ limitCores }) => limitCores?.median)).toEqual([2, 2.5, 3, 3.5, 4]);
    expect(points[0]?.usedCores?.median).toBeCloseTo(0.2 + 3 * 0.05, 12);
    // Of replicas alone: canary and machine waited a second.
    expect(points[0]?.waitP95Seconds?.median).toBeCloseTo(2e-3, 3);
    expect(points[0]?.replicas).toEqual({ median: 2, low: 2, high: 2, trials: 2 });
  });

  test('has no limit where one replica has none, and leaves stores out', () => {
    const unlimited = pointsOf(dataOf(() => ({ samples: samples(null) })));
    expect(unlimited.map(({ limitCores }) => limitCores)).toEqual([null, null, null, null, null]);
    const stored = (plan: Plan): Plan => {
      const { application } = plan;
      if (application === null) return plan;
      const services = application.model.services.map((service) =>
        service.name === 'echo' ? { ...service, role: 'store' as const } : service,
      );
      return { ...plan, application: { ...application, model: { ...application.model, services } } };
    };
    const [point] = pointsOf(dataOf(() => ({ samples: samples(null) }), stored));
    expect(point).toMatchObject({ replicas: { median: 1 }, limitCores: { median: 1 }, usedCores: { median: 0.2 } });
  });

  test('has the p99 and the violations of what was due in a step, whenever it was answered', () => {
    const requests = logOf([
      { dueMs: 100, doneMs: 120 },
      { dueMs: 1100, doneMs: 1120 },
      { dueMs: 1200, doneMs: 1290 },
      { dueMs: 1300, doneMs: 9000, outcome: 'timed-out' },
      { dueMs: 1400, doneMs: 1410 },
      { dueMs: 4900, doneMs: 5100 },
    ]);
    const points = pointsOf(dataOf(() => ({ requests })));
    expect(points.map(({ offered }) => offered.median)).toEqual([1, 4, 0, 0, 1]);
    // 50 ms is the objective, and what was not answered took the time-out of 2 s.
    expect(points.map(({ violationShare }) => violationShare?.median ?? null)).toEqual([0, 0.5, null, null, 1]);
    expect(points[1]?.p99Ms?.median).toBeCloseTo(90 + 0.97 * (2000 - 90), 9);
    expect(points[4]?.p99Ms?.median).toBe(200);
  });

  test('is told load by load, and without a trial under a load not at all', () => {
    const { armsOverTime } = dataOf(({ record }) => (record.load === 'high' ? { requests: null } : {}));
    expect(new Set(armsOverTime.map(({ arm, load }) => `${arm} ${load}`))).toEqual(new Set(['scaled low', 'held low']));
  });
});

test('a service has the mean of its replicas and limits over the measured part', () => {
  const samples = [1, 2, 3, 4, 5].map((place) =>
    sampleOf(place, {
      services: [
        serviceOf(
          'echo',
          ...Array.from({ length: place }, (_, index) => replicaOf(`echo-${index + 1}`, { cpuLimitCores: 0.5 })),
        ),
      ],
    }),
  );
  const { services } = dataOf(() => ({ samples }));
  const [gate, echo] = services;
  // Samples 2 to 5; the front was in none of them.
  expect(echo).toMatchObject({
    ...{ replicas: { fewest: 2, most: 5 }, meanReplicas: { median: 3.5 }, limitCores: { median: 1.75 } },
  });
  expect(gate).toMatchObject({ replicas: { fewest: 0, most: 0 }, meanReplicas: { median: 0 } });
});
