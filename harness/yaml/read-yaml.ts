import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import type { Mistake } from './diagnostic.ts';
import { cut } from './did-you-mean.ts';
import { formatPath, type FieldPath } from './field-path.ts';
import { positionOf, type Place, type SourceText } from './source-text.ts';
import type { Scalar, SourcedEntry, SourcedNode } from './sourced-node.ts';

/** Bounds on what aliases may expand to. The largest sensible profile has some 2000 values, 6 levels deep. */
const usualMostValues = 20_000;
const deepest = 64;

/** `node` is null if the text is so broken that what it holds is a guess. */
export interface YamlReading {
  readonly node: SourcedNode | null;
  readonly mistakes: readonly Mistake[];
}

/**
 * Reads YAML 1.2 from offset `from` of a text on. Aliases are expanded; merge keys (`<<`) are keys like any other.
 * @param mostValues there may be, with all aliases expanded
 */
export function readYaml(source: SourceText, from = 0, mostValues = usualMostValues): YamlReading {
  // Keys that appear twice are found below, where their path is known.
  const document = parseDocument(source.text.slice(from), { prettyErrors: false, uniqueKeys: false });
  const tooDeep = document.errors.find((error) => error.code === 'RESOURCE_EXHAUSTION');
  const errors = tooDeep ? [tooDeep] : [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    const mistakes = errors.map(({ code, message, pos }): Mistake => {
      const place = { source, offset: from + pos[0] };
      return { place, path: '', message: `not valid YAML: ${syntaxMessage(code, message)}` };
    });
    return { node: null, mistakes };
  }
  return new Reader(source, from, document, mostValues).read();
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'RESOURCE_EXHAUSTION') return 'nested too deeply';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here, expected one only';
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return `${message}; expected quotes around a value that holds ": "`;
  return message;
}

class TooMuch extends Error {}

/** Turns the document into a tree with places. */
class Reader {
  readonly #source: SourceText;
  readonly #from: number;
  readonly #document: Document.Parsed;
  readonly #mostValues: number;
  readonly #mistakes: Mistake[] = [];
  readonly #anchors = new Map<string, Node>();
  /** Nodes being read right now: an alias to one of them would never end. */
  readonly #open = new Set<Node>();
  #values = 0;

  constructor(source: SourceText, from: number, document: Document.Parsed, mostValues: number) {
    this.#source = source;
    this.#from = from;
    this.#document = document;
    this.#mostValues = mostValues;
  }

  read(): YamlReading {
    try {
      return { node: this.#node(this.#document.contents, [], this.#place(null)), mistakes: this.#mistakes };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return { node: null, mistakes: [{ place: this.#place(null), path: '', message: error.message }] };
    }
  }

  #place(node: unknown): Place {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null;
    return { source: this.#source, offset: this.#from + (range?.[0] ?? 0) };
  }

  #mistake(place: Place, path: FieldPath, message: string): void {
    this.#mistakes.push({ place, path: formatPath(path), message });
  }

  #node(node: unknown, path: FieldPath, parent: Place): SourcedNode {
    if (++this.#values > this.#mostValues) {
      throw new TooMuch(`more than ${this.#mostValues} values with all aliases expanded, expected a profile`);
    }
    if (path.length > deepest) throw new TooMuch(`nested deeper than ${deepest} levels, expected a profile`);
    if (isAlias(node)) return this.#alias(node.source, this.#place(node), path);
    if (isScalar(node)) {
      if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
      return { kind: 'scalar', value: this.#scalar(node.value, this.#place(node), path), place: this.#place(node) };
    }
    // A missing node is what `key:` without a value is.
    if (!isMap(node) && !isSeq(node)) return { kind: 'scalar', value: null, place: parent };
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    const place = this.#place(node);
    this.#open.add(node);
    const read: SourcedNode = isMap(node)
      ? { kind: 'mapping', entries: this.#entries(node.items, path, place), place }
      : { kind: 'list', items: node.items.map((item, index) => this.#node(item, [...path, index], place)), place };
    this.#open.delete(node);
    return read;
  }

  /** YAML 1.1, which a file may ask for in its first line, has more kinds of values: dates, bytes. */
  #scalar(value: unknown, place: Place, path: FieldPath): Scalar {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return value;
    this.#mistake(place, path, 'found a value of an unknown kind, expected a text, a number, true or false');
    return null;
  }

  #alias(name: string, place: Place, path: FieldPath): SourcedNode {
    const target = this.#anchors.get(name);
    if (target && !this.#open.has(target)) return this.#node(target, path, place);
    const problem = target ? 'stands inside its own anchor' : 'has no anchor before it';
    this.#mistake(place, path, `the alias *${cut(name)} ${problem}`);
    return { kind: 'scalar', value: null, place };
  }

  #entries(
    items: readonly { readonly key: unknown; readonly value: unknown }[],
    path: FieldPath,
    parent: Place,
  ): SourcedEntry[] {
    const entries = new Map<string, SourcedEntry>();
    for (const item of items) {
      const keyPlace = this.#place(item.key);
      if (!isScalar(item.key) || typeof item.key.value !== 'string') {
        this.#mistake(isScalar(item.key) ? keyPlace : parent, path, 'found a key that is not text, expected a word');
        continue;
      }
      const key = item.key.value;
      const first = entries.get(key);
      if (first) {
        const { line } = positionOf(first.keyPlace);
        this.#mistake(keyPlace, [...path, key], `duplicate key "${cut(key)}", first on line ${line}`);
        continue;
      }
      entries.set(key, { key, keyPlace, node: this.#node(item.value, [...path, key], keyPlace) });
    }
    return [...entries.values()];
  }
}
