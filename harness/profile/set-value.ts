import type { Mistake } from '../yaml/diagnostic.ts';
import { describe } from '../yaml/describe.ts';
import { formatPath } from '../yaml/field-path.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { sourceText, type Place, type SourceText } from '../yaml/source-text.ts';
import { toValue, type SourcedEntry, type SourcedNode } from '../yaml/sourced-node.ts';

interface Step {
  readonly part: string | number;
  readonly place: Place;
}

/** One `--set path=value`. Its source is named `--set`, and its columns count from the start of the path. */
export interface SetReading {
  readonly source: SourceText;
  /** Null if the argument itself is wrong. */
  readonly assignment: { readonly steps: readonly Step[]; readonly node: SourcedNode } | null;
  readonly mistakes: readonly Mistake[];
}

const form = 'expected path=value such as trial.duration=2s or arms[1].disturbances.cpu=2';

export function readSet(argument: string): SetReading {
  const source = sourceText('--set', argument);
  const refuse = (offset: number, message: string): SetReading => {
    return { source, assignment: null, mistakes: [{ place: { source, offset }, path: '', message }] };
  };
  const equals = argument.indexOf('=');
  if (equals === -1) return refuse(0, `no value, ${form}`);
  const steps: Step[] = [];
  const step = /(?:^|\.)([A-Za-z_][\w-]*)|\[(\d{1,6})\]/y;
  while (step.lastIndex < equals) {
    const offset = step.lastIndex;
    const match = step.exec(argument);
    // The first step is a key: the whole of a profile is a mapping.
    if (!match || (match[2] !== undefined && offset === 0)) return refuse(offset, `not a path to a field, ${form}`);
    const part = match[1] ?? Number(match[2]);
    steps.push({ part, place: { source, offset: argument[offset] === '.' ? offset + 1 : offset } });
  }
  if (steps.length === 0) return refuse(0, `no path, ${form}`);
  const { node, mistakes } = readYaml(source, equals + 1);
  const path = formatPath(steps.map(({ part }) => part));
  return {
    source,
    assignment: node && mistakes.length === 0 ? { steps, node } : null,
    mistakes: mistakes.map((mistake) => ({ ...mistake, path })),
  };
}

/** A path that does not fit the profile it is applied to. */
class Misfit extends Error {
  readonly place: Place;
  readonly path: string;

  constructor(place: Place, path: string, message: string) {
    super(message);
    this.place = place;
    this.path = path;
  }
}

/**
 * The tree with the value put in. Mappings on the way are made if they are missing; entries of lists are not, because where a
 * new one would go is a guess.
 */
export function applySet(
  root: SourcedNode,
  { steps, node }: NonNullable<SetReading['assignment']>,
): { readonly root: SourcedNode; readonly mistakes: readonly Mistake[] } {
  try {
    return { root: put(root, steps, 0, node), mistakes: [] };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    return { root, mistakes: [{ place: error.place, path: error.path, message: error.message }] };
  }
}

function put(target: SourcedNode | undefined, steps: readonly Step[], depth: number, value: SourcedNode): SourcedNode {
  const step = steps[depth];
  if (!step) return value;
  const { part, place } = step;
  const where = formatPath(steps.slice(0, depth).map((above) => above.part));
  const misfit = (message: string): Misfit => new Misfit(place, where, message);
  if (typeof part === 'number') {
    if (target?.kind !== 'list') throw misfit(`found ${found(target)}, expected a list that has an entry [${part}]`);
    const { length } = target.items;
    if (part >= length) {
      throw misfit(
        `no entry [${part}], expected ${length === 0 ? 'no index: the list is empty' : `0 to ${length - 1}`}`,
      );
    }
    const items = target.items.map((item, index) => (index === part ? put(item, steps, depth + 1, value) : item));
    return { ...target, items };
  }
  // A key without a value can still become a mapping.
  const isAbsent = target === undefined || (target.kind === 'scalar' && target.value === null);
  const mapping: SourcedNode = isAbsent ? { kind: 'mapping', entries: [], place } : target;
  if (mapping.kind !== 'mapping') {
    const example = mapping.kind === 'list' ? `, or an index such as ${where}[0]` : '';
    throw misfit(`found ${found(target)}, expected a mapping that has a key "${part}"${example}`);
  }
  const old = mapping.entries.find(({ key }) => key === part);
  const entry: SourcedEntry = { key: part, keyPlace: place, node: put(old?.node, steps, depth + 1, value) };
  const entries = old ? mapping.entries.map((other) => (other === old ? entry : other)) : [...mapping.entries, entry];
  return { ...mapping, entries };
}

const found = (node: SourcedNode | undefined): string => (node === undefined ? 'nothing' : describe(toValue(node)));
