import { nearest, oneOf, unknownWord } from '../yaml/did-you-mean.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import { isName } from '../yaml/fields.ts';
import { isApplicationMetric, isCanaryMetric, isWaitMetric, metricUnit, needsHistogram } from './metric.ts';
import type { ReadableProfile } from './readable-profile.ts';

type Asked = ReadableProfile['hypotheses'][number];

/** @param hasAllArms false if a matrix could not be expanded, so that an unknown arm may be one of it */
export function hypothesisMistakes(readable: ReadableProfile, hasAllArms: boolean): FieldMistake[] {
  const armMistakes = armChecks(readable, hasAllArms);
  return readable.hypotheses.flatMap((hypothesis, index) =>
    [
      ...armMistakes(hypothesis),
      ...repeatMistakes(readable, index),
      ...metricMistakes(readable, hypothesis),
      ...marginMistakes(hypothesis),
    ].map(({ path, ...rest }) => ({ path: ['hypotheses', index, ...path], ...rest })),
  );
}

function armChecks({ armNames }: ReadableProfile, hasAllArms: boolean): (asked: Asked) => FieldMistake[] {
  const written = [...new Set(armNames.filter((name) => name !== undefined))];
  const known = written.filter(isName);
  // An arm without a name may be the one that is meant, and so may one whose name is near but not allowed.
  const hasAllNames = hasAllArms && armNames.length > 0 && !armNames.includes(undefined);
  const isUnknown = (name: string): boolean =>
    hasAllNames && !written.includes(name) && isName(nearest(name, written) ?? name);
  return (hypothesis) => {
    const { arm, against } = hypothesis;
    const unknown = (['arm', 'against'] as const).flatMap((field): FieldMistake[] => {
      const name = hypothesis[field];
      return name === undefined || !isUnknown(name)
        ? []
        : [{ path: [field], message: unknownWord('arm', name, known) }];
    });
    if (arm === undefined || arm !== against) return unknown;
    const rest = known.filter((name) => name !== arm);
    const expected = rest.length === 0 ? 'another arm' : oneOf(rest);
    return [...unknown, { path: ['against'], message: `the arm is compared with itself, expected ${expected}` }];
  };
}

function repeatMistakes({ hypotheses }: ReadableProfile, index: number): FieldMistake[] {
  const question = questionOf(hypotheses[index]);
  const same = hypotheses.findIndex((other) => question !== undefined && questionOf(other) === question);
  if (same === -1 || same >= index) return [];
  const message = `the same question as hypotheses[${same}], expected each once: every one costs blocks`;
  return [{ path: [], message }];
}

/** Equal for two hypotheses that ask the same, also the other way round. */
function questionOf(hypothesis: Asked | undefined): string | undefined {
  const { arm, against, metric } = hypothesis ?? {};
  if (arm === undefined || against === undefined || metric === undefined || arm === against) return undefined;
  return JSON.stringify([metric, ...[arm, against].sort()]);
}

/** What the metric needs and is not there. */
function metricMistakes(readable: ReadableProfile, hypothesis: Asked): FieldMistake[] {
  const { metric } = hypothesis;
  if (metric === undefined) return [];
  const { hasApplication, hasPrices } = readable;
  const messages: string[] = [];
  const withoutCanary = isCanaryMetric(metric) ? whereOf(readable, hypothesis, 'canary', null) : null;
  if (withoutCanary !== null) {
    const expected = 'a canary or a metric of all tasks such as all-wait-p95';
    messages.push(`${metric} with canary: null${withoutCanary}, expected ${expected}`);
  }
  if (!hasApplication && isApplicationMetric(metric)) {
    messages.push(`${metric} without an application, expected one or a metric such as canary-wait-p95`);
  }
  const fromSchedstat = needsHistogram(metric) ? whereOf(readable, hypothesis, 'source', 'schedstat') : null;
  if (fromSchedstat !== null) {
    const expected = 'a mean or total such as canary-wait-mean';
    messages.push(`${metric} with source: schedstat${fromSchedstat}, which has no histogram, expected ${expected}`);
  }
  const fromNothing = isWaitMetric(metric) ? whereOf(readable, hypothesis, 'source', 'none') : null;
  if (fromNothing !== null) {
    const expected = hasApplication ? 'another source or a metric such as latency-p95' : 'another source';
    messages.push(`${metric} with source: none${fromNothing}, which measures no waits, expected ${expected}`);
  }
  if (metric === 'cost' && hasApplication && !hasPrices) {
    messages.push('cost without prices, expected some such as prices: { coreHour: 0.04, gigabyteHour: 0.005 }');
  }
  return messages.map((message) => ({ path: ['metric'], message }));
}

/** Where a field has this value: `` for the whole profile, ` in arm "a"` for one of the two that are compared; null for nowhere. */
function whereOf<Field extends 'canary' | 'source'>(
  readable: ReadableProfile,
  { arm, against }: Asked,
  field: Field,
  value: ReadableProfile[Field],
): string | null {
  const found = [arm, against].flatMap((name) => {
    const own = readable.overrides[name === undefined ? -1 : readable.armNames.indexOf(name)]?.[field];
    const effective = own === undefined ? readable[field] : own;
    return effective === value ? [own === undefined ? '' : ` in arm ${JSON.stringify(name)}`] : [];
  });
  return found.find((where) => where === '') ?? found[0] ?? null;
}

function marginMistakes({ metric, margin }: Asked): FieldMistake[] {
  if (metric === undefined || typeof margin !== 'number' || metricUnit(metric) !== 'share' || margin <= 1) return [];
  const message = `${margin} is more than all there is, expected a number up to 1: 0.005 is half a point`;
  return [{ path: ['margin'], message }];
}
