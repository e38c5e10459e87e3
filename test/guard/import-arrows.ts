import { posix } from 'node:path';
import ts from 'typescript';

/**
 * Who may import whom (design, section 2). A room may also import whatever those it imports may. Rooms are folders of `harness/`;
 * a folder inside a room that has a port is an adapter, and is a room of its own: `testbed/local`.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  // The tracer by itself is a command of its own.
  cli: ['experiment', 'report', 'tracer/client'],
  experiment: ['testbed', 'load', 'policy', 'analysis'],
  report: ['analysis', 'store'],
  testbed: ['load', 'policy', 'telemetry'],
  load: ['telemetry'],
  policy: ['telemetry'],
  analysis: ['store', 'statistics'],
  store: ['telemetry'],
  telemetry: ['plan', 'statistics'],
  plan: ['profile', 'statistics'],
  profile: ['application'],
  application: ['yaml'],
  // A document that a person wrote, with line and column.
  yaml: ['core'],
  core: [],
  statistics: [],
  // The public surface.
  index: ['policy', 'load', 'analysis', 'statistics'],
  'tracer/client': ['telemetry'],
  'deathstarbench/client': ['telemetry'],
  'load/built-in': ['load'],
  'load/k6': ['load'],
  'policy/process': ['policy'],
  // An adapter imports its port and whatever it adapts.
  'testbed/local': ['testbed', 'tracer/client', 'deathstarbench/client'],
  'testbed/sim': ['testbed'],
};
const roomsWithAdapters = ['testbed', 'load'];
/** Of policies, only those that run elsewhere are adapters; the others are pure. */
const policyAdapters = ['process'];

/** These may import every room, adapters too. */
const knowsAll = ['harness/cli/compose.ts', 'bench/'];

/**
 * Rooms whose results depend on their inputs alone, so they touch neither disk, network, processes nor time; and the modules of
 * Node that they may use all the same.
 */
const pureRooms: Readonly<Record<string, readonly string[]>> = {
  statistics: [],
  plan: ['node:crypto'],
  policy: [],
  analysis: [],
  // For setImmediate: virtual time must let a signal through.
  'testbed/sim': ['node:timers/promises'],
};

/** What is wrong with the imports of a file, one sentence each. @param file from the root of the project, with `/` */
export function wrongImports(file: string, text: string): readonly string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => ({ specifier: fileName, objection: objectionTo(file, fileName) }))
    .filter(({ objection }) => objection !== null)
    .map(({ specifier, objection }) => `${file} imports ${specifier}: ${objection ?? ''}`);
}

function objectionTo(file: string, specifier: string): string | null {
  const from = roomOf(file);
  if (specifier.startsWith('node:')) {
    const allowed = pureRooms[from];
    if (allowed === undefined || allowed.includes(specifier)) return null;
    return `${from} is pure: its results depend on its inputs alone`;
  }
  if (!specifier.startsWith('.')) return null;
  const to = roomOf(posix.join(posix.dirname(file), specifier));
  if (to === from || knowsAll.some((path) => file.startsWith(path))) return null;
  if (!(from in arrows)) return `${from} has no arrows yet; give it some in test/guard/import-arrows.ts`;
  const allowed = roomsBelow(from);
  if (allowed.has(to)) return null;
  if (to.startsWith(`${from}/`)) return 'a port knows no adapter';
  if (from === 'cli' && (to.includes('/') || to in arrows)) return 'only cli/compose.ts knows the adapters';
  return allowed.size === 0 ? `${from} knows nobody` : `${from} may import ${[...allowed].join(', ')}; not ${to}`;
}

/** `harness/plan/plan.ts` is in `plan`, `harness/testbed/local/stage.ts` in `testbed/local`, `tracer/client/line.ts` in `tracer/client`. */
function roomOf(file: string): string {
  const [top = '', room = '', inner = ''] = file.split('/');
  if (top !== 'harness') return ['tracer', 'deathstarbench'].includes(top) ? `${top}/${room}` : top;
  if (room.endsWith('.ts')) return room.replace('.ts', '');
  if (room === 'policy') return policyAdapters.includes(inner) ? `policy/${inner}` : room;
  return roomsWithAdapters.includes(room) && !inner.endsWith('.ts') ? `${room}/${inner}` : room;
}

function roomsBelow(room: string): ReadonlySet<string> {
  const below = new Set<string>();
  const visit = (name: string): void => {
    for (const next of arrows[name] ?? []) {
      if (!below.has(next)) {
        below.add(next);
        visit(next);
      }
    }
  };
  visit(room);
  return below;
}
