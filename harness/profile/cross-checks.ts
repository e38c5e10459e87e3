import { nearest, oneOf, unknownWord } from '../yaml/did-you-mean.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import { isName } from '../yaml/fields.ts';
import { isApplicationMetric, isCanaryMetric, needsHistogram } from './metric.ts';
import { readableParts, type ReadableProfile } from './readable-profile.ts';
import { sameTreatment } from './same-treatment.ts';

/**
 * Mistakes between fields, each valid by itself.
 * @param value the plain value of the profile, matrices expanded
 * @param hasAllArms false if a matrix could not be expanded, so that an unknown arm may be one of it
 */
export function crossMistakes(value: unknown, hasAllArms: boolean): FieldMistake[] {
  const readable = readableParts(value);
  return [
    ...trialMistakes(readable),
    ...canaryMistakes(readable),
    ...withoutApplication(readable),
    ...testbedMistakes(readable),
    ...timeoutMistakes(readable),
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

function canaryMistakes({ canary }: ReadableProfile): FieldMistake[] {
  if (!canary) return [];
  const share = (canary.rate * canary.work) / 1e6;
  if (share < 1) return [];
  const cores = Number(share.toPrecision(3));
  return [{ path: ['canary'], message: `rate times work is ${cores} cores, expected less than one core` }];
}

function testbedMistakes({ testbed, source, hasApplication, loadNames }: ReadableProfile): FieldMistake[] {
  const mistakes: FieldMistake[] = [];
  if (testbed?.kind === 'sim' && source !== undefined && source !== 'auto') {
    mistakes.push({ path: ['source'], message: `the simulator has no ${source}, expected auto` });
  }
  if (testbed?.kind === 'sim' && hasApplication) {
    const message = 'the simulator has no application yet, expected testbed: { kind: local }';
    mistakes.push({ path: ['application'], message });
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

/** Fields that mean nothing where no application runs: whoever wrote them expects an effect. */
function withoutApplication({ hasApplication, forApplication }: ReadableProfile): FieldMistake[] {
  if (hasApplication) return [];
  const message = 'means nothing without an application, expected one such as application: social-network';
  return forApplication.map((path) => ({ path, message, at: 'key' }));
}

/** A request that is given up before it violates the objective would be one that nobody can tell from a slow one. */
function timeoutMistakes({ objective, driver }: ReadableProfile): FieldMistake[] {
  if (objective === undefined || driver === undefined || driver.timeout >= objective) return [];
  const message = `${driver.timeout}ms is less than the objective of ${objective}ms, expected at least that`;
  return [{ path: ['driver', 'timeout'], message }];
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
function treatmentMistakes({ aa, treatments, armNames }: ReadableProfile): FieldMistake[] {
  if (aa === undefined) return [];
  if (aa) {
    if (treatments.length > 2) {
      return [{ path: ['arms'], message: `${treatments.length} arms with aa: true, expected two that do the same` }];
    }
    const [first, second] = treatments;
    return first === undefined || second === undefined || first === second
      ? []
      : [{ path: ['arms', 1], message: 'differs from the first arm, expected the same treatment twice with aa: true' }];
  }
  return treatments.flatMap((treatment, index) => {
    const first = treatment === undefined ? index : treatments.indexOf(treatment);
    return first === index ? [] : [sameTreatment(index, armNames[first])];
  });
}

function hypothesisMistakes(
  { hypotheses, armNames, canary, source, hasApplication }: ReadableProfile,
  hasAllArms: boolean,
): FieldMistake[] {
  const written = [...new Set(armNames.filter((name) => name !== undefined))];
  const known = written.filter(isName);
  // An arm without a name may be the one that is meant, and so may one whose name is near but not allowed.
  const hasAllNames = hasAllArms && armNames.length > 0 && !armNames.includes(undefined);
  const isUnknown = (name: string): boolean =>
    hasAllNames && !written.includes(name) && isName(nearest(name, written) ?? name);
  return hypotheses.flatMap((hypothesis, index) => {
    const { arm, against, metric } = hypothesis;
    const path = ['hypotheses', index] as const;
    const mistakes: FieldMistake[] = [];
    for (const field of ['arm', 'against'] as const) {
      const name = hypothesis[field];
      if (name === undefined || !isUnknown(name)) continue;
      mistakes.push({ path: [...path, field], message: unknownWord('arm', name, known) });
    }
    if (arm !== undefined && arm === against) {
      const rest = known.filter((name) => name !== arm);
      const expected = rest.length === 0 ? 'another arm' : oneOf(rest);
      mistakes.push({
        path: [...path, 'against'],
        message: `the arm is compared with itself, expected ${expected}`,
      });
    }
    const question = questionOf(hypothesis);
    const same = hypotheses.findIndex((other) => question !== undefined && questionOf(other) === question);
    if (same !== -1 && same < index) {
      const message = `the same question as hypotheses[${same}], expected each once: every one costs blocks`;
      mistakes.push({ path, message });
    }
    if (metric !== undefined && canary === null && isCanaryMetric(metric)) {
      const message = `${metric} with canary: null, expected a canary or a metric of all tasks such as all-wait-p95`;
      mistakes.push({ path: [...path, 'metric'], message });
    }
    if (metric !== undefined && !hasApplication && isApplicationMetric(metric)) {
      const message = `${metric} without an application, expected one or a metric such as canary-wait-p95`;
      mistakes.push({ path: [...path, 'metric'], message });
    }
    if (metric !== undefined && source === 'schedstat' && needsHistogram(metric)) {
      const message = `${metric} with source: schedstat, which has no histogram, expected a mean or total such as canary-wait-mean`;
      mistakes.push({ path: [...path, 'metric'], message });
    }
    return mistakes;
  });
}

/** Equal for two hypotheses that ask the same, also the other way round. */
function questionOf({ arm, against, metric }: ReadableProfile['hypotheses'][number]): string | undefined {
  if (arm === undefined || against === undefined || metric === undefined || arm === against) return undefined;
  return JSON.stringify([metric, ...[arm, against].sort()]);
}
