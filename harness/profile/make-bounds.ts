import type { Application } from '../application/application.ts';
import type { Bounds, Range, ServiceBounds } from './bounds.ts';
import type { ParsedBounds } from './bounds-schema.ts';

export const boundsWhereNothingIsSaid: ServiceBounds = {
  replicas: { least: 1, most: 10 },
  cpuCores: { least: 0.01, most: 1024 },
  memoryBytes: { least: 4 * 1024 ** 2, most: 1024 ** 4 },
};

/** Bounds of every front and service of the model; stores are not scaled. */
export function makeBounds({ services }: Application, written: ParsedBounds): Bounds {
  return Object.fromEntries(
    services
      .filter(({ role }) => role !== 'store')
      .map(({ name }): [string, ServiceBounds] => {
        const named = written.services[name];
        const range = (field: 'replicas' | 'cpu' | 'memory', own: Range): Range => ({
          least: named?.[field].least ?? written.default[field].least ?? own.least,
          most: named?.[field].most ?? written.default[field].most ?? own.most,
        });
        return [
          name,
          {
            replicas: range('replicas', boundsWhereNothingIsSaid.replicas),
            cpuCores: range('cpu', boundsWhereNothingIsSaid.cpuCores),
            memoryBytes: range('memory', boundsWhereNothingIsSaid.memoryBytes),
          },
        ];
      }),
  );
}
