import { expect, test } from 'vitest';
import type { Fault } from '../../../harness/plan/plan.ts';
import { trialFaults } from '../../../harness/plan/trial-faults.ts';
import { applicationOf, modelNamed } from '../../rig/recorded-application.ts';

const faults: readonly Fault[] = [
  { kind: 'kill', service: 'gate', atMs: 5000 },
  { kind: 'stop', service: 'echo', atMs: 20_000, durationMs: 2000 },
];
const compressed = (timeCompression: number): readonly Fault[] =>
  trialFaults({ application: applicationOf(modelNamed('echo'), { faults }), timeCompression });

test('faults keep pace with the load: when they happen, and for how long', () => {
  expect(compressed(1)).toEqual(faults);
  expect(compressed(10)).toEqual([
    { kind: 'kill', service: 'gate', atMs: 500 },
    { kind: 'stop', service: 'echo', atMs: 2000, durationMs: 200 },
  ]);
});

test('a stop is whole milliseconds, and at least one', () => {
  expect([3, 1000, 900].map((k) => compressed(k)[1])).toMatchObject([
    { durationMs: 667 },
    { durationMs: 2 },
    { durationMs: 2 },
  ]);
  const short: readonly Fault[] = [{ kind: 'stop', service: 'echo', atMs: 0, durationMs: 1 }];
  const application = applicationOf(modelNamed('echo'), { faults: short });
  expect(trialFaults({ application, timeCompression: 50 })).toEqual(short);
});

test('without an application there is none', () => {
  expect(trialFaults({ application: null, timeCompression: 2 })).toEqual([]);
});
