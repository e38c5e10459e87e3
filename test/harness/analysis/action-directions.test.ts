import { expect, test } from 'vitest';
import { directedActions } from '../../../harness/analysis/action-directions.ts';
import type { Decision } from '../../../harness/telemetry/action.ts';
import { actionOf, decisionOf } from '../../rig/control-log.ts';

const allocation = {
  front: { replicas: 2, cpuLimitCores: 1, cpuRequestCores: 0.5, memoryLimitBytes: null },
  back: { replicas: 1, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: 1e8 },
};

const directionsOf = (...decisions: readonly Decision[]): readonly string[] =>
  directedActions(
    allocation,
    decisions.map((decision, index) => actionOf(index + 1, 1000 * index, decision)),
  ).map(({ action: { id }, field, direction }) => `${id} ${field} ${direction > 0 ? 'up' : 'down'}`);

test('the first is against the allocation of the arm, the next against the one before of the same field and service', () => {
  expect(
    directionsOf(
      decisionOf('front', { kind: 'replicas', replicas: 4 }),
      decisionOf('back', { kind: 'replicas', replicas: 3 }),
      decisionOf('front', { kind: 'replicas', replicas: 3 }),
      decisionOf('front', { kind: 'cpu', limitCores: 0.5 }),
      decisionOf('back', { kind: 'memory', limitBytes: 2e8 }),
    ),
  ).toEqual(['1 replicas up', '2 replicas up', '3 replicas down', '4 cpu down', '5 memory up']);
});

test('without a limit there is more than with any', () => {
  expect(
    directionsOf(
      decisionOf('back', { kind: 'cpu', limitCores: 64 }),
      decisionOf('front', { kind: 'memory', limitBytes: 1e12 }),
      decisionOf('front', { kind: 'memory', limitBytes: 2e12 }),
    ),
  ).toEqual(['1 cpu down', '2 memory down', '3 memory up']);
});

test('a request gives CPU its direction where the limit stays', () => {
  expect(
    directionsOf(
      decisionOf('front', { kind: 'cpu', limitCores: 1, requestCores: 0.75 }),
      decisionOf('front', { kind: 'cpu', limitCores: 2, requestCores: 0.25 }),
      decisionOf('front', { kind: 'cpu', limitCores: 2 }),
    ),
  ).toEqual(['1 cpu up', '2 cpu up']);
});

test('what changes nothing, what is placed, and a service that the arm does not have, have no direction', () => {
  expect(
    directionsOf(
      decisionOf('front', { kind: 'replicas', replicas: 2 }),
      decisionOf('front', { kind: 'placement', rule: 'apart', with: 'back' }),
      decisionOf('nobody', { kind: 'replicas', replicas: 9 }),
    ),
  ).toEqual([]);
});
