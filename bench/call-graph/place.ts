import type { ServiceGraph } from './service-graph.ts';

/** Something in a column: a service, an endpoint, or the point where a longer line passes through. */
export interface Placed {
  readonly key: string;
  readonly column: number;
  readonly height: number;
  /** Of its middle. */
  y: number;
}

/** A line from one column to the next, or back. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

export interface Placement {
  readonly items: ReadonlyMap<string, Placed>;
  /** For every edge of the graph, in its order: all that it goes through, ends included. */
  readonly ways: readonly (readonly string[])[];
  readonly height: number;
}

export const boxHeight = 38;
const gap = 8;
const passHeight = 6;

/** Layers as columns; in each an order with few crossings (barycentres, Sugiyama 1981), then heights that make lines straight. */
export function place({ nodes, edges, endpoints }: ServiceGraph): Placement {
  const items = new Map<string, Placed>();
  const add = (key: string, column: number, height: number): void => {
    items.set(key, { key, column, height, y: 0 });
  };
  // Endpoints stand in the first column.
  for (const { text } of endpoints) add(text, 0, boxHeight * 0.75);
  for (const { name, layer } of nodes) add(name, layer + 1, boxHeight);
  const links: Link[] = endpoints.map(({ text, front }) => ({ from: text, to: front }));
  const ways = edges.map(({ from, to }) => {
    const [start, end] = [items.get(from)?.column ?? 0, items.get(to)?.column ?? 0];
    const way = [from];
    for (let column = start + 1; column < end; column++) {
      add(`${from} ${to} ${column}`, column, passHeight);
      way.push(`${from} ${to} ${column}`);
    }
    way.push(to);
    for (const [index, key] of way.entries()) {
      const next = way[index + 1];
      if (next !== undefined) links.push({ from: key, to: next });
    }
    return way;
  });
  const linked = new Set(links.flatMap(({ from, to }) => [from, to]));
  const columns = columnsOf([...items.values()].filter(({ key }) => linked.has(key)));
  for (const column of columns) stack(column);
  for (let sweep = 0; sweep < 24; sweep++) {
    const ordered = sweep % 2 === 0 ? columns : [...columns].reverse();
    for (const column of ordered) {
      const wanted = new Map(column.map((item) => [item, wantedY(item, links, items)]));
      // Sorting is what changes the order; towards the end the order stands, and only heights change.
      if (sweep < 16) column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      settle(
        column,
        column.map((item) => wanted.get(item) ?? 0),
      );
    }
  }
  const all = [...items.values()];
  // What nobody calls stands below the others.
  for (const item of all.filter(({ key }) => !linked.has(key))) {
    linked.add(item.key);
    const above = all.filter(({ key, column }) => column === item.column && key !== item.key && linked.has(key));
    item.y = Math.max(0, ...above.map(({ y, height }) => y + height / 2)) + gap + item.height / 2;
  }
  const top = Math.min(...all.map(({ y, height }) => y - height / 2));
  for (const item of all) item.y -= top;
  return { items, ways, height: Math.max(...all.map(({ y, height }) => y + height / 2)) };
}

function columnsOf(items: readonly Placed[]): Placed[][] {
  const columns: Placed[][] = [];
  for (const item of items) (columns[item.column] ??= []).push(item);
  return columns;
}

function stack(column: readonly Placed[]): void {
  let y = 0;
  for (const item of column) {
    item.y = y + item.height / 2;
    y += item.height + gap;
  }
  for (const item of column) item.y -= y / 2;
}

/** The mean of what it is linked to. */
function wantedY(item: Placed, links: readonly Link[], items: ReadonlyMap<string, Placed>): number {
  const ends = links.flatMap(({ from, to }) => (from === item.key ? [to] : to === item.key ? [from] : []));
  const ys = ends.map((key) => items.get(key)?.y ?? 0);
  return ys.reduce((sum, y) => sum + y, 0) / ys.length;
}

/** Puts a column as near to the wanted heights as its order and sizes allow: least squares, by pooling neighbours that would overlap. */
function settle(column: readonly Placed[], wanted: readonly number[]): void {
  const offsets: number[] = [];
  let offset = 0;
  for (const [index, item] of column.entries()) {
    const before = column[index - 1];
    if (before) offset += (before.height + item.height) / 2 + gap;
    offsets.push(offset);
  }
  const pools: { sum: number; count: number }[] = [];
  const mean = (pool: { sum: number; count: number } | undefined): number => (pool ? pool.sum / pool.count : -Infinity);
  for (const [index, y] of wanted.entries()) {
    let pool = { sum: y - (offsets[index] ?? 0), count: 1 };
    for (let last = pools.at(-1); last && mean(last) >= mean(pool); last = pools.at(-1)) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  const settled = pools.flatMap((pool) => Array.from({ length: pool.count }, () => mean(pool)));
  for (const [index, item] of column.entries()) item.y = (settled[index] ?? 0) + (offsets[index] ?? 0);
}
