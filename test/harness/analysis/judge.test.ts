import { describe, expect, test } from 'vitest';
import { judge, stolenShare } from '../../../harness/analysis/judge.ts';
import type { Verdict } from '../../../harness/store/verdict.ts';
import type { TrialEvidence } from '../../../harness/telemetry/evidence.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { cleanEvidence, examplePlan, sampleOf, samplesOf } from '../../rig/recorded.ts';

const plan = examplePlan();
const verdictOf = (samples: readonly Sample[], evidence: Partial<TrialEvidence> = {}): Verdict =>
  judge(plan, { samples, requests: null }, { ...cleanEvidence, ...evidence });
const invalid = (...reasons: readonly { readonly code: string; readonly text: string }[]): object => ({
  kind: 'invalid',
  reasons,
});

const tracerOf = (lost: number): Sample['tracer'] => {
  const { tracer } = sampleOf(1);
  return tracer && { ...tracer, lost };
};
const hostOf = (stolenSeconds: number): Sample['host'] => {
  const { host } = sampleOf(1);
  return host && { ...host, stolenSeconds };
};

test('a trial in which nothing went wrong is valid', () => {
  expect(verdictOf(samplesOf())).toEqual({ kind: 'valid' });
});

test('a trial on a machine that tells nothing about itself is valid: what is not known is no ground', () => {
  expect(
    verdictOf(
      samplesOf(() => ({ host: null, tracer: null })),
      { canary: null },
    ),
  ).toEqual({ kind: 'valid' });
});

describe('tracer-lost', () => {
  test('the tracer died: the reason is told, and not that samples are missing since', () => {
    const text = 'the tracer was ended by SIGKILL';
    expect(verdictOf([sampleOf(1), sampleOf(2, { waits: null })], { tracerDeath: text })).toEqual(
      invalid({ code: 'tracer-lost', text }),
    );
    expect(verdictOf([], { tracerDeath: text })).toEqual(invalid({ code: 'tracer-lost', text }));
  });

  test('a single lost event is too many, in the warm-up too', () => {
    expect(verdictOf(samplesOf((place) => (place === 1 ? { tracer: tracerOf(1) } : {})))).toEqual(
      invalid({ code: 'tracer-lost', text: 'the tracer lost 1 event, at most 0' }),
    );
    expect(verdictOf(samplesOf(() => ({ tracer: tracerOf(2) })))).toEqual(
      invalid({ code: 'tracer-lost', text: 'the tracer lost 10 events, at most 0' }),
    );
  });
});

describe('observation-gap', () => {
  test('a source that measures no waits leaves none out', () => {
    expect(verdictOf(samplesOf(() => ({ source: 'none', waits: null, tracer: null })))).toEqual({ kind: 'valid' });
  });

  test('a sample is missing, or is there without waits', () => {
    const reason = { code: 'observation-gap', text: '1 of 5 samples missing, at most 0' };
    expect(verdictOf(samplesOf().slice(0, 4))).toEqual(invalid(reason));
    expect(verdictOf(samplesOf((place) => (place === 3 ? { waits: null } : {})))).toEqual(invalid(reason));
    expect(verdictOf([])).toEqual(invalid({ ...reason, text: '5 of 5 samples missing, at most 0' }));
  });

  test.each([
    [3000, null],
    [3000.001, 'a sample late by just over 2000 ms, at most 2000 ms'],
    [3500.25, 'a sample late by 2500 ms, at most 2000 ms'],
  ])('a sample of 1 s that took %d ms', (intervalMs, text) => {
    const samples = samplesOf((place) => (place === 4 ? { intervalMs } : {}));
    expect(verdictOf(samples)).toEqual(text === null ? { kind: 'valid' } : invalid({ code: 'observation-gap', text }));
  });
});

describe('clock-jump', () => {
  const withOffsets = (...offsets: readonly number[]): readonly Sample[] =>
    samplesOf((place) => ({ clockOffsetMs: offsets[place - 1] ?? 0 }));

  test.each([
    ['at the limit', [20, 20, 20, 20, 20], null],
    ['a step forward', [0, 0, 35.25, 35.25, 35.25], 'the wall clock jumped by 35.3 ms, at most 20 ms'],
    ['a step back', [0, 0, -3_600_000, -3_600_000, -3_600_000], 'the wall clock jumped by 3600000 ms, at most 20 ms'],
    ['just over the limit', [0, 20.01, 20.01, 20.01, 20.01], 'the wall clock jumped by just over 20 ms, at most 20 ms'],
    ['in the first sample', [-21, -21, -21, -21, -21], 'the wall clock jumped by 21.0 ms, at most 20 ms'],
    ['a slow drift, which is no step', [15, 30, 45, 60, 75], null],
  ])('%s', (_, offsets, text) => {
    expect(verdictOf(withOffsets(...offsets))).toEqual(
      text === null ? { kind: 'valid' } : invalid({ code: 'clock-jump', text }),
    );
  });
});

describe('cpu-stolen', () => {
  // 4 measured samples of 2 s of CPU time each: 8 s.
  test.each([
    [0.16, null],
    [0.16008, 'CPU time stolen just over 2 %, at most 2 %'],
    [0.248, 'CPU time stolen 3.10 %, at most 2 %'],
  ])('%d of 8 CPU seconds', (stolenSeconds, text) => {
    const samples = samplesOf((place) => (place === 5 ? { host: hostOf(stolenSeconds) } : {}));
    expect(verdictOf(samples)).toEqual(text === null ? { kind: 'valid' } : invalid({ code: 'cpu-stolen', text }));
  });

  test('what was stolen in the warm-up is not counted', () => {
    expect(verdictOf(samplesOf((place) => (place === 1 ? { host: hostOf(2) } : {})))).toEqual({ kind: 'valid' });
  });

  test('the limit is shown as the profile set it', () => {
    const limits = { ...plan.limits, stolenShare: 0.07 };
    const samples = samplesOf(() => ({ host: hostOf(0.2) }));
    expect(judge({ ...plan, limits }, { samples, requests: null }, cleanEvidence)).toEqual(
      invalid({ code: 'cpu-stolen', text: 'CPU time stolen 10.0 %, at most 7 %' }),
    );
  });

  test('without a reading the share is not known, which is not 0', () => {
    expect(stolenShare([])).toBeNull();
    expect(stolenShare(samplesOf(() => ({ host: null })))).toBeNull();
  });
});

describe('interfered', () => {
  test('the canary was ended', () => {
    expect(verdictOf(samplesOf(), { canary: { wakeups: 5, skipped: 0, alive: false } })).toEqual(
      invalid({ code: 'interfered', text: 'something outside ended the canary' }),
    );
  });

  test.each([
    [3, 'something outside ended 1 thread of stress'],
    [0, 'something outside ended 4 threads of stress'],
  ])('of four threads of the disturbance %i are alive at the end', (alive, text) => {
    const disturbance = { program: 'stress', wanted: 4, started: 4, alive };
    expect(verdictOf(samplesOf(), { disturbance })).toEqual(invalid({ code: 'interfered', text }));
  });
});

describe('failed', () => {
  test.each([
    [4, 3, 'stress started 3 of 4 threads'],
    [1, 0, 'stress started 0 of 1 thread'],
  ])('of %i threads that the arm asks for %i start', (wanted, started, text) => {
    const disturbance = { program: 'stress', wanted, started, alive: started };
    expect(verdictOf(samplesOf(), { disturbance })).toEqual({ kind: 'failed', code: 'start-failed', text });
  });

  test('is not said of an arm all of whose threads started', () => {
    const disturbance = { program: 'stress', wanted: 4, started: 4, alive: 4 };
    expect(verdictOf(samplesOf(), { disturbance })).toEqual({ kind: 'valid' });
  });

  test('a broken measurement cannot witness a breakdown: invalid comes first', () => {
    const disturbance = { program: 'stress', wanted: 4, started: 3, alive: 3 };
    expect(verdictOf(samplesOf(), { disturbance, tracerDeath: 'killed' })).toEqual(
      invalid({ code: 'tracer-lost', text: 'killed' }),
    );
  });
});

test('every reason is told, not the first one only', () => {
  const samples = samplesOf((place) => ({
    clockOffsetMs: 100,
    ...(place === 2 ? { tracer: tracerOf(3), intervalMs: 4000 } : {}),
    ...(place === 3 ? { host: hostOf(1) } : {}),
  })).slice(0, 4);
  const evidence = { canary: { wakeups: 0, skipped: 0, alive: false } };
  expect(verdictOf(samples, evidence)).toEqual(
    invalid(
      { code: 'tracer-lost', text: 'the tracer lost 3 events, at most 0' },
      { code: 'observation-gap', text: '1 of 5 samples missing, at most 0' },
      { code: 'observation-gap', text: 'a sample late by 3000 ms, at most 2000 ms' },
      { code: 'clock-jump', text: 'the wall clock jumped by 100 ms, at most 20 ms' },
      { code: 'cpu-stolen', text: 'CPU time stolen 25.0 %, at most 2 %' },
      { code: 'interfered', text: 'something outside ended the canary' },
    ),
  );
});
