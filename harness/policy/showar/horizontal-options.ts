import { z } from 'zod';
import { choice, expecting, mapping, orNull, quantity } from '../../yaml/fields.ts';
import { every, number } from './option-fields.ts';

const gain = (title: string): z.ZodDefault<z.ZodType<number, number>> =>
  number(title, 'Where it begins.', 0, 10).default(1 / 3);

const windowText = expecting('unbounded, or a whole number of steps from 1 to 10000');

/** SHOWAR-H: replicas. */
export const horizontalOptions = mapping({
  /** Evaluation: 15 ms, 2.5 times sysctl_sched_latency. Never compressed. */
  target: quantity(
    'duration',
    { title: 'Target', description: 'Run-queue wait at p95 that it holds.', examples: ['15ms'] },
    { from: '1us', to: '60s' },
  ).prefault('15ms'),
  /** Control interval: 1 minute. */
  every: every('60s').prefault('60s'),
  /** Algorithm 1 compares the output of the PID itself with the target; `rebased` (ours) compares target + output. */
  reading: choice('reading', ['literal', 'rebased'], {
    title: 'Reading',
    description:
      'What is compared with the dead band around the target: the output of the controller, or the target plus the output.',
    examples: ['literal'],
  }).prefault('literal'),
  /** Two designs; the paper found one-for-each better. */
  design: choice('design', ['one-for-each', 'one-for-all'], {
    title: 'Design',
    description: 'A controller for each service, or one on the average over all that scales all.',
    examples: ['one-for-each'],
  }).prefault('one-for-each'),
  /** PID equation: all 1/3 at first, each from 0 to 10. */
  gains: mapping({
    proportional: gain('Of the error'),
    integral: gain('Of the sum of errors'),
    derivative: gain('Of the change of the error'),
  })
    .prefault({})
    .meta({ title: 'Gains', description: 'Of the controller, 0 to 10; one step is the unit of its time.' }),
  /** The paper changes gains in steps of 10 % and gives no formula; `adaptive` is a reading of ours (`gain-adaptation.ts`). */
  adaptation: choice('adaptation', ['fixed', 'adaptive'], {
    title: 'Adaptation',
    description: 'Whether gains change while it runs.',
    examples: ['fixed'],
  }).prefault('fixed'),
  /**
   * PID equation: the integral from t - w to t, where w may be t, the whole history. The paper gives no value. Five steps are ours: the whole
   * history winds up, and holds replicas at their bound whatever the load (docs/policies/showar.md).
   */
  integralWindow: z
    .union([z.literal('unbounded'), z.int(windowText).min(1, windowText).max(10_000, windowText)], windowText)
    .prefault(5)
    .meta({
      title: 'Window of the integral',
      description: 'Errors that are summed: all of them, or so many of the last.',
      examples: [5, 'unbounded'],
    }),
  /** Not in the paper: keeps an integral that may grow without limit from winding up. */
  integralClamp: orNull(
    quantity(
      'duration',
      {
        title: 'Clamp of the integral',
        description: 'The sum of errors is never further from 0 than this; `null` without such an anti-windup.',
        examples: [null, '45ms'],
      },
      { from: '1us', to: '24h' },
    ),
  ).prefault(null),
  /** Algorithm 1: the dead band is target (1 - alpha/2) to target (1 + alpha/2). */
  alpha: quantity(
    'share',
    { title: 'Dead band', description: 'Its whole width, as a share of the target.', examples: ['20 %'] },
    { from: '0 %', to: '200 %' },
  ).prefault('20 %'),
  /** Algorithm 1: max(1, R beta). */
  beta: quantity(
    'share',
    {
      title: 'Step',
      description: 'Share of the replicas that one step adds or takes, at least one.',
      examples: ['10 %'],
    },
    { from: '0 %', to: '100 %' },
  ).prefault('10 %'),
  /** Not in the paper. */
  rounding: choice('rounding', ['floor', 'round', 'ceil'], {
    title: 'Rounding',
    description: 'Of the step.',
    examples: ['floor'],
  }).prefault('floor'),
  /** One histogram and its P95 each second; their mean over a minute. */
  observation: choice('observation', ['mean-of-p95s', 'p95-of-all'], {
    title: 'Observation',
    description: 'The mean of the p95 of each sample, or the p95 of all waits since the last step.',
    examples: ['mean-of-p95s'],
  }).prefault('mean-of-p95s'),
}).transform(({ target, every, integralClamp, ...rest }) => ({
  ...rest,
  targetMs: target,
  everySeconds: every,
  integralClampMs: integralClamp,
}));
export type HorizontalOptions = z.output<typeof horizontalOptions>;
