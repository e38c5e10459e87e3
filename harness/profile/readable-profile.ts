import { armSchema } from './arm-schema.ts';
import type { FieldPath } from '../yaml/field-path.ts';
import type { MetricName } from './metric.ts';
import { hypothesisSchema, profileSchema, type ParsedProfile } from './schema.ts';

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
  /** Paths of what is written for an application, whether there is one or not. */
  readonly forApplication: readonly FieldPath[];
  /** Names as they are written, valid or not. */
  readonly armNames: readonly (string | undefined)[];
  readonly loadNames: readonly (string | undefined)[];
  /** What each arm does, as text that is equal for equal treatments. */
  readonly treatments: readonly (string | undefined)[];
  readonly hypotheses: readonly {
    readonly arm: string | undefined;
    readonly against: string | undefined;
    readonly metric: MetricName | undefined;
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
  return {
    aa: shape.aa.safeParse(fields['aa']).data,
    testbed: shape.testbed.safeParse(fields['testbed']).data,
    source: shape.source.safeParse(fields['source']).data,
    trial: shape.trial.safeParse(fields['trial']).data,
    sampleInterval: shape.sampleInterval.safeParse(fields['sampleInterval']).data,
    canary: shape.canary.safeParse(fields['canary']).data,
    hasApplication: fields['application'] !== undefined,
    objective: shape.objective.safeParse(fields['objective']).data,
    driver: shape.driver.safeParse(fields['driver']).data,
    forApplication: [
      ...['objective', 'driver', 'faults'].filter((field) => fields[field] !== undefined).map((field) => [field]),
      ...entries('arms').flatMap((arm, index) =>
        ['allocation', 'assumedDemand']
          .filter((field) => arm[field] !== undefined)
          .map((field) => ['arms', index, field]),
      ),
    ],
    armNames: entries('arms').map(({ name }) => textOf(name)),
    loadNames: entries('loads').map(({ name }) => textOf(name)),
    treatments: entries('arms').map((arm) => {
      // Whatever its name: that is no part of the treatment, and has checks of its own.
      const { data } = armSchema.safeParse({ ...arm, name: 'any' });
      return (
        data &&
        JSON.stringify([
          ...[data.disturbances, data.allocation ?? null, data.assumedDemand, data.policy ?? null, data.overrides],
        ])
      );
    }),
    hypotheses: entries('hypotheses').map(({ arm, against, metric }) => ({
      arm: textOf(arm),
      against: textOf(against),
      metric: hypothesisSchema.shape.metric.safeParse(metric).data,
    })),
  };
}

/** What is no mapping has no fields. */
function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
