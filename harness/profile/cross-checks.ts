import type { FieldMistake } from '../yaml/field-mistake.ts';
import { hypothesisMistakes } from './hypothesis-checks.ts';
import type { FieldPath } from '../yaml/field-path.ts';
import { readableParts, type ReadableProfile } from './readable-profile.ts';
import { differentTreatments, sameTreatment } from './same-treatment.ts';

/**
 * Mistakes between fields, each valid by itself.
 * @param value the plain value of the profile, matrices expanded
 * @param hasAllArms false if a matrix could not be expanded, so that an unknown arm may be one of it
 */
export function crossMistakes(value: unknown, hasAllArms: boolean): FieldMistake[] {
  const readable = readableParts(value);
  return [
    ...trialMistakes(readable),
    ...canaryMistakes(readable.canary, []),
    ...withoutApplication(readable),
    ...testbedMistakes(readable),
    ...timeoutMistakes(readable.driver, readable, []),
    ...overrideMistakes(readable),
    ...nameMistakes('arms', 'arm', readable.armNames),
    ...nameMistakes('loads', 'load', readable.loadNames),
    ...treatmentMistakes(readable),
    ...hypothesisMistakes(readable, hasAllArms),
  ];
}

function trialMistakes({ trial, sampleInterval }: ReadableProfile): FieldMistake[] {
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

/** @param path of what it stands in: the profile, or the overrides of an arm */
function canaryMistakes(canary: ReadableProfile['canary'], path: FieldPath): FieldMistake[] {
  if (!canary) return [];
  const share = (canary.rate * canary.work) / 1e6;
  if (share < 1) return [];
  const cores = Number(share.toPrecision(3));
  return [{ path: [...path, 'canary'], message: `rate times work is ${cores} cores, expected less than one core` }];
}

function testbedMistakes({ testbed, source, hasApplication, loadNames }: ReadableProfile): FieldMistake[] {
  const mistakes: FieldMistake[] = [];
  if (testbed?.kind === 'sim' && source !== undefined && source !== 'auto') {
    mistakes.push({ path: ['source'], message: withoutTracer(source) });
  }
  if (testbed?.kind === 'local' && !hasApplication && loadNames.length > 0) {
    const message = 'without an application nothing takes a load, expected no loads, or an application';
    mistakes.push({ path: ['loads'], message });
  }
  if (hasApplication && loadNames.length === 0) {
    mistakes.push({ path: ['application'], message: 'nothing is asked of it, expected at least one load' });
  }
  return mistakes;
}

const withoutTracer = (source: string): string => `the simulator has no ${source}, expected auto`;

/** Fields that mean nothing where no application runs: whoever wrote them expects an effect. */
function withoutApplication({ hasApplication, forApplication }: ReadableProfile): FieldMistake[] {
  if (hasApplication) return [];
  const message = 'means nothing without an application, expected one such as application: social-network';
  return forApplication.map((path) => ({ path, message, at: 'key' }));
}

/** A request that is given up before it violates the objective would be one that nobody can tell from a slow one. */
function timeoutMistakes(
  driver: ReadableProfile['driver'],
  { objective }: ReadableProfile,
  path: FieldPath,
): FieldMistake[] {
  if (objective === undefined || driver === undefined || driver.timeout >= objective) return [];
  const message = `${driver.timeout}ms is less than the objective of ${objective}ms, expected at least that`;
  return [{ path: [...path, 'driver', 'timeout'], message }];
}

/** What an arm has otherwise must fit the rest like what it stands for. */
function overrideMistakes(readable: ReadableProfile): FieldMistake[] {
  return readable.overrides.flatMap((overrides, index): FieldMistake[] => {
    const { source, canary, driver } = overrides ?? {};
    const path = ['arms', index, 'overrides'];
    const hasNoTracer = readable.testbed?.kind === 'sim' && source !== undefined && source !== 'auto';
    return [
      ...(hasNoTracer ? [{ path: [...path, 'source'], message: withoutTracer(source) }] : []),
      ...canaryMistakes(canary, path),
      ...timeoutMistakes(driver, readable, path),
    ];
  });
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
function treatmentMistakes({ aa, treatments, armNames, hasApplication }: ReadableProfile): FieldMistake[] {
  if (aa === undefined) return [];
  if (aa) {
    if (treatments.length > 2) {
      return [{ path: ['arms'], message: `${treatments.length} arms with aa: true, expected two that do the same` }];
    }
    // What the words of an application and of policies come to is known when they are read.
    return hasApplication || treatments.includes(undefined) ? [] : differentTreatments(treatments);
  }
  return treatments.flatMap((treatment, index) => {
    const first = treatment === undefined ? index : treatments.indexOf(treatment);
    return first === index ? [] : [sameTreatment(index, armNames[first])];
  });
}
