import type { Application } from '../application/application.ts';
import { plural } from '../core/plural.ts';
import { oneOf, unknownWord } from '../yaml/did-you-mean.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { FieldPath } from '../yaml/field-path.ts';
import type { Range, ServiceBounds } from './bounds.ts';
import type { ParsedBounds } from './bounds-schema.ts';
import { makeAllocation } from './make-allocation.ts';
import { boundsWhereNothingIsSaid, makeBounds } from './make-bounds.ts';
import type { PolicySpec } from './policy-spec.ts';
import { bytes } from './render-quantity.ts';
import type { ParsedProfile } from './schema.ts';

type Field = 'replicas' | 'cpu' | 'memory';
const fields = ['replicas', 'cpu', 'memory'] as const satisfies readonly Field[];

const rangeOf = (bounds: ServiceBounds, field: Field): Range =>
  ({ replicas: bounds.replicas, cpu: bounds.cpuCores, memory: bounds.memoryBytes })[field];

const texts: Readonly<Record<Field, (value: number) => string>> = {
  replicas: String,
  cpu: (value) => plural(value, 'core'),
  memory: bytes,
};

/**
 * Mistakes in what policies may choose, and arms whose policy begins outside of it.
 * @param policies by arm; empty if one could not be read
 */
export function boundsMistakes(
  profile: ParsedProfile,
  model: Application,
  policies: readonly (PolicySpec | null)[],
): FieldMistake[] {
  const inBounds = [...nameMistakes(profile.bounds, model), ...rangeMistakes(profile.bounds, model)];
  return inBounds.length > 0 ? inBounds : beginningMistakes(profile, model, policies);
}

function nameMistakes({ services: written }: ParsedBounds, { services }: Application): FieldMistake[] {
  const scalable = services.filter(({ role }) => role !== 'store').map(({ name }) => name);
  return Object.keys(written)
    .filter((name) => !scalable.includes(name))
    .map((name) => {
      const isStore = services.some((service) => service.name === name);
      const message = isStore
        ? `a store, which no policy scales, expected ${oneOf(scalable)}`
        : unknownWord('service', name, scalable);
      return { path: ['bounds', 'services', name], message, at: 'key' };
    });
}

/** Where a bound is written that holds for a service: by its name, or for all. */
function placeOf({ services, default: all }: ParsedBounds, service: string, field: Field, end: keyof Range): FieldPath {
  const isNamed = services[service]?.[field][end] !== undefined || all[field][end] === undefined;
  return isNamed ? ['bounds', 'services', service, field, end] : ['bounds', 'default', field, end];
}

function rangeMistakes(written: ParsedBounds, model: Application): FieldMistake[] {
  const found = Object.entries(makeBounds(model, written)).flatMap(([service, bounds]) =>
    fields.flatMap((field): FieldMistake[] => {
      const { least, most } = rangeOf(bounds, field);
      const text = texts[field];
      if (least > most) {
        const message = `at least ${text(least)} and at most ${text(most)}, expected no more than that`;
        return [{ path: placeOf(written, service, field, 'least'), message }];
      }
      const isFront = model.services.some(({ name, role }) => name === service && role === 'front');
      if (field !== 'replicas' || least > 0 || !isFront) return [];
      const message = '0 replicas of a front, expected at least 1: nothing else takes the load';
      return [{ path: placeOf(written, service, field, 'least'), message }];
    }),
  );
  return onceEach(found);
}

/** One mistake a place: what is wrong by default is wrong for many services. */
function onceEach(mistakes: readonly FieldMistake[]): FieldMistake[] {
  const places = mistakes.map(({ path }) => JSON.stringify(path));
  return mistakes.filter((_, index) => places.indexOf(places[index] ?? '') === index);
}

/** What a policy scales must begin where it may leave it. What it does not touch may lie anywhere. */
function beginningMistakes(
  { arms, bounds: written }: ParsedProfile,
  model: Application,
  policies: readonly (PolicySpec | null)[],
): FieldMistake[] {
  const bounds = makeBounds(model, written);
  return arms.flatMap(({ allocation: given = { default: {}, services: {} } }, index) => {
    const acts = policies[index]?.demands.acts ?? [];
    const allocation = makeAllocation(model, given);
    const found = Object.entries(bounds).flatMap(([service, own]) =>
      fields
        .filter((field) => acts.includes(field))
        .flatMap((field): FieldMistake[] => {
          const share = allocation[service];
          if (share === undefined) return [];
          const value = { replicas: share.replicas, cpu: share.cpuLimitCores, memory: share.memoryLimitBytes }[field];
          const range = rangeOf(own, field);
          if (isWithin(value, range, rangeOf(boundsWhereNothingIsSaid, field))) return [];
          const path = ['arms', index, 'allocation'];
          const ofService = given.services[service]?.[field] !== undefined;
          const ofAll = given.default[field] !== undefined;
          const place = ofService ? [...path, 'services', service, field] : [...path, 'default', field];
          const begins = value === null ? 'without a limit' : `with ${named(field, value)}`;
          const text = texts[field];
          const message = `${service} begins ${begins}, expected the bounds of its policy: ${text(range.least)} to ${text(range.most)}`;
          return [{ path: ofService || ofAll ? place : ['arms', index], message }];
        }),
    );
    return onceEach(found);
  });
}

/** No limit is above every bound that somebody wrote. */
const isWithin = (value: number | null, { least, most }: Range, widest: Range): boolean =>
  value === null ? most >= widest.most : value >= least && value <= most;

const named = (field: Field, value: number): string =>
  field === 'replicas' ? plural(value, 'replica') : texts[field](value);
