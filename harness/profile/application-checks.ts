import type { Application } from '../application/application.ts';
import { withAssumedDemand } from '../application/assumed-demand.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { Load } from './load.ts';
import { makeAllocation } from './make-allocation.ts';
import { sameTreatment } from './same-treatment.ts';
import type { ParsedProfile } from './schema.ts';

/**
 * Mistakes between a profile and the model that it names.
 * @param loads those that could be read, by their index in the profile
 */
export function applicationMistakes(
  profile: ParsedProfile,
  model: Application,
  loads: ReadonlyMap<number, Load>,
): FieldMistake[] {
  const inAllocations = profile.arms.flatMap((arm, index) => allocationMistakes(arm, index, model));
  return [
    ...inAllocations,
    ...(inAllocations.length > 0 ? [] : treatmentMistakes(profile, model)),
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

/** Two arms may be written differently, and come to the same with this model. */
function treatmentMistakes({ aa, arms }: ParsedProfile, model: Application): FieldMistake[] {
  if (aa) return [];
  const treatments = arms.map(({ disturbances, allocation, assumedDemand, policy, overrides }) =>
    JSON.stringify([
      ...[disturbances, policy ?? null, overrides],
      makeAllocation(model, allocation ?? { default: {}, services: {} }),
      withAssumedDemand(model, assumedDemand),
    ]),
  );
  return treatments.flatMap((treatment, index) => {
    const first = treatments.indexOf(treatment);
    return first === index ? [] : [sameTreatment(index, arms[first]?.name)];
  });
}

function mixMistakes({ mixes }: Application, loads: ReadonlyMap<number, Load>): FieldMistake[] {
  const known = mixes.map(({ name }) => name);
  return [...loads].flatMap(([index, { mix }]) =>
    mix === null || known.includes(mix)
      ? []
      : [{ path: ['loads', index, 'mix'], message: unknownWord('mix', mix, known) }],
  );
}

/** They are on the time axis of the loads, which time compression divides. */
function faultMistakes({ faults, trial, timeCompression }: ParsedProfile, { services }: Application): FieldMistake[] {
  const names = services.map(({ name }) => name);
  return faults.flatMap((fault, index) => {
    const mistakes: FieldMistake[] = [];
    const [field, name] = 'kill' in fault ? (['kill', fault.kill] as const) : (['stop', fault.stop] as const);
    if (!names.includes(name)) {
      mistakes.push({ path: ['faults', index, field], message: unknownWord('service', name, names) });
    }
    const lastMs = trial.duration * timeCompression;
    if (fault.at >= lastMs) {
      const compressed = timeCompression === 1 ? '' : ' before time compression';
      const message = `${fault.at}ms is not in the trial, expected less than its duration of ${lastMs}ms${compressed}`;
      mistakes.push({ path: ['faults', index, 'at'], message });
    }
    return mistakes;
  });
}
