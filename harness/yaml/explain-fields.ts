import { z } from 'zod';

/** A field of a document as it is told to a person. */
export interface ExplainedField {
  readonly name: string;
  /** As it is written in YAML, on one line; null if there is none. */
  readonly byDefault: string | null;
  readonly isRequired: boolean;
  readonly description: string;
  /** The words that it may be, if it is one of a few. */
  readonly words: readonly string[];
  /** Fields of a mapping that may stand here. */
  readonly inner: readonly ExplainedField[];
}

const hidden = new WeakMap<z.core.$ZodType, z.ZodType>();

/**
 * Tells the fields of a mapping that a schema hides, because it chooses by hand what validates (`profile/load-instead.ts`).
 * @returns the schema
 */
export function hiding<Schema extends z.ZodType>(schema: Schema, mapping: z.ZodType): Schema {
  hidden.set(schema, mapping);
  return schema;
}

/** What a person may write where this schema is used, from the schema itself. */
export function explainFields(schema: z.ZodType): readonly ExplainedField[] {
  return innerOf(written(schema));
}

type Written = z.core.JSONSchema.BaseSchema;

/** The JSON Schema of what is written, before it is transformed. */
function written(schema: z.ZodType): Written {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const mapping = hidden.get(zodSchema);
      if (mapping !== undefined) jsonSchema.anyOf = [written(mapping)];
    },
  });
}

/** Of the mapping itself, or of the mappings that are alternatives or entries of a list; a name that comes again is told once. */
function innerOf({ properties, required = [], anyOf = [], oneOf = [], items }: Written): readonly ExplainedField[] {
  const own = Object.entries(properties ?? {}).flatMap(([name, field]) =>
    typeof field === 'boolean' ? [] : [explain(name, field, required.includes(name))],
  );
  const others = [...anyOf, ...oneOf, ...(Array.isArray(items) ? items : [items])].flatMap((part) =>
    typeof part === 'object' ? innerOf(part) : [],
  );
  const all = [...own, ...others];
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

function explain(name: string, field: Written, isRequired: boolean): ExplainedField {
  const words = [field, ...(field.anyOf ?? [])].flatMap((part) => ('enum' in part ? (part.enum ?? []) : []));
  return {
    ...{ name, isRequired, inner: innerOf(field), description: descriptionOf(field) },
    byDefault: field.default === undefined ? null : inYaml(field.default),
    words: words.filter((word) => typeof word === 'string'),
  };
}

/** Of an alternative where the field itself has none: what may be null, and is transformed first, loses its own. */
function descriptionOf({ description, anyOf = [] }: Written): string {
  return description ?? anyOf.find((part) => part.description !== undefined)?.description ?? '';
}

/** Four significant digits are enough to know a number again: a third is 0.3333. */
function inYaml(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  if (Array.isArray(value)) return `[${value.map(inYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([name, inner]) => `${name}: ${inYaml(inner)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
