import { canonicalJson } from '../core/canonical-json.ts';
import { armSchema, overridesSchema, type ParsedOverrides } from './arm-schema.ts';
import type { FieldPath } from '../yaml/field-path.ts';
import type { MetricName } from './metric.ts';
import { hypothesisSchema, type ParsedMargin } from './hypothesis-schema.ts';
import { profileSchema, type ParsedProfile } from './schema.ts';

type Part<Key extends keyof ParsedProfile> = ParsedProfile[Key] | undefined;

/**
 * What could be read of a profile, whatever else is wrong with it. A part that holds a mistake of its own is undefined: checks
 * between parts leave it out, and so all mistakes come to light at once, and none twice.
 */
export interface ReadableProfile {
  readonly aa: Part<'aa'>;
  readonly testbed: Part<'testbed'>;
  readonly source: Part<'source'>;
  readonly trial: Part<'trial'>;
  readonly sampleInterval: Part<'sampleInterval'>;
  readonly canary: Part<'canary'>;
  /** Whether one is named, rightly or not. */
  readonly hasApplication: boolean;
  readonly objective: Part<'objective'>;
  readonly driver: Part<'driver'>;
  /** Whether there are some, right or wrong. */
  readonly hasPrices: boolean;
  /** Paths of what is written for an application, whether there is one or not. */
  readonly forApplication: readonly FieldPath[];
  /** Names as they are written, valid or not. */
  readonly armNames: readonly (string | undefined)[];
  readonly loadNames: readonly (string | undefined)[];
  /** By arm: what it has otherwise than the profile. */
  readonly overrides: readonly (ParsedOverrides | undefined)[];
  /** What each arm does, as text that is equal for equal treatments. */
  readonly treatments: readonly (string | undefined)[];
  readonly hypotheses: readonly {
    readonly arm: string | undefined;
    readonly against: string | undefined;
    readonly metric: MetricName | undefined;
    /** Undefined also without one. */
    readonly margin: ParsedMargin | undefined;
  }[];
}

type Fields = Readonly<Record<string, unknown>>;

/** @param value the plain value of the profile, matrices expanded */
export function readableParts(value: unknown): ReadableProfile {
  const fields = fieldsOf(value);
  const entries = (key: string): readonly Fields[] => {
    const list = fields[key];
    return Array.isArray(list) ? list.map(fieldsOf) : [];
  };
  const { shape } = profileSchema;
  const source = shape.source.safeParse(fields['source']).data;
  const canary = shape.canary.safeParse(fields['canary']).data;
  const driver = shape.driver.safeParse(fields['driver']).data;
  const faults = shape.faults.safeParse(fields['faults']).data;
  return {
    aa: shape.aa.safeParse(fields['aa']).data,
    testbed: shape.testbed.safeParse(fields['testbed']).data,
    trial: shape.trial.safeParse(fields['trial']).data,
    sampleInterval: shape.sampleInterval.safeParse(fields['sampleInterval']).data,
    ...{ source, canary, driver },
    hasApplication: fields['application'] !== undefined,
    objective: shape.objective.safeParse(fields['objective']).data,
    hasPrices: fields['prices'] !== undefined,
    forApplication: [
      ...writtenOf(fields, ['objective', 'driver', 'faults', 'bounds', 'prices']),
      ...entries('arms').flatMap((arm, index) =>
        [
          ...writtenOf(arm, ['allocation', 'assumedDemand', 'policy']),
          ...writtenOf(fieldsOf(arm['overrides']), ['driver', 'faults']).map((path) => ['overrides', ...path]),
        ].map((path) => ['arms', index, ...path]),
      ),
    ],
    armNames: entries('arms').map(({ name }) => textOf(name)),
    loadNames: entries('loads').map(({ name }) => textOf(name)),
    overrides: entries('arms').map(({ overrides }) => overridesSchema.safeParse(overrides ?? {}).data),
    treatments: entries('arms').map((arm) => {
      // Whatever its name: that is no part of the treatment, and has checks of its own.
      const { data } = armSchema.safeParse({ ...arm, name: 'any' });
      if (data === undefined) return undefined;
      const { disturbances, allocation = null, assumedDemand, policy = null, overrides } = data;
      // What overrides a field by the same is no difference.
      const effective = { source, canary, driver, faults, ...overrides };
      return canonicalJson([disturbances, allocation, assumedDemand, policy, effective]);
    }),
    hypotheses: entries('hypotheses').map(({ arm, against, metric, margin }) => ({
      arm: textOf(arm),
      against: textOf(against),
      metric: hypothesisSchema.shape.metric.safeParse(metric).data,
      margin: hypothesisSchema.shape.margin.safeParse(margin).data,
    })),
  };
}

const writtenOf = (fields: Fields, names: readonly string[]): string[][] =>
  names.filter((name) => fields[name] !== undefined).map((name) => [name]);

/** What is no mapping has no fields. */
function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
