import { unknownWord } from '../yaml/did-you-mean.ts';
import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { FieldPath } from '../yaml/field-path.ts';
import type { ParsedPiece } from './endpoint-schema.ts';
import type { ParsedApplication } from './schema.ts';
import { toCall } from './to-application.ts';
import { writtenCalls, type WrittenCall } from './written-calls.ts';

/** Names of something that is not there, or that cannot be what it is used for. */
export function referenceMistakes(parsed: ParsedApplication): FieldMistake[] {
  const { services, endpoints, mixes } = parsed;
  return [
    ...services.flatMap(({ operations, pool }, service) =>
      operations.flatMap(({ cpu, steps }, operation) => {
        const path = ['services', service, 'operations', operation];
        const calls = writtenCalls(steps, [...path, 'steps']);
        return [
          ...calls.flatMap((call) => callMistakes(parsed, call)),
          ...(calls.length > 0 && !pool ? [poolMissing(service)] : []),
          ...(cpu.items ?? []).flatMap((name, item) =>
            unknownQuantity(parsed, { name, path: [...path, 'cpu', 'items', item] }),
          ),
        ];
      }),
    ),
    ...endpoints.flatMap(({ call, parameters }, endpoint) => {
      const path = ['endpoints', endpoint];
      return [
        ...frontMistakes(parsed, { written: call, path: [...path, 'call'] }),
        ...parameters.flatMap(({ value }, parameter) =>
          quantitiesOf(value, [...path, 'parameters', parameter, 'value']).flatMap((use) =>
            unknownQuantity(parsed, use),
          ),
        ),
      ];
    }),
    ...mixes.flatMap(({ weights }, mix) =>
      weights.flatMap(({ endpoint }, weight) => {
        const names = endpoints.map(({ name }) => name);
        if (names.includes(endpoint)) return [];
        const message = unknownWord('endpoint', endpoint, names);
        return [{ path: ['mixes', mix, 'weights', weight, 'endpoint'], message }];
      }),
    ),
  ];
}

function unknownCall({ services }: ParsedApplication, { written, path }: WrittenCall): FieldMistake[] {
  const call = toCall(written);
  const service = services.find(({ name }) => name === call.service);
  if (!service) {
    const names = services.map(({ name }) => name);
    return [{ path, message: unknownWord('service', call.service, names) }];
  }
  const operations = service.operations.map(({ name }) => name);
  if (operations.includes(call.operation)) return [];
  const message =
    operations.length === 0
      ? `${service.name} has no operations, expected one called ${call.operation}`
      : unknownWord(`operation of ${service.name}`, call.operation, operations);
  return [{ path, message }];
}

function roleOf({ services }: ParsedApplication, written: string): string | undefined {
  return services.find(({ name }) => name === toCall(written).service)?.role;
}

function callMistakes(parsed: ParsedApplication, call: WrittenCall): FieldMistake[] {
  if (roleOf(parsed, call.written) !== 'front') return unknownCall(parsed, call);
  const { service } = toCall(call.written);
  const message = `${service} is a front, which answers HTTP, expected a service or a store`;
  return [{ path: call.path, message }];
}

function frontMistakes(parsed: ParsedApplication, call: WrittenCall): FieldMistake[] {
  const role = roleOf(parsed, call.written);
  if (role === undefined || role === 'front') return unknownCall(parsed, call);
  const message = `${toCall(call.written).service} is a ${role}, expected a front: only fronts answer HTTP`;
  return [{ path: call.path, message }];
}

function poolMissing(service: number): FieldMistake {
  return {
    path: ['services', service, 'pool'],
    message: 'missing, expected the connection pool of a service that calls',
  };
}

interface QuantityUse {
  readonly name: string;
  readonly path: FieldPath;
}

function unknownQuantity({ quantities }: ParsedApplication, { name, path }: QuantityUse): FieldMistake[] {
  const names = quantities.map((quantity) => quantity.name);
  if (names.includes(name)) return [];
  const message = names.length === 0 ? 'there are no quantities, expected some' : unknownWord('quantity', name, names);
  return [{ path, message }];
}

function quantitiesOf(pieces: readonly ParsedPiece[], path: FieldPath): QuantityUse[] {
  return pieces.flatMap(({ quantity, repeat, pieces: inner = [] }, index) => [
    ...(quantity === undefined ? [] : [{ name: quantity, path: [...path, index, 'quantity'] }]),
    ...(repeat === undefined ? [] : [{ name: repeat, path: [...path, index, 'repeat'] }]),
    ...quantitiesOf(inner, [...path, index, 'pieces']),
  ]);
}
