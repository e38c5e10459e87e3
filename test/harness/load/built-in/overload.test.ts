import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { requestOutcomes, type RequestOutcome } from '../../../../harness/telemetry/request-log.ts';
import { makeTestCgroup, whyNoTestCgroups } from '../../../tracer/test-cgroup.ts';
import { prepareInProcess, type ProcessOutcome } from './generator-process.ts';
import { requestsTo } from './load-rig.ts';
import { startTarget } from './target-process.ts';

const searchPath = '/usr/sbin:/usr/bin:/sbin:/bin';

const countOf = ({ outcome }: ProcessOutcome, wanted: RequestOutcome): number =>
  outcome.filter((code) => code === requestOutcomes.indexOf(wanted)).length;

test('10 000 requests/s to a server that answers 300/s: it ends, with little memory, and blames the server alone', async () => {
  const target = await startTarget(300);
  const generator = await prepareInProcess({
    target: { url: target.url },
    requests: requestsTo('limited'),
    timeoutMs: 5000,
    // Few enough to be answered in time, by a server that answers the oldest first.
    mostInFlight: 300,
    connections: { kind: 'kept', maxAgeMs: null },
    count: 40_000,
    gapMs: 0.1,
    searchPath,
  });
  const outcome = await generator.go();

  expect(outcome.generator).toMatchObject({ death: null, capacityCores: 1 });
  expect(countOf(outcome, 'not-sent-generator')).toBe(0);
  expect(countOf(outcome, 'unfinished')).toBe(0);
  expect(countOf(outcome, 'ok')).toBeGreaterThan(300);
  expect(countOf(outcome, 'not-sent-in-flight')).toBeGreaterThan(30_000);
  expect(outcome.largestResidentBytes).toBeLessThan(500e6);
});

const reason = whyNoTestCgroups();

describe.skipIf(reason !== null)(`in a cgroup${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('a generator without CPU is late, says so, and sends all the same', async () => {
    const target = await startTarget();
    const generator = await prepareInProcess({
      target: { url: target.url },
      requests: requestsTo('ok'),
      timeoutMs: 60_000,
      mostInFlight: 1000,
      connections: { kind: 'kept', maxAgeMs: null },
      count: 200,
      gapMs: 5,
      // No program chrt: a quota does not bind a thread with real-time priority.
      searchPath: '',
    });
    await using cgroup = makeTestCgroup({ name: 'starved', quota: { shareOfOneCpu: 0.01, periodMs: 100 } });
    const home = join(dirname(dirname(cgroup.procsFile)), 'cgroup.procs');
    writeFileSync(cgroup.procsFile, String(generator.pid));
    const running = generator.go();
    await delay(3000);
    expect(readFileSync(cgroup.procsFile, 'utf8').trim()).toBe(String(generator.pid));
    // Enough seen; the rest may end in reasonable time.
    writeFileSync(home, String(generator.pid));
    const outcome = await running;
    const latenessMs = outcome.latenessMs.map((ms) => ms ?? NaN).sort((a, b) => a - b);

    expect(outcome.generator).toMatchObject({
      priority: 'normal',
      priorityNote: 'no program chrt on PATH',
      death: null,
    });
    expect(countOf(outcome, 'ok')).toBe(200);
    // Far above any threshold of a verdict: it was given 1 ms of CPU in 100.
    expect(latenessMs[197]).toBeGreaterThan(100);
  });
});
