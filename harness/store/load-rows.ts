import type { EndpointReading, LoadReading } from '../telemetry/load-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { Columns } from './read-columns.ts';
import { cellsOf, numbers, numbersOrNull, placesIn, texts, type CellReader, type Places } from './rows.ts';
import { loadTable, wholeApplication, type Cell } from './tables.ts';

/** Those of the endpoints, then that of the whole application. */
export function loadRows({ atMs, load }: Sample): readonly (readonly Cell[])[] {
  if (load === null) return [];
  return [...load.endpoints, { endpoint: wholeApplication, ...load.total }].map((reading) =>
    cellsOf(loadTable, { atMs, ...reading }),
  );
}

/** How many there are of a sample; -1 without a load. */
export const loadRowCount = (load: LoadReading | null): number => (load === null ? -1 : load.endpoints.length + 1);

/** Reads the load of samples. The reader throws a TypeError if rows hold what Scalelab does not write there. */
export function loadReader(columns: Columns): (places: Places) => Pick<LoadReading, 'endpoints' | 'total'> {
  const endpoint = endpointReader(columns);
  return (places) => {
    const readings = placesIn(places, endpoint);
    const [last, endpoints] = [readings.at(-1), readings.slice(0, -1)];
    if (last?.endpoint !== wholeApplication || endpoints.some((one) => one.endpoint === wholeApplication))
      throw new TypeError(`a load whose last row, and no other, is not ${wholeApplication}`);
    const { endpoint: _, ...total } = last;
    return { endpoints, total };
  };
}

function endpointReader(columns: Columns): CellReader<EndpointReading> {
  const endpoint = texts(columns, 'endpoint');
  const [offered, sent, completed] = [
    numbers(columns, 'offered'),
    numbers(columns, 'sent'),
    numbers(columns, 'completed'),
  ];
  const [failed, notSent] = [numbers(columns, 'failed'), numbers(columns, 'notSent')];
  const [p50Ms, p95Ms, p99Ms] = [
    numbersOrNull(columns, 'p50Ms'),
    numbersOrNull(columns, 'p95Ms'),
    numbersOrNull(columns, 'p99Ms'),
  ];
  return (place) => ({
    endpoint: endpoint(place),
    offered: offered(place),
    sent: sent(place),
    completed: completed(place),
    failed: failed(place),
    notSent: notSent(place),
    p50Ms: p50Ms(place),
    p95Ms: p95Ms(place),
    p99Ms: p99Ms(place),
  });
}
