import { armSchema } from './arm-schema.ts';
import { oneOf, unknownWord } from './did-you-mean.ts';
import type { FieldPath } from './field-path.ts';
import { isCanaryMetric, needsHistogram } from './metric.ts';
import { hypothesisSchema, loadSchema, profileSchema, type ParsedProfile } from './schema.ts';

/** A mistake in the tree with matrices expanded. */
export interface FieldMistake {
  readonly path: FieldPath;
  readonly message: string;
}

type Part<Key extends keyof ParsedProfile> = ParsedProfile[Key] | undefined;
type Entry<Key extends 'arms' | 'hypotheses' | 'loads'> = ParsedProfile[Key][number] | undefined;

/**
 * What could be read of a profile. A section, or an entry of a list, that holds a mistake of its own is undefined, and is left
 * out of the checks: so all mistakes come to light at once, and none twice.
 */
interface Readable {
  readonly aa: Part<'aa'>;
  readonly testbed: Part<'testbed'>;
  readonly source: Part<'source'>;
  readonly trial: Part<'trial'>;
  readonly sampleInterval: Part<'sampleInterval'>;
  readonly canary: Part<'canary'>;
  readonly arms: readonly Entry<'arms'>[];
  readonly loads: readonly Entry<'loads'>[];
  readonly hypotheses: readonly Entry<'hypotheses'>[];
  /** Names as they are written, also of entries that hold a mistake; undefined if there is none. */
  readonly armNames: readonly (string | undefined)[];
  readonly loadNames: readonly (string | undefined)[];
}

/**
 * Mistakes between fields, each valid by itself.
 * @param value the plain value of the profile, matrices expanded
 * @param hasAllArms false if a matrix could not be expanded, so that an unknown arm may be one of it
 */
export function crossMistakes(value: unknown, hasAllArms: boolean): FieldMistake[] {
  const readable = read(value);
  return [
    ...trialMistakes(readable),
    ...canaryMistakes(readable),
    ...testbedMistakes(readable),
    ...nameMistakes('arms', 'arm', readable.armNames),
    ...nameMistakes('loads', 'load', readable.loadNames),
    ...contentMistakes(readable),
    ...hypothesisMistakes(readable, hasAllArms),
  ];
}

function read(value: unknown): Readable {
  const fields: Readonly<Record<string, unknown>> = isRecord(value) ? value : {};
  const { shape } = profileSchema;
  const entries = (key: string): readonly unknown[] => {
    const list = fields[key];
    return Array.isArray(list) ? list : [];
  };
  const names = (key: string): (string | undefined)[] =>
    entries(key).map((entry) => (isRecord(entry) && typeof entry['name'] === 'string' ? entry['name'] : undefined));
  return {
    aa: shape.aa.safeParse(fields['aa']).data,
    testbed: shape.testbed.safeParse(fields['testbed']).data,
    source: shape.source.safeParse(fields['source']).data,
    trial: shape.trial.safeParse(fields['trial']).data,
    sampleInterval: shape.sampleInterval.safeParse(fields['sampleInterval']).data,
    canary: shape.canary.safeParse(fields['canary']).data,
    arms: entries('arms').map((entry) => armSchema.safeParse(entry).data),
    loads: entries('loads').map((entry) => loadSchema.safeParse(entry).data),
    hypotheses: entries('hypotheses').map((entry) => hypothesisSchema.safeParse(entry).data),
    armNames: names('arms'),
    loadNames: names('loads'),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function trialMistakes({ trial, sampleInterval }: Readable): FieldMistake[] {
  if (!trial || sampleInterval === undefined) return [];
  const { duration, warmup } = trial;
  const mistakes: FieldMistake[] = [];
  for (const [field, ms] of [
    ['duration', duration],
    ['warmup', warmup],
  ] as const) {
    if (ms % sampleInterval === 0) continue;
    const message = `${ms}ms is no whole number of samples of ${sampleInterval}ms, expected a multiple of sampleInterval`;
    mistakes.push({ path: ['trial', field], message });
  }
  const measured = duration - warmup;
  if (measured <= 0) {
    const message = `nothing of the trial is left after a warm-up of ${warmup}ms, expected less than the duration of ${duration}ms`;
    mistakes.push({ path: ['trial', 'warmup'], message });
  } else if (measured < 2 * sampleInterval) {
    const message = `${measured}ms are left after the warm-up, expected at least two samples of ${sampleInterval}ms`;
    mistakes.push({ path: ['trial', 'duration'], message });
  }
  return mistakes;
}

function canaryMistakes({ canary }: Readable): FieldMistake[] {
  if (!canary) return [];
  const share = (canary.rate * canary.work) / 1e6;
  if (share < 1) return [];
  const cores = Number(share.toPrecision(3));
  return [{ path: ['canary'], message: `rate times work is ${cores} cores, expected less than one core` }];
}

function testbedMistakes({ testbed, source, loads }: Readable): FieldMistake[] {
  if (!testbed) return [];
  if (testbed.kind === 'sim' && source !== undefined && source !== 'auto') {
    return [{ path: ['source'], message: `the simulator has no ${source}, expected auto` }];
  }
  if (testbed.kind === 'local' && loads.length > 0) {
    return [{ path: ['loads'], message: 'the local testbed has no application to take a load, expected no loads' }];
  }
  return [];
}

function nameMistakes(list: string, kind: string, names: readonly (string | undefined)[]): FieldMistake[] {
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [
          {
            path: [list, index, 'name'],
            message: `a second ${kind} called ${JSON.stringify(name)}, expected a name of its own`,
          },
        ]
      : [],
  );
}

/** Two arms that do the same: in an A/A profile that is the point, in any other a slip. */
function contentMistakes({ aa, arms, armNames }: Readable): FieldMistake[] {
  if (aa === undefined) return [];
  const contents = arms.map((arm) => (arm ? JSON.stringify(arm.disturbances) : undefined));
  if (aa) {
    if (arms.length > 2) {
      return [{ path: ['arms'], message: `${arms.length} arms with aa: true, expected two that do the same` }];
    }
    const [first, second] = contents;
    return first === undefined || second === undefined || first === second
      ? []
      : [{ path: ['arms', 1], message: 'differs from the first arm, expected the same treatment twice with aa: true' }];
  }
  return contents.flatMap((content, index) => {
    const first = content === undefined ? index : contents.indexOf(content);
    if (first === index) return [];
    const [name, other] = [armNames[index], armNames[first]].map((text) => JSON.stringify(text));
    const message = `arm ${name ?? ''} does the same as arm ${other ?? ''}, expected arms that differ (or aa: true for an A/A profile)`;
    return [{ path: ['arms', index], message }];
  });
}

function hypothesisMistakes({ hypotheses, armNames, canary, source }: Readable, hasAllArms: boolean): FieldMistake[] {
  const known = [...new Set(armNames.filter((name) => name !== undefined))];
  return hypotheses.flatMap((hypothesis, index) => {
    if (!hypothesis) return [];
    const { arm, against, metric } = hypothesis;
    const path = ['hypotheses', index] as const;
    const mistakes: FieldMistake[] = [];
    for (const field of ['arm', 'against'] as const) {
      const name = hypothesis[field];
      if (!hasAllArms || known.length === 0 || known.includes(name)) continue;
      mistakes.push({ path: [...path, field], message: unknownWord('arm', name, known) });
    }
    if (arm === against) {
      mistakes.push({
        path: [...path, 'against'],
        message: `the arm is compared with itself, expected ${others(known, arm)}`,
      });
    }
    const same = hypotheses.findIndex(
      (other) => other?.metric === metric && isPair(other, arm, against) && arm !== against,
    );
    if (same < index && same !== -1) {
      mistakes.push({
        path,
        message: `the same question as hypotheses[${same}], expected each once: every one costs blocks`,
      });
    }
    if (canary === null && isCanaryMetric(metric)) {
      const message = `${metric} with canary: null, expected a canary or a metric of all tasks such as all-wait-p95`;
      mistakes.push({ path: [...path, 'metric'], message });
    }
    if (source === 'schedstat' && needsHistogram(metric)) {
      const message = `${metric} with source: schedstat, which has no histogram, expected a mean or total such as canary-wait-mean`;
      mistakes.push({ path: [...path, 'metric'], message });
    }
    return mistakes;
  });
}

const isPair = (hypothesis: { readonly arm: string; readonly against: string }, a: string, b: string): boolean =>
  (hypothesis.arm === a && hypothesis.against === b) || (hypothesis.arm === b && hypothesis.against === a);

function others(known: readonly string[], name: string): string {
  const rest = known.filter((other) => other !== name);
  return rest.length === 0 ? 'another arm' : oneOf(rest);
}
