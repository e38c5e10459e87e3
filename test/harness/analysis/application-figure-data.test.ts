import { describe, expect, test } from 'vitest';
import type { ApplicationFigureData } from '../../../harness/analysis/application-figure-data.ts';
import { makeFigureData } from '../../../harness/analysis/make-figure-data.ts';
import { timeParts } from '../../../harness/analysis/request-time.ts';
import { summarize } from '../../../harness/analysis/summarize.ts';
import type { RecordedExperiment } from '../../../harness/store/recorded-experiment.ts';
import type { RecordedTrial } from '../../../harness/store/trial-record.ts';
import type { ReplicaEvent } from '../../../harness/telemetry/application-reading.ts';
import { logOf, type Request } from '../../rig/arbitrary-requests.ts';
import { spanOf } from '../../rig/arbitrary-spans.ts';
import { recordedApplication } from '../../rig/recorded-application.ts';
import { loadOf, sampleOf, waitsOf } from '../../rig/recorded.ts';
import { replicaOf, serviceOf } from '../../rig/replica-reading.ts';

/** Two blocks of `echo`, trials of 5 s of which the first is warm-up; each trial may be changed. */
const recorded = recordedApplication({
  model: 'echo',
  arms: { small: 0.2, large: 1 },
  blocks: 2,
  loads: [loadOf('steady', 5)],
  plan: { trialMs: 5000, warmupMs: 1000 },
});

function dataOf(change: (trial: RecordedTrial) => Partial<RecordedTrial> = () => ({})): ApplicationFigureData {
  const trials = new Map([...recorded.trials].map(([id, trial]) => [id, { ...trial, ...change(trial) }]));
  const changed: RecordedExperiment = { ...recorded, trials };
  return makeFigureData(changed, summarize(changed)).application ?? expect.fail('no application');
}

/** With these requests in each trial of the arm `small`, by block. */
const withRequests = (...blocks: readonly (readonly Request[])[]): ApplicationFigureData =>
  dataOf(({ record }) =>
    record.arm === 'small' ? { requests: logOf(blocks[record.block - 1] ?? []), spans: [] } : {},
  );

describe('requests', () => {
  const [first, second] = recorded.plan.application?.model.endpoints ?? [];

  test('are told for all endpoints and for each that was asked for, over the trials of an arm', () => {
    const { requests } = withRequests(
      [
        { dueMs: 500, doneMs: 900 },
        { dueMs: 1000, doneMs: 1010 },
        { dueMs: 2000, doneMs: 2030 },
        { dueMs: 3000, doneMs: 8000, outcome: 'timed-out' },
      ],
      [
        { dueMs: 1000, doneMs: 1020 },
        { dueMs: 2000, doneMs: 2020 },
      ],
    );
    const small = requests.filter(({ arm }) => arm === 'small');
    expect(small.map(({ endpoint, trials, offered }) => [endpoint, trials, offered])).toEqual([
      [null, 2, 5],
      [first?.name, 2, 5],
    ]);
    expect(small[0]?.byOutcome).toMatchObject({ ok: 4, 'timed-out': 1 });
    // Medians of 10, 30 and the time-out of 2 s, and of 20 and 20.
    expect(small[0]?.latencyMs.p50).toEqual({ median: 25, low: 20, high: 30, trials: 2 });
    // 30 and the time-out, at 1.98 of the places 0 to 2.
    expect(small[0]?.latencyMs.p99?.high).toBeCloseTo(30 + 0.98 * 1970, 9);
    // Down to one request of the trial with the fewest, which are 2.
    expect(small[0]?.curve.at(-1)?.slowerShare).toBeCloseTo(0.5, 1);
    expect(small[0]?.curve[0]?.latencyMs).toEqual({ median: 15, low: 10, high: 20, trials: 2 });
  });

  test('of an endpoint that only some trials were asked for count those trials', () => {
    const { requests } = withRequests([{ dueMs: 2000, endpoint: 1 }], [{ dueMs: 2000, endpoint: 0 }]);
    const own = requests.filter(({ arm }) => arm === 'small');
    expect(own.map(({ endpoint, trials }) => [endpoint, trials])).toEqual([
      [null, 2],
      [first?.name, 1],
      ...(second === undefined ? [] : [[second.name, 1]]),
    ]);
  });
});

describe('the load over time', () => {
  test('is offered when due, completed and failed when it ended, and not sent when due', () => {
    const { loadOverTime } = withRequests(
      [
        { dueMs: 1100, doneMs: 2100 },
        { dueMs: 1200, doneMs: 1250 },
        { dueMs: 1300, doneMs: 3300, outcome: 'timed-out' },
        { dueMs: 1400, sentMs: NaN, doneMs: NaN, outcome: 'not-sent-in-flight' },
        { dueMs: 1500, doneMs: NaN, outcome: 'unfinished' },
      ],
      [],
    );
    const steps = loadOverTime.filter(({ arm }) => arm === 'small');
    expect(steps.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      ...[0, 1000, 2000, 3000, 4000].map((fromMs) => [fromMs, fromMs + 1000]),
    ]);
    expect(steps.map(({ offered }) => offered.high)).toEqual([0, 5, 0, 0, 0]);
    expect(steps.map(({ completed }) => completed.high)).toEqual([0, 1, 1, 0, 0]);
    // The mean of two trials, one of which had none.
    expect(steps.map(({ failed }) => failed)).toEqual([0, 0.5, 0, 0.5, 0]);
    expect(steps.map(({ notSent }) => notSent)).toEqual([0, 0.5, 0, 0, 0]);
    // Three of five were not answered, which is more than 5 %.
    expect(steps[1]?.p95Ms).toEqual({ median: Infinity, low: Infinity, high: Infinity, trials: 1 });
    expect(steps[2]?.p95Ms).toBeNull();
  });
});

describe('services', () => {
  const services = recorded.plan.application?.model.services.map(({ name }) => name) ?? [];
  const [front = '', back = ''] = services;
  const read = (front1: Parameters<typeof replicaOf>[1], place: number) =>
    sampleOf(place, {
      services: [serviceOf(front, replicaOf('f-1', front1), replicaOf('f-2', front1)), serviceOf(back)],
      waits: [waitsOf('f-1', [1e-3]), waitsOf('f-2', [8e-3], { cause: 'throttled' }), waitsOf('canary', [1])],
    });
  const { servicesOverTime, services: numbers } = dataOf(() => ({
    samples: [1, 2, 3, 4, 5].map((place) =>
      read(
        {
          ...{ cpuSeconds: 0.1 * place, quotaPeriods: 10, throttledPeriods: place, memoryBytes: 1000 * place },
          ...{ memoryLimitBytes: 8000, oomKills: place === 1 ? 1 : 0, requests: 20, errors: 1 },
          ...{ startedAtMs: 200, firstServedAtMs: 900 },
        },
        place,
      ),
    ),
  }));

  test('have their CPU and the p95 of their waits at each step, and nothing where nothing was read', () => {
    const own = servicesOverTime.filter(({ arm, service }) => arm === 'small' && service === front);
    expect(own.map(({ cpuCores }) => cpuCores?.toFixed(3))).toEqual(['0.200', '0.400', '0.600', '0.800', '1.000']);
    expect(own.every(({ waitP95Seconds }) => waitP95Seconds !== null && waitP95Seconds > 7e-3)).toBe(true);
    const silent = servicesOverTime.filter(({ arm, service }) => arm === 'small' && service === back);
    expect(silent.map(({ cpuCores, waitP95Seconds }) => [cpuCores, waitP95Seconds])).toEqual(
      [1, 2, 3, 4, 5].map(() => [null, null]),
    );
  });

  test('are summed up over the measured part of the trials, kills over all of it', () => {
    const own = numbers.find(({ arm, service }) => arm === 'small' && service === front);
    expect(own).toMatchObject({
      replicas: { fewest: 2, most: 2 },
      // 2 replicas, of 2 to 5 tenths of a second in 4 s.
      cpuCores: { trials: 2 },
      throttledShare: { median: 0.35, trials: 2 },
      memory: { bytes: 5000, limitBytes: 8000 },
      // 2 replicas in 2 trials, in the warm-up.
      ...{ oomKills: 4, restarts: 0, errors: 16, startToAnswerMs: 700 },
      requestsPerSecond: { median: 40 },
    });
    expect(own?.cpuCores?.median).toBeCloseTo(0.7, 12);
  });

  test('restarts are counted by service', () => {
    const event = { atMs: 1, service: front, replica: 'f-1', type: 'restarted', text: 'x' } as const;
    const restarted = dataOf(({ record }) => ({
      record: { ...record, evidence: { ...record.evidence, application: { events: [event], startFailure: null } } },
    })).services.filter(({ arm }) => arm === 'large');
    expect(restarted.map(({ restarts }) => restarts)).toEqual(services.map((service) => (service === front ? 2 : 0)));
  });
});

test('events of replicas are counted by kind and service, with their instants, also of trials that failed', () => {
  const eventOf = (type: ReplicaEvent['type'], service: string, atMs: number): ReplicaEvent => {
    return { atMs, service, replica: `${service}-1`, type, text: 'x' };
  };
  const { events } = dataOf(({ record }) => {
    const own =
      record.arm === 'small'
        ? [eventOf('restarted', 'echo', 2100 + record.block), eventOf('killed-by-profile', 'echo', 2000 + record.block)]
        : record.block === 1
          ? [eventOf('killed-by-memory-limit', 'echo', -200), eventOf('killed-by-memory-limit', 'echo', -100)]
          : [];
    const startFailure = own.length > 0 && record.arm === 'large' ? 'no memory' : null;
    return { record: { ...record, evidence: { ...record.evidence, application: { events: own, startFailure } } } };
  });
  const spread = (low: number, median: number, high: number) => ({ median, low, high, trials: 2 });
  expect(events).toEqual([
    { arm: 'small', type: 'restarted', service: 'echo', times: 2, trials: 2, atMs: spread(2101, 2101.5, 2102) },
    { arm: 'small', type: 'killed-by-profile', service: 'echo', times: 2, trials: 2, atMs: spread(2001, 2001.5, 2002) },
    {
      arm: 'large',
      type: 'killed-by-memory-limit',
      service: 'echo',
      times: 2,
      trials: 1,
      atMs: spread(-200, -150, -100),
    },
  ]);
});

describe('where the time went', () => {
  test('is told of the requests with spans next to a quantile of all requests, with parts that add up', () => {
    // 100 requests of 1 to 100 ms, of which every tenth left a span.
    const requests = logOf(
      Array.from({ length: 100 }, (_, index) => ({ dueMs: 2000 + index, doneMs: 2001 + 2 * index })),
    );
    const spans = Array.from({ length: 10 }, (_, index) => 10 * index).map((request) =>
      spanOf(1, 0, 'echo-front', [2000 + request, 2001 + 2 * request], { request, cpuMs: 0.5 }),
    );
    const { breakdowns } = dataOf(() => ({ requests, spans }));
    const [median, p99] = breakdowns.filter(({ arm }) => arm === 'small');
    // Latencies with spans: 1, 11, ... 91; next to 50.5 are 51, 41 and 61, and next to 99.01 are 91, 81 and 71.
    expect(median).toMatchObject({ quantile: 'p50', trials: 2, traces: 6, quantileMs: { median: 50.5 } });
    expect(median?.latencyMs).toEqual({ mean: 51, low: 41, high: 61 });
    expect(p99?.latencyMs).toEqual({ mean: 81, low: 71, high: 91 });
    for (const one of breakdowns) {
      const sum = timeParts.reduce((total, part) => total + one.parts[part], 0);
      expect(sum).toBeCloseTo(one.latencyMs.mean, 9);
    }
    expect(median?.parts).toMatchObject({ cpu: 0.5, rest: 50.5, stores: 0 });
  });

  test('a quantile whose request was not answered has no breakdown, and is counted', () => {
    // The slowest of 20 was given up, which is more than 1 %.
    const requests = logOf([
      ...Array.from({ length: 19 }, (_, index) => ({ dueMs: 2000 + index, doneMs: 2010 + index })),
      { dueMs: 2100, doneMs: 4100, outcome: 'timed-out' },
    ]);
    const spans = [0, 1, 2].map((request) =>
      spanOf(1, 0, 'echo-front', [2000 + request, 2010 + request], { request, cpuMs: 0.5 }),
    );
    const { breakdowns, unansweredQuantiles } = dataOf(() => ({ requests, spans }));
    expect(breakdowns.map(({ arm, quantile, trials }) => [arm, quantile, trials])).toEqual([
      ['small', 'p50', 2],
      ['large', 'p50', 2],
    ]);
    expect(unansweredQuantiles).toEqual([
      { arm: 'small', quantile: 'p99', trials: 2 },
      { arm: 'large', quantile: 'p99', trials: 2 },
    ]);
  });

  test('requests of the warm-up and those that failed are left out, and without spans nothing is told', () => {
    const requests = logOf([
      { dueMs: 500, doneMs: 510 },
      { dueMs: 2000, doneMs: 2010, outcome: 'error-status' },
      { dueMs: 2500, doneMs: 2510 },
    ]);
    const spans = [0, 1].map((request) => spanOf(1, 0, 'echo-front', [0, 1], { request }));
    expect(dataOf(() => ({ requests, spans })).breakdowns).toEqual([]);
    expect(dataOf(() => ({ spans: [] })).breakdowns).toEqual([]);
    expect(dataOf(() => ({ requests: null })).breakdowns).toEqual([]);
  });
});

describe('the generators', () => {
  test('are counted by kind, and blocks compared by the hash of their schedule', () => {
    expect(dataOf().generators).toEqual({
      kinds: [{ driver: 'built-in', version: '0.1.0', priority: 'real-time', priorityNote: null, trials: 4 }],
      ...{ sharedBlocks: 2, differingBlocks: [] },
    });
  });

  test('a block whose arms were sent different schedules is named', () => {
    const { generators } = dataOf(({ record }) => {
      const { generator } = record.evidence;
      if (generator === null || record.block !== 2 || record.arm !== 'small') return {};
      const changed = { ...generator, scheduleSha256: 'another', priority: 'normal', priorityNote: 'EPERM' } as const;
      return { record: { ...record, evidence: { ...record.evidence, generator: changed } } };
    });
    expect(generators.differingBlocks).toEqual([2]);
    expect(generators.kinds.map(({ priority, trials }) => [priority, trials])).toEqual(
      expect.arrayContaining([
        ['real-time', 3],
        ['normal', 1],
      ]),
    );
  });
});

test('a trial in which nothing was recorded of the application gives no number, and no mistake', () => {
  const empty = dataOf(() => ({ requests: null, spans: [], samples: [] }));
  expect(empty).toMatchObject({ requests: [], loadOverTime: [], breakdowns: [] });
  expect(
    empty.servicesOverTime.every(({ cpuCores, waitP95Seconds }) => cpuCores === null && waitP95Seconds === null),
  ).toBe(true);
});
