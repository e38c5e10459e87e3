import { describe, expect, test } from 'vitest';
import { groupPods } from '../../../../harness/policy/hpa/pod-groups.ts';
import type { Pod, PodMetric } from '../../../../harness/policy/hpa/pod.ts';
import { metricOf, podOf, timing } from './pods.ts';

const groupOf = (pod: Pod, metric: PodMetric | null, resource: 'cpu' | 'memory' | null = 'cpu'): string => {
  const metrics = new Map(metric === null ? [] : [[pod.name, metric]]);
  const { readyCount, unready, missing, ignored } = groupPods([pod], metrics, resource, timing);
  const groups = { ready: readyCount, unready: unready.size, missing: missing.size, ignored: ignored.size };
  return Object.entries(groups)
    .filter(([, size]) => size > 0)
    .map(([group]) => group)
    .join(' and ');
};
const used = metricOf(100);

describe('the rules in their order: the first that fits', () => {
  test('a pod that is being deleted or has failed is ignored, with or without a metric, even while it is pending', () => {
    expect(groupOf(podOf('a', { isBeingDeleted: true, phase: 'pending' }), used)).toBe('ignored');
    expect(groupOf(podOf('a', { phase: 'failed' }), null)).toBe('ignored');
  });

  test('a pending pod is not ready, with or without a metric, whatever the metric is of', () => {
    for (const resource of ['cpu', 'memory', null] as const) {
      expect(groupOf(podOf('a', { phase: 'pending' }), used, resource)).toBe('unready');
      expect(groupOf(podOf('a', { phase: 'pending' }), null, resource)).toBe('unready');
    }
  });

  test('a pod without a metric is missing, even if it is not ready', () => {
    expect(groupOf(podOf('a'), null)).toBe('missing');
    expect(groupOf(podOf('a', { readiness: null }), null)).toBe('missing');
  });

  test('for CPU, a pod without a Ready condition or without a start is not ready', () => {
    expect(groupOf(podOf('a', { readiness: null }), used)).toBe('unready');
    expect(groupOf(podOf('a', { startedAt: null }), used)).toBe('unready');
  });

  test('for anything but CPU, nobody looks at readiness', () => {
    const unready = podOf('a', { readiness: { status: 'false', changedAt: 999 }, startedAt: 990 });
    expect(groupOf(unready, used, 'memory')).toBe('ready');
    expect(groupOf(unready, used, null)).toBe('ready');
  });
});

describe('within the CPU initialisation period, 5 minutes from the start', () => {
  const young = (status: 'true' | 'false' | 'unknown', changedAt: number): Pod =>
    podOf('a', { startedAt: 701, readiness: { status, changedAt } });

  test('a pod counts once a whole window of its metric lies after it became ready', () => {
    expect(groupOf(young('true', 985), used)).toBe('ready');
    expect(groupOf(young('true', 986), used)).toBe('unready');
  });

  test('a pod that is not ready does not count, one of which that is unknown does', () => {
    expect(groupOf(young('false', 800), used)).toBe('unready');
    expect(groupOf(young('unknown', 800), used)).toBe('ready');
  });
});

describe('after that period', () => {
  const old = (status: 'true' | 'false', changedAt: number): Pod =>
    podOf('a', { startedAt: 700, readiness: { status, changedAt } });

  test('a pod that is not ready counts, unless it has never been ready', () => {
    expect(groupOf(old('false', 730), used)).toBe('ready');
    expect(groupOf(old('false', 729), used)).toBe('unready');
  });

  test('a pod that is ready counts, however short the time since it is', () => {
    expect(groupOf(old('true', 999), used)).toBe('ready');
  });
});
