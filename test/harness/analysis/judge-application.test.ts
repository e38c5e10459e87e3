import { describe, expect, test } from 'vitest';
import { judge, latenessLimitMs } from '../../../harness/analysis/judge.ts';
import type { Limits, Plan } from '../../../harness/plan/plan.ts';
import type { Verdict } from '../../../harness/store/verdict.ts';
import type { ReplicaEvent } from '../../../harness/telemetry/application-reading.ts';
import type { GeneratorEvidence, TrialEvidence } from '../../../harness/telemetry/evidence.ts';
import { logOf, type Request } from '../../rig/arbitrary-requests.ts';
import { policyEvidence } from '../../rig/control-log.ts';
import { applicationOf, cleanGenerator, modelNamed } from '../../rig/recorded-application.ts';
import { cleanEvidence, examplePlan, samplesOf } from '../../rig/recorded.ts';

const model = modelNamed('echo');
const planWith = (limits: Partial<Limits> = {}, sloMs = 200): Plan =>
  examplePlan({
    application: applicationOf(model, { sloMs }),
    limits: { ...examplePlan().limits, ...limits },
  });

/** 400 requests of which the first 100 are due in the warm-up: `change` says what became of one, by its index. */
const requestsOf = (change: (index: number) => Partial<Request> = () => ({})): readonly Request[] =>
  Array.from({ length: 500 }, (_, index) => ({ dueMs: 10 * index, ...change(index) }));

/** A part of those that are due after the warm-up. */
const measured =
  (count: number, change: (dueMs: number) => Partial<Request>) =>
  (index: number): Partial<Request> =>
    index >= 100 && index < 100 + count ? change(10 * index) : {};

interface Trial {
  readonly plan?: Plan;
  readonly requests?: readonly Request[] | null;
  readonly generator?: Partial<GeneratorEvidence> | null;
  readonly evidence?: Partial<TrialEvidence>;
}

function verdictOf({ plan = planWith(), requests = requestsOf(), generator = {}, evidence = {} }: Trial = {}): Verdict {
  return judge(
    plan,
    { samples: samplesOf(), requests: requests && logOf(requests) },
    {
      ...cleanEvidence,
      application: { events: [], startFailure: null },
      generator: generator && { ...cleanGenerator, ...generator },
      ...evidence,
    },
  );
}

const valid = { kind: 'valid' };
const invalid = (code: string, ...texts: readonly string[]): object => ({
  kind: 'invalid',
  reasons: texts.map((text) => ({ code, text })),
});

test('a trial whose load was sent on time and answered is valid', () => {
  expect(verdictOf()).toEqual(valid);
});

describe('policy-failed', () => {
  const text = 'The policy hpa failed in step 3: no such metric';
  const policy = { ...policyEvidence, failure: text };
  const failed = { kind: 'failed', code: 'policy-failed', text };

  test('a policy that could not go on fails its trial, with its last words', () => {
    expect(verdictOf({ evidence: { policy } })).toEqual(failed);
    expect(verdictOf({ evidence: { policy: policyEvidence } })).toEqual(valid);
  });

  test('what is missing since then is its consequence', () => {
    const evidence = { ...cleanEvidence, application: { events: [], startFailure: null }, policy };

    expect(judge(planWith(), { samples: samplesOf().slice(0, 2), requests: null }, evidence)).toEqual(failed);
    expect(judge(planWith(), { samples: [], requests: null }, evidence)).toEqual(failed);
  });

  test('a measurement that broke down cannot witness it', () => {
    const death = 'the tracer was ended by SIGKILL';
    expect(verdictOf({ evidence: { policy, tracerDeath: death } })).toEqual(invalid('tracer-lost', death));
    expect(verdictOf({ evidence: { policy }, generator: { death: 'k6 ended' } })).toEqual(
      invalid('generator-lost', 'k6 ended'),
    );
  });
});

describe('generator-late', () => {
  const late = (count: number, ms: number): readonly Request[] =>
    requestsOf(measured(count, (dueMs) => ({ sentMs: dueMs + ms, doneMs: dueMs + ms })));

  test('the p99 of the lateness has the smaller of 5 ms and 5 % of the objective as its limit', () => {
    expect(latenessLimitMs(planWith({}, 200))).toBe(5);
    expect(latenessLimitMs(planWith({}, 40))).toBe(2);
    expect(verdictOf({ requests: late(5, 5.01) })).toEqual(
      invalid('generator-late', 'p99 of the lateness of the load generator 5.01 ms, at most 5 ms'),
    );
    expect(verdictOf({ requests: late(5, 5) })).toEqual(valid);
    expect(verdictOf({ plan: planWith({}, 58), requests: late(5, 3.6) })).toEqual(
      invalid('generator-late', 'p99 of the lateness of the load generator 3.60 ms, at most 2.9 ms'),
    );
  });

  test('or what the profile says', () => {
    const plan = planWith({ latenessP99Ms: 20 }, 40);

    expect(latenessLimitMs(plan)).toBe(20);
    expect(verdictOf({ plan, requests: late(5, 19) })).toEqual(valid);
    expect(verdictOf({ plan, requests: late(5, 21) })).toEqual(
      invalid('generator-late', 'p99 of the lateness of the load generator 21.0 ms, at most 20 ms'),
    );
  });

  test('is no matter of a few requests, nor of the warm-up', () => {
    expect(verdictOf({ requests: late(3, 1000) })).toEqual(valid);
    expect(verdictOf({ requests: requestsOf((index) => (index < 100 ? { sentMs: 10 * index + 500 } : {})) })).toEqual(
      valid,
    );
  });

  test('an answer that takes long is no lateness', () => {
    expect(verdictOf({ requests: requestsOf((index) => ({ doneMs: 10 * index + 4000 })) })).toEqual(valid);
  });
});

describe('generator-short', () => {
  const notSent = (outcome: 'not-sent-generator' | 'not-sent-in-flight', count: number): readonly Request[] =>
    requestsOf(measured(count, () => ({ outcome, sentMs: NaN, doneMs: NaN, status: 0 })));

  test('what the generator could not send, beyond the limit', () => {
    // Two of the four hundred that were due after the warm-up.
    expect(verdictOf({ requests: notSent('not-sent-generator', 2) })).toEqual(valid);
    expect(verdictOf({ requests: notSent('not-sent-generator', 3) })).toEqual(
      invalid('generator-short', 'requests that the load generator did not send 0.750 %, at most 0.5 %'),
    );
    expect(verdictOf({ plan: planWith({ notSentShare: 0.01 }), requests: notSent('not-sent-generator', 3) })).toEqual(
      valid,
    );
  });

  test('requests held back because too many were in flight are the doing of the application: no ground, however many', () => {
    expect(verdictOf({ requests: notSent('not-sent-in-flight', 400) })).toEqual(valid);
  });

  test('a saturated application is an outcome, and terrible', () => {
    const outcomes = ['timed-out', 'error-status', 'connection-failed', 'unfinished'] as const;
    const requests = requestsOf((index) => ({ outcome: outcomes[index % 4] ?? 'ok' }));

    expect(verdictOf({ requests })).toEqual(valid);
  });

  test('is no matter of the warm-up, nor of a load that asked for nothing', () => {
    expect(
      verdictOf({
        requests: requestsOf((index) => (index < 100 ? { outcome: 'not-sent-generator', sentMs: NaN } : {})),
      }),
    ).toEqual(valid);
    expect(verdictOf({ requests: [] })).toEqual(valid);
  });
});

describe('generator-busy', () => {
  test('its CPU, of what it could use, is above the limit', () => {
    expect(verdictOf({ generator: { cpuCores: 1.6, capacityCores: 2 } })).toEqual(valid);
    expect(verdictOf({ generator: { cpuCores: 1.7, capacityCores: 2 } })).toEqual(
      invalid('generator-busy', 'CPU of the load generator 85.0 %, at most 80 %'),
    );
    expect(
      verdictOf({ plan: planWith({ generatorCpuShare: 0.3 }), generator: { cpuCores: 0.31, capacityCores: 1 } }),
    ).toEqual(invalid('generator-busy', 'CPU of the load generator 31.0 %, at most 30 %'));
  });

  test('where it is not known nothing is known of the generator, unless it is known to have died', () => {
    expect(verdictOf({ generator: { cpuCores: null } })).toEqual(
      invalid('generator-lost', 'the CPU time of the load generator is not known'),
    );
    expect(verdictOf({ generator: { cpuCores: null, death: 'k6 was ended by SIGKILL' } })).toEqual(
      invalid('generator-lost', 'k6 was ended by SIGKILL'),
    );
  });
});

describe('generator-lost', () => {
  test('it ended before its time', () => {
    expect(verdictOf({ generator: { death: 'k6 was ended by SIGKILL' } })).toEqual(
      invalid('generator-lost', 'k6 was ended by SIGKILL'),
    );
  });

  test('it did not begin, and all that is missing is its consequence', () => {
    const evidence = { loadFailure: 'k6 could not be started: EACCES', application: null };

    expect(verdictOf({ generator: null, requests: null, evidence })).toEqual(
      invalid('generator-lost', 'k6 could not be started: EACCES'),
    );
  });

  test('an application that ran without any account of its load is no measurement', () => {
    const lost = invalid('generator-lost', 'nothing is known of the load generator');

    expect(verdictOf({ generator: null })).toEqual(lost);
    expect(verdictOf({ requests: null })).toEqual(lost);
  });

  test('where the tracer did not start, that alone is the reason: nothing was sent', () => {
    const evidence = { tracerDeath: 'not permitted', application: null };

    expect(verdictOf({ generator: null, requests: null, evidence })).toEqual(invalid('tracer-lost', 'not permitted'));
  });
});

describe('what happened to replicas', () => {
  const event = (type: ReplicaEvent['type']): ReplicaEvent => ({
    ...{ atMs: 1500, service: 'echo', replica: 'echo-1', type },
    text: type,
  });
  const withEvents = (startFailure: string | null, ...types: readonly ReplicaEvent['type'][]): Trial => ({
    evidence: { application: { events: types.map(event), startFailure } },
  });

  test.each(['killed-from-outside', 'crashed'] as const)('%s breaks the measurement: nobody asked for it', (type) => {
    expect(verdictOf(withEvents(null, type, 'restarted'))).toEqual(invalid('interfered', `echo-1 ${type}`));
  });

  test.each(['killed-by-memory-limit', 'killed-by-profile', 'stopped-by-profile', 'restarted', 'drain-cut'] as const)(
    '%s is an outcome: the trial stays valid',
    (type) => {
      expect(verdictOf(withEvents(null, type))).toEqual(valid);
    },
  );

  test('each of several is told', () => {
    expect(verdictOf(withEvents(null, 'crashed', 'killed-from-outside'))).toEqual(
      invalid('interfered', 'echo-1 crashed', 'echo-1 killed-from-outside'),
    );
  });

  const failure = 'echo-1 was not ready 10.0 s after its start';
  const notStarted = (...types: readonly ReplicaEvent['type'][]): Verdict =>
    judge(
      planWith(),
      { samples: [], requests: null },
      { ...cleanEvidence, canary: null, application: { events: types.map(event), startFailure: failure } },
    );

  test('an application that does not start with the allocation of its arm has failed, and nothing else is said', () => {
    const failed = { kind: 'failed', code: 'start-failed', text: failure };

    expect(notStarted()).toEqual(failed);
    expect(notStarted('killed-by-memory-limit', 'restarted')).toEqual(failed);
  });

  test('unless somebody else ended a replica on the way: then nobody knows whether it would have started', () => {
    expect(notStarted('killed-from-outside')).toEqual(invalid('interfered', 'echo-1 killed-from-outside'));
  });
});

test('every reason is told, those of the load generator last', () => {
  const requests = requestsOf((index) =>
    index % 2 === 0
      ? { outcome: 'not-sent-generator', sentMs: NaN, doneMs: NaN }
      : { sentMs: 10 * index + 100, doneMs: 10 * index + 100 },
  );
  const evidence = { canary: { wakeups: 0, skipped: 0, alive: false } };

  expect(verdictOf({ requests, generator: { cpuCores: 0.9, death: 'a thread of it ended' }, evidence })).toEqual({
    kind: 'invalid',
    reasons: [
      { code: 'interfered', text: 'something outside ended the canary' },
      { code: 'generator-lost', text: 'a thread of it ended' },
      { code: 'generator-short', text: 'requests that the load generator did not send 50.0 %, at most 0.5 %' },
      { code: 'generator-late', text: 'p99 of the lateness of the load generator 100 ms, at most 5 ms' },
      { code: 'generator-busy', text: 'CPU of the load generator 90.0 %, at most 80 %' },
    ],
  });
});
