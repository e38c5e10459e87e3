import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { FieldPath } from '../yaml/field-path.ts';
import type { ParsedApplication } from './schema.ts';
import type { ParsedStep } from './step-schema.ts';
import { writtenCalls, type WrittenCall } from './written-calls.ts';

/** The longest chain of calls, and the most calls, that one request may cause. */
const deepest = 32;
const mostCalls = 1000;
/** Of choices inside choices. */
const deepestChoice = 8;

interface Node {
  readonly path: FieldPath;
  readonly steps: readonly ParsedStep[];
  readonly calls: readonly WrittenCall[];
}

/** What is wrong with the graph as a whole. All names in it are known. */
export function callGraphMistakes({ services, endpoints }: ParsedApplication): FieldMistake[] {
  const nodes = new Map<string, Node>();
  for (const [service, { name, operations }] of services.entries()) {
    for (const [number, operation] of operations.entries()) {
      const path = ['services', service, 'operations', number];
      const calls = writtenCalls(operation.steps, [...path, 'steps']);
      nodes.set(`${name}/${operation.name}`, { path, steps: operation.steps, calls });
    }
  }
  const nested = nestingMistakes(nodes);
  if (nested.length > 0) return nested;
  const cycles = cycleMistakes(nodes);
  if (cycles.length > 0) return cycles;
  const measured = measure(nodes);
  return [
    ...unreachedMistakes(
      nodes,
      endpoints.map(({ call }) => call),
    ),
    ...endpoints.flatMap(({ call }, endpoint) => {
      const { depth = 0, calls = 0 } = measured.get(call) ?? {};
      const path = ['endpoints', endpoint, 'call'];
      return [
        ...(depth > deepest ? [{ path, message: `calls ${depth} levels deep, expected at most ${deepest}` }] : []),
        ...(calls > mostCalls
          ? [
              {
                path,
                message: `up to ${calls > 1e6 ? 'a million and more' : calls} calls for one request, expected at most ${mostCalls}`,
              },
            ]
          : []),
      ];
    }),
  ];
}

function nestingMistakes(nodes: ReadonlyMap<string, Node>): FieldMistake[] {
  const depthOf = (steps: readonly ParsedStep[]): number =>
    Math.max(
      0,
      ...steps.map(({ choice, then = [], otherwise = [] }) =>
        choice === undefined ? 0 : 1 + Math.max(depthOf(then), depthOf(otherwise)),
      ),
    );
  return [...nodes.values()].flatMap(({ path, steps }) => {
    const depth = depthOf(steps);
    if (depth <= deepestChoice) return [];
    return [
      { path: [...path, 'steps'], message: `choices ${depth} deep, expected at most ${deepestChoice} in each other` },
    ];
  });
}

/** One mistake for each call that leads back to where it came from, in the order of a walk in depth. */
function cycleMistakes(nodes: ReadonlyMap<string, Node>): FieldMistake[] {
  const mistakes: FieldMistake[] = [];
  const done = new Set<string>();
  for (const start of nodes.keys()) {
    if (done.has(start)) continue;
    // Not recursive: a chain in a file may be as long as the file.
    const open: { readonly name: string; next: number }[] = [{ name: start, next: 0 }];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const call = nodes.get(top.name)?.calls[top.next++];
      if (!call) {
        done.add(top.name);
        open.pop();
        continue;
      }
      const back = open.findIndex(({ name }) => name === call.written);
      if (back !== -1) {
        const cycle = [...open.slice(back).map(({ name }) => name), call.written];
        mistakes.push({
          path: call.path,
          message: `a cycle of calls: ${cycleText(cycle)}, expected calls that come to an end`,
        });
      } else if (!done.has(call.written)) {
        open.push({ name: call.written, next: 0 });
      }
    }
  }
  return mistakes;
}

/** The whole cycle; of a very long one its two ends. */
function cycleText(cycle: readonly string[]): string {
  const shown = cycle.length <= 20 ? cycle : [...cycle.slice(0, 10), '...', ...cycle.slice(-9)];
  return shown.join(' -> ');
}

/** An operation that no request reaches is a slip of a name, or left over: its demand would count for nothing. */
function unreachedMistakes(nodes: ReadonlyMap<string, Node>, starts: readonly string[]): FieldMistake[] {
  const reached = new Set(starts);
  for (const name of reached) for (const { written } of nodes.get(name)?.calls ?? []) reached.add(written);
  return [...nodes].flatMap(([name, { path }]) =>
    reached.has(name)
      ? []
      : [{ path: [...path, 'name'], message: 'no endpoint leads here, expected a call to it, or not to have it' }],
  );
}

interface Measured {
  /** Of the longest chain, itself included. */
  readonly depth: number;
  /** The most that one execution causes, whatever its choices. */
  readonly calls: number;
}

/** Of every operation. There are no cycles. */
function measure(nodes: ReadonlyMap<string, Node>): ReadonlyMap<string, Measured> {
  const measured = new Map<string, Measured>();
  const most = (steps: readonly ParsedStep[]): number =>
    steps.reduce((sum, { call, parallel = [], then = [], otherwise = [] }) => {
      const named = call === undefined ? parallel : [call];
      const inCalls = named.reduce((calls, name) => calls + 1 + (measured.get(name)?.calls ?? 0), 0);
      return sum + inCalls + Math.max(most(then), most(otherwise));
    }, 0);
  for (const start of nodes.keys()) {
    const open = [start];
    for (let name = open.at(-1); name !== undefined; name = open.at(-1)) {
      const node = nodes.get(name);
      const missing = node?.calls.find(({ written }) => !measured.has(written));
      if (missing && !measured.has(name)) {
        open.push(missing.written);
        continue;
      }
      open.pop();
      if (!node || measured.has(name)) continue;
      const below = node.calls.map(({ written }) => measured.get(written)?.depth ?? 0);
      measured.set(name, { depth: 1 + Math.max(0, ...below), calls: most(node.steps) });
    }
  }
  return measured;
}
