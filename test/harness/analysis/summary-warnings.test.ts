import { describe, expect, test } from 'vitest';
import { summarize } from '../../../harness/analysis/summarize.ts';
import { summaryWarnings } from '../../../harness/analysis/summary-warnings.ts';
import type { ArmSummary, SummaryWarning } from '../../../harness/analysis/summary.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import { recordedApplication } from '../../rig/recorded-application.ts';
import { examplePlan, loadOf, recordedOf, type RecordedBlock, type Went } from '../../rig/recorded.ts';
import { policyOf } from '../../rig/simulated-control.ts';

const ms = 1e-3;
const block = (idle: Went, busy: Went, load?: string): RecordedBlock => ({
  ...(load === undefined ? {} : { load }),
  attempts: [
    ['idle', idle],
    ['busy', busy],
  ],
});
const good = (count: number, load?: string): readonly RecordedBlock[] =>
  Array.from({ length: count }, (_, index) => block(ms, (2 + index) * ms, load));

function warningsOf(
  blocks: readonly RecordedBlock[],
  plan: Plan = examplePlan(),
  changes: Parameters<typeof recordedOf>[2] = {},
): readonly SummaryWarning[] {
  return summarize(recordedOf(plan, blocks, changes)).warnings;
}

test('an experiment that went well has no warning', () => {
  expect(warningsOf(good(8))).toEqual([]);
});

test('a fallback source says what it cannot give', () => {
  expect(warningsOf(good(8), examplePlan(), { source: 'schedstat' })).toEqual([
    {
      code: 'source-schedstat',
      text: 'source: schedstat. Waits are counts and sums from /proc; there is no histogram, so quantiles are missing.',
      hint: 'Run as root on a kernel with BTF to measure with the tracer.',
    },
  ]);
});

describe('too few blocks', () => {
  test('were complete in the end', () => {
    expect(warningsOf(good(5))).toEqual([
      {
        code: 'too-few-blocks',
        text: 'Too few complete blocks to rank: 5 of the 6 that 1 comparison needs. The numbers stand without a ranking.',
        hint: null,
      },
    ]);
  });

  test('were planned, which the next profile can mend', () => {
    const hypotheses = ['canary-wait-mean', 'canary-wait-p95', 'all-wait-mean'] as const;
    const plan = examplePlan({
      blockCount: 2,
      hypotheses: hypotheses.map((metric) => ({ arm: 'busy', against: 'idle', metric, margin: null })),
    });
    expect(warningsOf(good(2), plan)).toEqual([
      {
        code: 'too-few-blocks',
        text: 'Too few complete blocks to rank: 2 of the 7 that 3 comparisons need. The numbers stand without a ranking.',
        hint: 'Plan 7 blocks or more.',
      },
    ]);
  });

  test('are counted for each load by itself', () => {
    const loads = ['low', 'high'].map((name) => loadOf(name, 50));
    const plan = examplePlan({ loads, blockCount: 7 });
    expect(warningsOf([...good(7, 'low'), ...good(4, 'high')], plan)).toEqual([
      {
        code: 'too-few-blocks',
        text: 'Too few complete blocks under load high to rank: 4 of the 7 that 2 comparisons need. The numbers stand without a ranking.',
        hint: null,
      },
    ]);
    expect(warningsOf([...good(7, 'low'), ...good(7, 'high')], plan)).toEqual([]);
  });
});

describe('invalid trials that strike one arm', () => {
  const lossy = (went: Went): RecordedBlock => ({
    attempts: [
      ['idle', ms],
      ['busy', went],
      ['busy', 2 * ms],
    ],
  });

  test('three more than another are told, because the arm itself may be the cause', () => {
    expect(warningsOf([...good(5), lossy('invalid'), lossy('damaged'), lossy('invalid')])).toEqual([
      {
        code: 'invalid-differs',
        text: 'busy lost 3 trials as invalid, idle 0: the arm itself may be the cause.',
        hint: 'Look at the reasons in the validity table before believing a difference.',
      },
    ]);
  });

  test('two more are not, nor attempts during which Scalelab was stopped', () => {
    expect(warningsOf([...good(6), lossy('invalid'), lossy('invalid')])).toEqual([]);
    expect(warningsOf([...good(5), lossy('abandoned'), lossy('abandoned'), lossy('abandoned')])).toEqual([]);
  });

  /** Blocks enough, and beside them so many invalid attempts of each arm. */
  const losing = (idle: number, busy: number): readonly SummaryWarning[] =>
    warningsOf([
      ...good(5),
      {
        attempts: [
          ...new Array<readonly [string, Went]>(idle).fill(['idle', 'invalid']),
          ...new Array<readonly [string, Went]>(busy).fill(['busy', 'invalid']),
          ['idle', ms],
          ['busy', 2 * ms],
        ],
      },
    ]);

  test('are told whichever arm it is', () => {
    expect(losing(3, 0)).toMatchObject([
      { text: 'idle lost 3 trials as invalid, busy 0: the arm itself may be the cause.' },
    ]);
    expect(losing(3, 6)).toMatchObject([
      { text: 'busy lost 6 trials as invalid, idle 3: the arm itself may be the cause.' },
    ]);
  });

  test('are not told where the other arm lost about as many', () => {
    expect(losing(2, 4)).toEqual([]);
    expect(losing(7, 4)).toEqual([]);
    expect(losing(6, 6)).toEqual([]);
  });
});

describe('a pair that was left out because a valid trial has no number', () => {
  test('is counted by arm, and the reader is told that the arm may be the cause', () => {
    expect(warningsOf([...good(6), block(ms, 'waitless'), block(ms, 'waitless'), block('waitless', ms)])).toEqual([
      {
        code: 'metric-missing',
        text: 'canary-wait-mean of busy against idle: 3 of 9 complete blocks left out, because a valid trial has no such number (busy in 2, idle in 1).',
        hint: 'Nothing waited in such a trial, or its source has no histogram. The arm itself may be the cause, and the blocks that are left may then flatter it or wrong it.',
      },
    ]);
  });

  test('is told for the load that it is of, and blocks of other loads are not missed', () => {
    const loads = ['low', 'high'].map((name) => loadOf(name, 50));
    const plan = examplePlan({ loads, blockCount: 7 });
    expect(warningsOf([...good(7, 'low'), ...good(7, 'high'), block(ms, 'waitless', 'high')], plan)).toMatchObject([
      {
        code: 'metric-missing',
        text: 'canary-wait-mean of busy against idle under load high: 1 of 8 complete blocks left out, because a valid trial has no such number (busy in 1, idle in 0).',
      },
    ]);
  });

  test('is none beside a failed trial: that pair is compared', () => {
    expect(warningsOf([...good(6), block('waitless', 'failed')])).toEqual([]);
  });
});

test('what is damaged is named, and apart from it what was cut by a stop and cost nothing', () => {
  const cut = 'journal.jsonl:4: a line was cut or changed: {"at"';
  const damage = ['plan.json was changed', cut];
  expect(warningsOf(good(6), examplePlan(), { damage, settled: [cut] })).toEqual([
    { code: 'damaged', text: 'plan.json was changed', hint: 'The rest was used. Nothing was deleted.' },
    { code: 'line-cut', text: cut, hint: 'Scalelab was stopped there and went on later. Nothing is missing.' },
  ]);
});

test('wake-ups that the canary skipped are told by arm, above one in a hundred', () => {
  const trialsWith = (skipped: number): readonly SummaryWarning[] => {
    const recorded = recordedOf(examplePlan(), good(8));
    const trials = new Map(
      [...recorded.trials].map(([id, trial]) => {
        const canary = { wakeups: 1000 - skipped, skipped, alive: true };
        const evidence = { ...trial.record.evidence, canary };
        return [id, trial.record.arm === 'busy' ? { ...trial, record: { ...trial.record, evidence } } : trial];
      }),
    );
    return summarize({ ...recorded, trials }).warnings;
  };
  expect(trialsWith(10)).toEqual([]);
  expect(trialsWith(25)).toEqual([
    {
      code: 'canary-skipped',
      text: 'The canary of busy skipped 2.50 % of its wake-ups (median of the trials), each because the one before was late: its longest waits are under-represented.',
      hint: 'Read its upper quantiles as lower bounds, and compare the share between arms in the table of the canary.',
    },
  ]);
});

test('switches that the kernel hid from the tracer are told, with the arm that saw the least', () => {
  const plan = examplePlan();
  const { arms } = summarize(recordedOf(plan, good(8)));
  const withCoverage = (low: number, index: number): ArmSummary[] =>
    arms.map((arm, at) =>
      at === index ? { ...arm, tracer: { ...arm.tracer, coverage: { median: 1, low, high: 1, trials: 8 } } } : arm,
    );
  const warnings = (changed: readonly ArmSummary[]): readonly SummaryWarning[] =>
    summaryWarnings({
      plan,
      complete: [],
      arms: changed,
      comparisons: [],
      source: 'bpf',
      damage: [],
      settled: [],
    }).filter(({ code }) => code === 'switches-hidden');
  expect(warnings(withCoverage(0.99, 0))).toEqual([]);
  expect(warnings(withCoverage(0.8, 1))).toEqual([
    {
      code: 'switches-hidden',
      text: 'In a trial of busy the tracer saw 80.0 % of the context switches that the kernel counted: it hides some from every tracer, and the waits that they ended are missing.',
      hint: 'Compare the share between arms in the table of the tracer.',
    },
  ]);
});

test('an arm without a disturbance on a busy machine is told', () => {
  const plan = examplePlan();
  const { arms } = summarize(recordedOf(plan, good(8)));
  const busy = arms.map((arm) => ({ ...arm, otherShare: { median: 0.83, low: 0.8, high: 0.9, trials: 8 } }));
  const warnings = summaryWarnings({
    ...{ plan, complete: [], arms: busy, comparisons: [], damage: [], settled: [] },
    source: 'bpf',
  }).filter(({ code }) => code === 'other-work');
  const undisturbed = plan.arms.filter(({ disturbances }) => disturbances.cpu === null).map(({ name }) => name);
  expect(warnings.map(({ text }) => text)).toEqual(
    undisturbed.map((name) => `In ${name}, an arm without a disturbance, the machine was 83.0 % busy with other work.`),
  );
  expect(warnings.length).toBeGreaterThan(0);
});

describe('an application', () => {
  const recorded = recordedApplication({ model: 'echo', blocks: 6 });
  const { arms } = summarize(recorded);
  const warnings = (changed: readonly ArmSummary[], code: string): readonly SummaryWarning[] =>
    summaryWarnings({
      ...{ plan: recorded.plan, complete: [], arms: changed, comparisons: [], damage: [], settled: [] },
      source: 'bpf',
    }).filter((warning) => warning.code === code);
  const withLoad = (load: Partial<NonNullable<ArmSummary['load']>>): readonly ArmSummary[] =>
    arms.map((arm) => (arm.name === 'tight' && arm.load ? { ...arm, load: { ...arm.load, ...load } } : arm));

  test('that did not answer more than 1 % of its requests has latencies which the time-out decides', () => {
    expect(warnings(withLoad({ offered: 1000, completed: 990 }), 'latency-of-timeouts')).toEqual([]);
    expect(warnings(withLoad({ offered: 1000, completed: 985 }), 'latency-of-timeouts')).toEqual([
      {
        code: 'latency-of-timeouts',
        text: '1.50 % of the requests offered in tight were not answered with success; its latencies count each of them as the time-out of 2 s.',
        hint: 'Another time-out would give other latencies, and the same violation-share.',
      },
    ]);
    expect(warnings(withLoad({ offered: 0, completed: 0 }), 'latency-of-timeouts')).toEqual([]);
  });

  test('may be as busy as it likes: only what it does not do itself is other work', () => {
    const busy = { median: 0.9, low: 0.9, high: 0.9, trials: 6 };
    const other = { ...busy, median: 0.3 };

    expect(
      warnings(
        arms.map((arm) => ({ ...arm, busyShare: busy, otherShare: { ...busy, median: 0.1 } })),
        'other-work',
      ),
    ).toEqual([]);
    expect(
      warnings(
        arms.map((arm) => ({ ...arm, busyShare: busy, otherShare: arm.name === 'tight' ? other : null })),
        'other-work',
      ).map(({ text }) => text),
    ).toEqual(['In tight, an arm without a disturbance, the machine was 30.0 % busy with other work.']);
  });
});

describe('what nothing bounds', () => {
  const unlimited = (changes: Parameters<typeof recordedApplication>[0] = {}): readonly SummaryWarning[] => {
    const recorded = recordedApplication({ model: 'echo', ...changes });
    const withoutLimits = recorded.plan.arms.map((arm) =>
      arm.name === 'ample'
        ? { ...arm, allocation: mapValues(arm.allocation ?? {}, (given) => ({ ...given, cpuLimitCores: null })) }
        : arm,
    );
    // As the samples of such an arm would say it.
    const trials = [...recorded.trials].map(([id, trial]) => {
      const samples = trial.samples.map(({ services, ...sample }) => ({
        ...sample,
        services:
          trial.record.arm !== 'ample' || services === null
            ? services
            : services.map(({ replicas, ...service }) => ({
                ...service,
                replicas: replicas.map((replica) => ({ ...replica, cpuLimitCores: null })),
              })),
      }));
      return [id, { ...trial, samples }] as const;
    });
    const plan = { ...recorded.plan, arms: withoutLimits };
    return summarize({ ...recorded, plan, trials: new Map(trials) }).warnings.filter(({ code }) => code === 'no-limit');
  };
  const warning = {
    code: 'no-limit',
    text: 'core-seconds of ample is not known: gate and 1 other service had no CPU limit, and nothing bounds what is reserved.',
    hint: 'Give every front and service a CPU limit, or compare by what was used.',
  };

  test('is not known, which is said once where it was asked for', () => {
    const hypotheses = [{ arm: 'tight', against: 'ample', metric: 'core-seconds', margin: null }] as const;
    expect(unlimited({ plan: { hypotheses } })).toEqual([warning]);
    expect(unlimited({ policies: { tight: policyOf('hpa') } })).toEqual([warning]);
  });

  test('is nothing to worry about where nobody asked', () => {
    expect(unlimited()).toEqual([]);
  });
});

const mapValues = <T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
