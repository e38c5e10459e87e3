import { z } from 'zod';
import { instead, isMapping } from '../../profile/load-instead.ts';
import { cut, unknownWord } from '../../yaml/did-you-mean.ts';
import { expecting, mapping, orNull, quantity, wholeBytes, type Help } from '../../yaml/fields.ts';

/** In what a target is given. */
export type TargetUnit = 'cores' | 'bytes' | 'ms' | 'perSecond' | 'ratio';

/**
 * `utilisation`: whole percent of what pods request. `averageValue`: of each pod. `value`: of the whole.
 * @see `MetricTarget` of `autoscaling/v2`
 */
export type MetricTarget =
  | { readonly kind: 'utilisation'; readonly percent: number }
  | { readonly kind: 'averageValue' | 'value'; readonly unit: TargetUnit; readonly amount: number };

/** What can be had of each replica, and of a service as the whole of its replicas. */
export const replicaMetrics = ['runqueue-wait-p95', 'runqueue-ratio', 'request-rate'] as const;
export type ReplicaMetric = (typeof replicaMetrics)[number];

/** What can be had of neither. */
export const externalMetrics = ['offered-rate'] as const;
export type ExternalMetric = (typeof externalMetrics)[number];

/** One entry of `metrics` of `autoscaling/v2`. */
export type MetricOption =
  | { readonly source: 'resource'; readonly metric: 'cpu' | 'memory'; readonly target: MetricTarget }
  | { readonly source: 'pods' | 'object'; readonly metric: ReplicaMetric; readonly target: MetricTarget }
  | { readonly source: 'external'; readonly metric: ExternalMetric; readonly target: MetricTarget };

interface Unit {
  readonly unit: TargetUnit;
  readonly field: (help: Help) => z.ZodType<number>;
}

const cores: Unit = {
  unit: 'cores',
  field: (help) =>
    quantity('cores', { ...help, examples: ['250 millicores'] }, { from: '0.001 cores', to: '1024 cores' }),
};
const bytes: Unit = {
  unit: 'bytes',
  field: (help) =>
    quantity('bytes', { ...help, examples: ['48 MiB'] }, { from: '1 kB', to: '1024 GiB', whole: wholeBytes }),
};
const milliseconds: Unit = {
  unit: 'ms',
  field: (help) => quantity('duration', { ...help, examples: ['15ms'] }, { from: '1us', to: '60s' }),
};
const perSecond: Unit = {
  unit: 'perSecond',
  field: (help) => quantity('rate', { ...help, examples: ['50/s'] }, { from: '0.001/s', to: '1000000/s' }),
};
const ratioText = expecting('a ratio from 0.001 to 1000 such as 0.8');
const ratio: Unit = {
  unit: 'ratio',
  field: (help) =>
    z
      .number(ratioText)
      .min(0.001, ratioText)
      .max(1000, ratioText)
      .meta({ ...help, examples: [0.8] }),
};
const unitOf: Readonly<Record<ReplicaMetric | ExternalMetric, Unit>> = {
  'runqueue-wait-p95': milliseconds,
  'runqueue-ratio': ratio,
  'request-rate': perSecond,
  'offered-rate': perSecond,
};

const percent = quantity(
  'share',
  { title: 'Utilisation', description: 'Mean usage, as a share of what replicas request.', examples: ['80 %'] },
  { from: '1 %', to: '10000 %', whole: { scale: 100, named: 'percent' } },
).transform((value): MetricTarget => ({ kind: 'utilisation', percent: value }));

/** `{ cpu: 80 % }`, `{ cpu: 250 millicores }`, and the same of memory. */
function resource(metric: 'cpu' | 'memory', unit: Unit, example: string): z.ZodType<readonly MetricOption[]> {
  const average = unit
    .field({ title: 'Average', description: 'Mean usage of a replica.' })
    .transform((amount): MetricTarget => ({ kind: 'averageValue', unit: unit.unit, amount }));
  const neither = z.never(
    expecting(`a share of the request such as 80 %, or an amount for each replica such as ${example}`),
  );
  const target = instead<MetricTarget>((input) => {
    if (typeof input !== 'string' || !/[A-Za-z%]\s*$/.test(input)) return neither;
    return /%\s*$/.test(input) ? percent : average;
  });
  return mapping({ [metric]: target }).transform((fields): readonly MetricOption[] => {
    const { [metric]: written } = fields;
    // The mapping has this key and no other.
    return [{ source: 'resource', metric, target: written as MetricTarget }];
  });
}

/** `{ runqueueRatio: 0.8 }`: demand for CPU over request, with the p95 of the wait as a guard (tracing.md 7.4). */
const demand = mapping({
  runqueueRatio: ratio.field({
    title: 'Run-queue ratio',
    description: 'CPU time used and waited for, over the CPU that replicas request.',
  }),
  guard: orNull(
    milliseconds.field({ title: 'Guard', description: 'Target of the p95 of the run-queue wait; `null` for none.' }),
  ).prefault('15ms'),
}).transform(({ runqueueRatio, guard }): readonly MetricOption[] => {
  const target = { kind: 'averageValue', unit: 'ratio', amount: runqueueRatio } as const;
  const main: MetricOption = { source: 'pods', metric: 'runqueue-ratio', target };
  if (guard === null) return [main];
  return [
    main,
    { source: 'pods', metric: 'runqueue-wait-p95', target: { kind: 'averageValue', unit: 'ms', amount: guard } },
  ];
});

const averageHelp: Help = { title: 'Average value', description: 'Of each replica.' };
const valueHelp: Help = { title: 'Value', description: 'Of the whole: replicas grow with its ratio to this.' };

const pods = (metric: ReplicaMetric): z.ZodType<readonly MetricOption[]> =>
  mapping({ pods: z.literal(metric), averageValue: unitOf[metric].field(averageHelp) }).transform(
    ({ averageValue: amount }): readonly MetricOption[] => [
      { source: 'pods', metric, target: { kind: 'averageValue', unit: unitOf[metric].unit, amount } },
    ],
  );

const whole = <Source extends 'object' | 'external', Metric extends ReplicaMetric | ExternalMetric>(
  source: Source,
  metric: Metric,
): z.ZodType<{ source: Source; metric: Metric; target: MetricTarget }> => {
  const { unit, field } = unitOf[metric];
  const fields = mapping({ [source]: z.literal(metric), value: field(valueHelp) }, ['averageValue']).transform(
    ({ value }): MetricTarget => ({ kind: 'value', unit, amount: Number(value) }),
  );
  const share = mapping({ [source]: z.literal(metric), averageValue: field(averageHelp) }).transform(
    ({ averageValue }): MetricTarget => ({ kind: 'averageValue', unit, amount: Number(averageValue) }),
  );
  return instead<MetricTarget>((input) => (isMapping(input) && 'averageValue' in input ? share : fields)).transform(
    (target) => ({ source, metric, target }),
  );
};

const forms =
  'a metric such as { cpu: 80 % }, { memory: 80 % }, { runqueueRatio: 0.8 }, { pods: runqueue-wait-p95, averageValue: 15ms }, { object: request-rate, value: 50/s } or { external: offered-rate, averageValue: 50/s }';

/** A word for the metric of one source; another one is a mistake at its key. */
function named<Word extends string>(
  source: string,
  words: readonly Word[],
  schemaOf: (word: Word) => z.ZodType<readonly MetricOption[]>,
): z.ZodType<readonly MetricOption[]> {
  return instead((input) => {
    const written = isMapping(input) ? input[source] : undefined;
    const word = words.find((one) => one === written);
    if (word !== undefined) return schemaOf(word);
    const message = unknownWord('metric', typeof written === 'string' ? written : cut(JSON.stringify(written)), words);
    return z.unknown().transform((_value, context) => {
      context.addIssue({ code: 'custom', path: [source], message });
      return z.NEVER;
    });
  });
}

const sources: Readonly<Record<string, z.ZodType<readonly MetricOption[]>>> = {
  cpu: resource('cpu', cores, '250 millicores'),
  memory: resource('memory', bytes, '48 MiB'),
  runqueueRatio: demand,
  pods: named('pods', replicaMetrics, pods),
  object: named('object', replicaMetrics, (metric) => whole('object', metric).transform((one) => [one])),
  external: named('external', externalMetrics, (metric) => whole('external', metric).transform((one) => [one])),
};

/** One metric as it is written; `runqueueRatio` is two. */
const metricSchema = instead<readonly MetricOption[]>((input) => {
  const source = isMapping(input) ? Object.keys(sources).find((key) => key in input) : undefined;
  return (source === undefined ? undefined : sources[source]) ?? z.never(expecting(forms));
});

export const metricsSchema = z
  .array(metricSchema, expecting(`a list of metrics, each ${forms}`))
  .min(1, { error: () => `found none, expected at least ${forms}` })
  .max(10, { error: () => 'found more, expected at most 10 metrics' })
  .transform((metrics) => metrics.flat())
  .meta({
    title: 'Metrics',
    description: 'The one that asks for most replicas decides.',
    examples: [[{ cpu: '80 %' }]],
  });
