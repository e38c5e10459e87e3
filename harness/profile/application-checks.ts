import type { Application } from '../application/application.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { Load } from './load.ts';
import type { ParsedProfile } from './schema.ts';

/** Mistakes between a profile and the model that it names. */
export function applicationMistakes(
  { arms, faults, trial }: ParsedProfile,
  { services, mixes }: Application,
  loads: readonly Load[],
): FieldMistake[] {
  const names = services.map(({ name }) => name);
  const mistakes: FieldMistake[] = [];
  for (const [index, { allocation }] of arms.entries()) {
    for (const [name, { replicas }] of Object.entries(allocation?.services ?? {})) {
      const path = ['arms', index, 'allocation', 'services', name];
      const service = services.find((one) => one.name === name);
      if (service === undefined) mistakes.push({ path, message: unknownWord('service', name, names), at: 'key' });
      else if (service.role === 'store' && replicas !== undefined && replicas !== 1) {
        const message = `${replicas} replicas of a store, expected 1: what it stores is not shared`;
        mistakes.push({ path: [...path, 'replicas'], message });
      }
    }
  }
  for (const [index, { mix }] of loads.entries()) {
    const known = mixes.map(({ name }) => name);
    if (mix === null || known.includes(mix)) continue;
    mistakes.push({ path: ['loads', index, 'mix'], message: unknownWord('mix', mix, known) });
  }
  for (const [index, fault] of faults.entries()) {
    const [field, name] = 'kill' in fault ? (['kill', fault.kill] as const) : (['stop', fault.stop] as const);
    if (!names.includes(name)) {
      mistakes.push({ path: ['faults', index, field], message: unknownWord('service', name, names) });
    }
    if (fault.at >= trial.duration) {
      const message = `${fault.at}ms is after the end of the trial, expected less than its duration of ${trial.duration}ms`;
      mistakes.push({ path: ['faults', index, 'at'], message });
    }
  }
  return mistakes;
}
