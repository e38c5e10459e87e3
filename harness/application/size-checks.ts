import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { ParsedPiece } from './endpoint-schema.ts';
import type { ParsedQuantity } from './quantity-schema.ts';
import type { ParsedApplication } from './schema.ts';

/** In microseconds: an exponential draw is at most 22.9 times its mean, and fits 32 bits of them with this mean. */
const mostDemandMicros = 100_000_000;
/** In characters, percent-encoded. */
const longestTarget = 4000;
const longestForm = 64_000;

/** Numbers that are right one by one, and too large together. */
export function sizeMistakes(parsed: ParsedApplication): FieldMistake[] {
  return [...quantityMistakes(parsed), ...demandMistakes(parsed), ...requestMistakes(parsed)];
}

function quantityMistakes({ quantities }: ParsedApplication): FieldMistake[] {
  return quantities.flatMap((quantity, index): FieldMistake[] => {
    if (quantity.kind === 'uniform' && quantity.low > quantity.high) {
      const message = `less than low, which is ${quantity.low}, expected at least as much`;
      return [{ path: ['quantities', index, 'high'], message }];
    }
    if (quantity.kind === 'lognormal' && quantity.median > quantity.most) {
      const message = `less than the median, which is ${quantity.median}, expected at least as much`;
      return [{ path: ['quantities', index, 'most'], message }];
    }
    return [];
  });
}

function mostOf(quantities: readonly ParsedQuantity[], name: string): number {
  const quantity = quantities.find((known) => known.name === name);
  switch (quantity?.kind) {
    case undefined:
      return 0;
    case 'constant':
      return quantity.value;
    case 'uniform':
      return quantity.high;
    case 'lognormal':
      return quantity.most;
  }
}

function demandMistakes({ services, quantities, cpuScale }: ParsedApplication): FieldMistake[] {
  return services.flatMap(({ operations }, service) =>
    operations.flatMap(({ cpu }, operation) => {
      const items = (cpu.items ?? []).reduce((sum, name) => sum + mostOf(quantities, name), 0);
      const micros = (cpu.mean + (cpu.perItem ?? 0) * items) * Math.max(1, cpuScale);
      if (micros <= mostDemandMicros) return [];
      const message = `a mean of up to ${Math.ceil(micros / 1e6)} s with all items and cpuScale, expected at most 100 s`;
      return [{ path: ['services', service, 'operations', operation, 'cpu'], message }];
    }),
  );
}

function requestMistakes({ endpoints, quantities }: ParsedApplication): FieldMistake[] {
  return endpoints.flatMap(({ method, path, parameters }, endpoint) => {
    const form = parameters.reduce((sum, { name, value }) => sum + name.length + 2 + longestText(value, quantities), 0);
    const [length, most, what] =
      method === 'GET' ? [path.length + form, longestTarget, 'path and query'] : [form, longestForm, 'form'];
    if (length <= most) return [];
    const message = `${what} of up to ${length} characters, expected at most ${most}`;
    return [{ path: ['endpoints', endpoint, 'parameters'], message }];
  });
}

function longestText(pieces: readonly ParsedPiece[], quantities: readonly ParsedQuantity[]): number {
  return pieces.reduce((sum, piece) => {
    if (piece.text !== undefined) return sum + encodeURIComponent(piece.text).length;
    if (piece.quantity !== undefined) {
      return sum + String(mostOf(quantities, piece.quantity) + (piece.plus ?? 0)).length;
    }
    if (piece.random !== undefined) return sum + (piece.length ?? 0);
    const each = longestText(piece.pieces ?? [], quantities) + encodeURIComponent(piece.separator ?? '').length;
    return sum + mostOf(quantities, piece.repeat ?? '') * each;
  }, 0);
}
