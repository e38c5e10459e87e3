import type { Application } from '../application/application.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { FieldPath } from '../yaml/field-path.ts';
import { boundsMistakes } from './bounds-checks.ts';
import type { Load } from './load.ts';
import { requestMistakes } from './policy-checks.ts';
import type { PolicySpec } from './policy-spec.ts';
import type { ParsedProfile } from './schema.ts';
import { treatmentMistakes } from './treatment-checks.ts';

/**
 * Mistakes between a profile and the model that it names.
 * @param loads those that could be read, by their index in the profile
 * @param policies by arm; null if one could not be read
 */
export function applicationMistakes(
  profile: ParsedProfile,
  model: Application,
  loads: ReadonlyMap<number, Load>,
  policies: readonly (PolicySpec | null)[] | null,
): FieldMistake[] {
  const inAllocations = profile.arms.flatMap((arm, index) => allocationMistakes(arm, index, model));
  // Where one cannot be read, what its arm comes to is not known.
  const isReadable = inAllocations.length === 0 && policies !== null;
  return [
    ...inAllocations,
    ...boundsMistakes(profile, model, policies ?? []),
    ...(isReadable ? treatmentMistakes(profile, model, policies) : []),
    ...requestMistakes(profile, model, policies ?? []),
    ...mixMistakes(model, loads),
    ...faultMistakes(profile, model),
  ];
}

function allocationMistakes(
  { allocation }: ParsedProfile['arms'][number],
  index: number,
  { services }: Application,
): FieldMistake[] {
  const front = services.find(({ role }) => role === 'front')?.name ?? '';
  const withoutFront = '0 replicas of a front, expected at least 1: nothing else takes the load';
  const byDefault: FieldMistake[] =
    allocation?.default.replicas === 0 && allocation.services[front]?.replicas === undefined
      ? [{ path: ['arms', index, 'allocation', 'default', 'replicas'], message: withoutFront }]
      : [];
  const inServices = Object.entries(allocation?.services ?? {}).flatMap(([name, { replicas }]): FieldMistake[] => {
    const path = ['arms', index, 'allocation', 'services', name];
    const service = services.find((one) => one.name === name);
    if (service === undefined) {
      const message = unknownWord(
        'service',
        name,
        services.map((one) => one.name),
      );
      return [{ path, message, at: 'key' }];
    }
    if (service.role === 'front' && replicas === 0) return [{ path: [...path, 'replicas'], message: withoutFront }];
    if (service.role !== 'store' || replicas === undefined || replicas === 1) return [];
    const message = `${replicas} replicas of a store, expected 1: what it stores is not shared`;
    return [{ path: [...path, 'replicas'], message }];
  });
  return [...byDefault, ...inServices];
}

function mixMistakes({ mixes }: Application, loads: ReadonlyMap<number, Load>): FieldMistake[] {
  const known = mixes.map(({ name }) => name);
  return [...loads].flatMap(([index, { mix }]) =>
    mix === null || known.includes(mix)
      ? []
      : [{ path: ['loads', index, 'mix'], message: unknownWord('mix', mix, known) }],
  );
}

/** Of the profile, and of arms that have others. */
function faultMistakes(profile: ParsedProfile, model: Application): FieldMistake[] {
  return [
    ...faultListMistakes(profile.faults, ['faults'], profile, model),
    ...profile.arms.flatMap(({ overrides }, index) =>
      faultListMistakes(overrides.faults ?? [], ['arms', index, 'overrides', 'faults'], profile, model),
    ),
  ];
}

/** They are on the time axis of the loads, which time compression divides. */
function faultListMistakes(
  faults: ParsedProfile['faults'],
  list: FieldPath,
  { trial, timeCompression }: ParsedProfile,
  { services }: Application,
): FieldMistake[] {
  const names = services.map(({ name }) => name);
  return faults.flatMap((fault, index) => {
    const mistakes: FieldMistake[] = [];
    const [field, name] = 'kill' in fault ? (['kill', fault.kill] as const) : (['stop', fault.stop] as const);
    if (!names.includes(name)) {
      mistakes.push({ path: [...list, index, field], message: unknownWord('service', name, names) });
    }
    const lastMs = trial.duration * timeCompression;
    if (fault.at >= lastMs) {
      const compressed = timeCompression === 1 ? '' : ' before time compression';
      const message = `${fault.at}ms is not in the trial, expected less than its duration of ${lastMs}ms${compressed}`;
      mistakes.push({ path: [...list, index, 'at'], message });
    }
    return mistakes;
  });
}
