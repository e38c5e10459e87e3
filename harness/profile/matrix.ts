import type { Mistake } from '../yaml/diagnostic.ts';
import { describe } from '../yaml/describe.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import { formatPath, type FieldPath } from '../yaml/field-path.ts';
import {
  entryOf,
  toValue,
  type ListNode,
  type MappingNode,
  type ScalarNode,
  type SourcedNode,
} from '../yaml/sourced-node.ts';

export const mostArms = 100;

/** Where an expanded arm comes from. */
export interface ArmOrigin {
  /** Index of its entry in the file. */
  readonly entry: number;
  /** The combination it stands for, `threads 4`; empty if the entry has no matrix. */
  readonly combination: string;
}

export interface Expansion {
  readonly root: SourcedNode;
  /** By index of the expanded arm. */
  readonly origins: readonly ArmOrigin[];
  /** False if an entry could not be expanded: it and its arms are left out. */
  readonly isComplete: boolean;
  readonly mistakes: readonly Mistake[];
}

interface Option {
  readonly name: string;
  readonly values: readonly ScalarNode[];
}

const placeholders = /\{([A-Za-z]\w*)\}/g;
const wholePlaceholder = /^\{([A-Za-z]\w*)\}$/;

/**
 * Replaces every arm that carries a `matrix` by the arms it stands for: the cross product of its options, the last one changing
 * fastest. A value that is a placeholder and nothing else becomes the value of the option, type and place included.
 */
export function expandMatrices(root: SourcedNode): Expansion {
  const arms = entryOf(root, 'arms')?.node;
  if (root.kind !== 'mapping' || arms?.kind !== 'list') return { root, origins: [], isComplete: true, mistakes: [] };
  const items: SourcedNode[] = [];
  const origins: ArmOrigin[] = [];
  const mistakes: Mistake[] = [];
  let isComplete = true;
  for (const [entry, arm] of arms.items.entries()) {
    const matrix = entryOf(arm, 'matrix');
    if (arm.kind !== 'mapping' || !matrix) {
      items.push(arm);
      origins.push({ entry, combination: '' });
      continue;
    }
    const found: Mistake[] = [];
    const expanded = expandArm(arm, matrix.node, ['arms', entry], (node, path, message) => {
      found.push({ place: node.place, path: formatPath(path), message });
    });
    mistakes.push(...found);
    if (found.length > 0) isComplete = false;
    else {
      items.push(...expanded.map(({ node }) => node));
      origins.push(...expanded.map(({ combination }) => ({ entry, combination })));
    }
  }
  const list: ListNode = { ...arms, items };
  const entries = root.entries.map((entry) => (entry.key === 'arms' ? { ...entry, node: list } : entry));
  return { root: { ...root, entries }, origins, isComplete, mistakes };
}

type Report = (node: SourcedNode, path: FieldPath, message: string) => void;

function expandArm(
  arm: MappingNode,
  matrix: SourcedNode,
  path: FieldPath,
  report: Report,
): { readonly node: SourcedNode; readonly combination: string }[] {
  const options = readOptions(matrix, [...path, 'matrix'], report);
  if (!options) return [];
  const count = options.reduce((product, { values }) => product * values.length, 1);
  if (count > mostArms) {
    report(matrix, [...path, 'matrix'], `expands to ${count} arms, expected at most ${mostArms}`);
    return [];
  }
  const template: MappingNode = { ...arm, entries: arm.entries.filter(({ key }) => key !== 'matrix') };
  checkPlaceholders(template, options, path, report);
  const name = entryOf(template, 'name')?.node;
  for (const option of options) {
    const text = name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : null;
    if (text !== null && option.values.length > 1 && !text.includes(`{${option.name}}`)) {
      report(
        name ?? arm,
        [...path, 'name'],
        `the name lacks {${option.name}}, expected it so that the arms of the matrix differ in name`,
      );
    }
  }
  const combinations = options.reduce<readonly ReadonlyMap<string, ScalarNode>[]>(
    (soFar, option) =>
      soFar.flatMap((chosen) => option.values.map((value) => new Map([...chosen, [option.name, value]]))),
    [new Map()],
  );
  return combinations.map((chosen) => ({
    node: substitute(template, chosen),
    combination: [...chosen].map(([option, { value }]) => `${option} ${String(value)}`).join(', '),
  }));
}

function readOptions(matrix: SourcedNode, path: FieldPath, report: Report): readonly Option[] | null {
  const example = 'expected options with the values they take, such as { threads: [1, 2, 4] }';
  if (matrix.kind !== 'mapping' || matrix.entries.length === 0) {
    report(matrix, path, `found ${matrix.kind === 'mapping' ? 'no option' : describe(toValue(matrix))}, ${example}`);
    return null;
  }
  const options = matrix.entries.map(({ key, keyPlace, node }): Option | null => {
    const option = [...path, key];
    if (!/^[A-Za-z]\w*$/.test(key)) {
      report(
        { kind: 'scalar', value: key, place: keyPlace },
        option,
        'not a name for an option, expected letters and digits',
      );
      return null;
    }
    if (node.kind !== 'list' || node.items.length === 0) {
      report(
        node,
        option,
        `found ${node.kind === 'list' ? 'an empty list' : describe(toValue(node))}, expected a list of values`,
      );
      return null;
    }
    const values = node.items.filter((item): item is ScalarNode => item.kind === 'scalar' && item.value !== null);
    for (const [index, item] of node.items.entries()) {
      if (item.kind === 'scalar' && item.value !== null) continue;
      report(item, [...option, index], `found ${describe(toValue(item))}, expected a text, a number, true or false`);
    }
    return values.length === node.items.length ? { name: key, values } : null;
  });
  const read = options.filter((option) => option !== null);
  return read.length === options.length ? read : null;
}

function checkPlaceholders(node: SourcedNode, options: readonly Option[], path: FieldPath, report: Report): void {
  const known = options.map(({ name }) => name);
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) checkPlaceholders(item, options, [...path, index], report);
  } else if (node.kind === 'mapping') {
    const only = node.entries.length === 1 ? node.entries[0] : undefined;
    if (only?.node.kind === 'scalar' && only.node.value === null && known.includes(only.key)) {
      report(node, path, `{${only.key}} without quotes is a mapping in YAML, expected '{${only.key}}'`);
      return;
    }
    for (const { key, node: value } of node.entries) checkPlaceholders(value, options, [...path, key], report);
  } else if (typeof node.value === 'string') {
    for (const [, name] of node.value.matchAll(placeholders)) {
      if (name !== undefined && !known.includes(name)) report(node, path, unknownWord('placeholder', name, known));
    }
  }
}

function substitute(node: SourcedNode, chosen: ReadonlyMap<string, ScalarNode>): SourcedNode {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => substitute(item, chosen)) };
  if (node.kind === 'mapping') {
    return { ...node, entries: node.entries.map((entry) => ({ ...entry, node: substitute(entry.node, chosen) })) };
  }
  if (typeof node.value !== 'string') return node;
  const whole = chosen.get(wholePlaceholder.exec(node.value)?.[1] ?? '');
  if (whole) return whole;
  return {
    ...node,
    value: node.value.replace(placeholders, (text, name: string) => String(chosen.get(name)?.value ?? text)),
  };
}
