import type { FieldPath } from './field-path.ts';
import type { Place } from './source-text.ts';

/**
 * A YAML value that knows where each part of it was written. `--set` and matrices rewrite this tree, and what they put in
 * keeps its own place, so that any later mistake points at the text it came from.
 */
export type SourcedNode = ScalarNode | ListNode | MappingNode;

export type Scalar = string | number | boolean | null;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly place: Place;
}
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly SourcedNode[];
  readonly place: Place;
}
export interface MappingNode {
  readonly kind: 'mapping';
  readonly entries: readonly SourcedEntry[];
  readonly place: Place;
}
export interface SourcedEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly node: SourcedNode;
}

/** The plain value. `__proto__` is a key like any other here. */
export function toValue(node: SourcedNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toValue);
    case 'mapping':
      return Object.fromEntries(node.entries.map(({ key, node: value }) => [key, toValue(value)]));
  }
}

export function entryOf(node: SourcedNode | undefined, key: string): SourcedEntry | undefined {
  return node?.kind === 'mapping' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The place of the value at `path`, or of the deepest part of it that exists. With `at: 'key'` the last key, not its value. */
export function placeAt(root: SourcedNode, path: FieldPath, at: 'key' | 'value' = 'value'): Place {
  let node = root;
  for (const [depth, part] of path.entries()) {
    const entry = typeof part === 'string' ? entryOf(node, part) : undefined;
    if (entry && at === 'key' && depth === path.length - 1) return entry.keyPlace;
    const next = entry?.node ?? (node.kind === 'list' && typeof part === 'number' ? node.items[part] : undefined);
    if (!next) break;
    node = next;
  }
  return node.place;
}
