import { z } from 'zod';
import { choice, expecting, mapping, quantity } from '../yaml/fields.ts';
import { metricNames, type MetricName } from './metric.ts';

const marginExpected = 'a share such as 5 %, or a number in the unit of the metric';
const marginSchema = z
  .union(
    [
      z.number(expecting(marginExpected)).positive(expecting(marginExpected)),
      quantity('share', { title: 'Margin', description: '' }, { from: '0.01 %', to: '100 %' }).transform((share) => ({
        share,
      })),
    ],
    expecting(marginExpected),
  )
  .meta({
    title: 'Margin',
    description:
      'Within it a difference does not matter: a share of the level of `against`, or a number in the unit of the metric (seconds, shares from 0 to 1, core-seconds). If the interval of the difference lies inside, the two are called equal.',
    examples: ['5 %', 0.005],
  });

export type ParsedMargin = z.output<typeof marginSchema>;

const hypothesisArm = z.string(expecting('the name of an arm'));

export const hypothesisSchema = mapping({
  arm: hypothesisArm.meta({ title: 'Arm', description: 'The arm the question is about.', examples: ['stress-1'] }),
  against: hypothesisArm.meta({ title: 'Against', description: 'The arm it is compared with.', examples: ['idle'] }),
  // The names are a non-empty list by construction; its type does not say so.
  metric: choice('metric', metricNames as readonly [MetricName, ...MetricName[]], {
    title: 'Metric',
    description:
      'Per trial: run-queue wait of the canary, of all tasks of the machine or of the application (a quantile, the mean, or the total in wait seconds per second), latency, violations of the objective, what was reserved or used, and what a policy did.',
    examples: ['canary-wait-p95'],
  }),
  margin: marginSchema.optional(),
}).meta({
  title: 'Hypothesis',
  description: 'Is the metric of one arm different from that of the other? Named before the run.',
});
