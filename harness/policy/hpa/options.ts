import { z } from 'zod';
import { instead, isMapping } from '../../profile/load-instead.ts';
import { choice, count, mapping, orNull, quantity } from '../../yaml/fields.ts';
import { behaviorSchema } from './behavior-options.ts';
import { metricsSchema } from './metric-options.ts';

/**
 * Options of the Kubernetes HPA: what an object of `autoscaling/v2` says under its own names, and the flags of the controller. Beside each default
 * stands where it is from. Durations are written as published, and divided by the time compression of the trial.
 */

const seconds = (title: string, description: string, example: string, from: string): z.ZodType<number, string> =>
  quantity('duration', { title, description, examples: [example] }, { from, to: '24h' }).transform((ms) => ms / 1000);

const share = (title: string, description: string): z.ZodType<number, string> =>
  quantity('share', { title, description, examples: ['10 %'] }, { from: '0 %', to: '100 %' });

const eitherWay = share('Tolerance', 'How far from 1 the ratio may be without anything being done.');
const byDirection = mapping({
  up: share('Up', 'How far above 1.').prefault('10 %'),
  down: share('Down', 'How far below 1.').prefault('10 %'),
});

const replicas = (which: 'Least' | 'Most', nothing: string): z.ZodType<number | null> =>
  orNull(
    count(
      { title: `${which} replicas`, description: `Of every service, within its bounds; \`null\` for ${nothing}.` },
      which === 'Least' ? 0 : 1,
      100,
    ),
  ).default(null);

export const hpaOptions = mapping(
  {
    /** The controller's default metric is CPU utilisation, of 80 % (policies.md 6.1). */
    metrics: metricsSchema.prefault([{ cpu: '80 %' }]),
    /** `--horizontal-pod-autoscaler-tolerance`: 0.1; by direction since Kubernetes 1.33. */
    tolerance: instead<{ readonly up: number; readonly down: number }>((input) =>
      isMapping(input) ? byDirection : eitherWay.transform((one) => ({ up: one, down: one })),
    )
      .prefault('10 %')
      .meta({
        title: 'Tolerance',
        description: 'How far from 1 the ratio may be without anything being done.',
        examples: ['10 %', { up: '0 %', down: '10 %' }],
      }),
    /** Kubernetes before 1.33 tests |1 - ratio|. */
    oldTolerance: z.boolean({ error: 'expected true or false' }).default(false).meta({
      title: 'Old tolerance',
      description: 'The test before Kubernetes 1.33, under which a ratio of exactly 1.1 acts.',
    }),
    /** Absent in an object that says nothing: path A. `{}` is path B with its defaults. */
    behavior: orNull(
      behaviorSchema.meta({
        title: 'Behavior',
        description: '`null` for the rules without it; `{}` for its defaults.',
      }),
    ).default(null),
    /** `--horizontal-pod-autoscaler-downscale-stabilization`: 5 min. */
    downscaleStabilisation: seconds(
      'Downscale stabilisation',
      'The window without `behavior`, and of `scaleDown` where it names none.',
      '5m',
      '0s',
    ).prefault('5m'),
    /** `--horizontal-pod-autoscaler-cpu-initialization-period`: 5 min. */
    cpuInitialisation: seconds(
      'CPU initialisation period',
      'After its start, in which the CPU of a replica counts only once it was ready for a whole window.',
      '5m',
      '0s',
    ).prefault('5m'),
    /** `--horizontal-pod-autoscaler-initial-readiness-delay`: 30 s. */
    initialReadinessDelay: seconds(
      'Initial readiness delay',
      'After its start, in which a replica that becomes unready counts as never having been ready.',
      '30s',
      '0s',
    ).prefault('30s'),
    /** `--horizontal-pod-autoscaler-sync-period`: 15 s. */
    sync: seconds('Sync', 'How often it looks and decides.', '15s', '1s').prefault('15s'),
    /** `minReplicas`: 1. */
    minReplicas: replicas('Least', 'the bound, but at least 1'),
    /** `maxReplicas` has no default in Kubernetes. */
    maxReplicas: replicas('Most', 'the bound'),
    /** Throttled waits are of the kernel's run queue too (tracing.md 7.4 tells the causes apart). */
    signal: choice('signal', ['all', 'contention'], {
      title: 'Signal',
      description: 'Run-queue waits that count: all, or only those for a CPU and not for quota.',
      examples: ['all'],
    }).prefault('all'),
    /** The metric is named `runqueue_wait_p95_seconds` (tracing.md 7.2); the controller counts in whole thousandths of whatever unit. */
    waitUnit: choice('unit', ['seconds', 'milliseconds'], {
      title: 'Unit of the wait',
      description: 'In which run-queue wait is told to the controller, which counts in whole thousandths of it.',
      examples: ['seconds'],
    }).prefault('seconds'),
  },
  ['name'],
)
  .check(({ value, issues }) => {
    const { minReplicas, maxReplicas, waitUnit, metrics } = value;
    if (minReplicas !== null && maxReplicas !== null && minReplicas > maxReplicas) {
      const message = `found ${minReplicas} with maxReplicas: ${maxReplicas}, expected at most that`;
      issues.push({ code: 'custom', path: ['minReplicas'], message, input: minReplicas });
    }
    for (const { target } of metrics) {
      if (waitUnit !== 'seconds' || target.kind === 'utilisation' || target.unit !== 'ms') continue;
      if (Number.isInteger(target.amount)) continue;
      const message = `found seconds with a target of ${target.amount} ms, expected milliseconds: the HPA counts in whole thousandths of the unit`;
      issues.push({ code: 'custom', path: ['waitUnit'], message, input: waitUnit });
    }
  })
  .transform(({ downscaleStabilisation, cpuInitialisation, initialReadinessDelay, sync, ...rest }) => ({
    ...rest,
    downscaleStabilisationSeconds: downscaleStabilisation,
    cpuInitialisationSeconds: cpuInitialisation,
    initialReadinessDelaySeconds: initialReadinessDelay,
    syncSeconds: sync,
  }));
export type HpaOptions = z.output<typeof hpaOptions>;
