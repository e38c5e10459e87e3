import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { FieldPath } from '../yaml/field-path.ts';
import type { ParsedApplication } from './schema.ts';

/** Things that must differ and do not: names in one list, ports of fronts, paths of endpoints. */
export function nameMistakes({ quantities, services, endpoints, mixes }: ParsedApplication): FieldMistake[] {
  return [
    ...secondNames('quantity', ['quantities'], quantities),
    ...secondNames('service', ['services'], services),
    ...services.flatMap(({ operations }, index) =>
      secondNames('operation', ['services', index, 'operations'], operations),
    ),
    ...secondNames('endpoint', ['endpoints'], endpoints),
    ...endpoints.flatMap(({ parameters }, index) =>
      secondNames('parameter', ['endpoints', index, 'parameters'], parameters),
    ),
    ...secondNames('mix', ['mixes'], mixes),
    ...portClashes(services),
    ...pathClashes(endpoints),
    ...mixes.flatMap(({ weights }, mix) =>
      seconds(weights.map(({ endpoint }) => endpoint)).map(({ index, value }) => ({
        path: ['mixes', mix, 'weights', index, 'endpoint'],
        message: `a second weight of ${JSON.stringify(value)}, expected one for each endpoint`,
      })),
    ),
  ];
}

/** Every value that is equal to an earlier one, with the index of the first. */
function seconds(values: readonly string[]): { readonly index: number; readonly first: number; value: string }[] {
  return values
    .map((value, index) => ({ index, first: values.indexOf(value), value }))
    .filter(({ index, first }) => first < index);
}

function secondNames(kind: string, list: FieldPath, items: readonly { readonly name: string }[]): FieldMistake[] {
  return seconds(items.map(({ name }) => name)).map(({ index, value }) => ({
    path: [...list, index, 'name'],
    message: `a second ${kind} called ${JSON.stringify(value)}, expected a name of its own`,
  }));
}

/** Fronts are reached from outside, all on one address. */
function portClashes(services: ParsedApplication['services']): FieldMistake[] {
  const keys = services.map(({ role, port }, index) => (role === 'front' ? `front ${port}` : `other ${index}`));
  return seconds(keys).map(({ index, first }) => ({
    path: ['services', index, 'port'],
    message: `the port of ${services[first]?.name ?? ''} as well, expected another: fronts share one address`,
  }));
}

function pathClashes(endpoints: ParsedApplication['endpoints']): FieldMistake[] {
  return seconds(endpoints.map(({ method, path }) => `${method} ${path}`)).map(({ index, first, value }) => ({
    path: ['endpoints', index, 'path'],
    message: `${value} is ${endpoints[first]?.name ?? ''} already, expected another path or method`,
  }));
}
