import type { Json, JsonObject, Plan, PolicySpec } from '../plan/plan.ts';
import { cell, columns, type Table } from './document.ts';

/** The options of each policy as they take effect; arms whose options are the same share a table. */
export function policyOptionsTables({ arms }: Plan): readonly Table[] {
  const groups = new Map<string, { readonly policy: PolicySpec; readonly names: string[] }>();
  for (const { name, policy } of arms) {
    if (policy === null) continue;
    const key = JSON.stringify([policy.name, policy.options, policy.written]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { policy, names: [name] });
    else group.names.push(name);
  }
  return [...groups.values()].map(({ policy, names }) => tableOf(policy, names));
}

function tableOf({ name, options, written }: PolicySpec, arms: readonly string[]): Table {
  const rows = leaves(options);
  return {
    caption: `Options of ${arms.join(', ')} (policy ${name}) as they take effect, before time compression`,
    columns: columns(['option', 'value', 'from'], ['value', 'from']),
    rows:
      rows.length === 0
        ? [[cell('none'), cell('–'), cell('–')]]
        : rows.map(({ path, value }) => [
            cell(pathText(path)),
            cell(value),
            cell(isWritten(written, path) ? 'the profile' : 'default'),
          ]),
    folded: true,
  };
}

interface Leaf {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

/** Everything that is no object; a list of plain values is one. */
function leaves(value: Json, path: Leaf['path'] = []): readonly Leaf[] {
  if (isList(value)) {
    if (value.every((one) => typeof one !== 'object' || one === null))
      return [{ path, value: value.length === 0 ? 'none' : value.map(scalarText).join(', ') }];
    return value.flatMap((one, index) => leaves(one, [...path, index]));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key]));
  }
  return [{ path, value: scalarText(value) }];
}

// `Array.isArray` does not narrow to a list that cannot be changed.
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function scalarText(value: Json): string {
  if (value === null) return 'none';
  // A third takes no sixteen digits.
  if (typeof value === 'number') return Number(value.toPrecision(6)).toString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const pathText = (path: Leaf['path']): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');

/** Does the profile say anything where this option stands? Inside of what it writes, all is taken as written. */
function isWritten(written: JsonObject, [first, ...rest]: Leaf['path']): boolean {
  const value = first === undefined ? undefined : written[first];
  if (value === undefined) return false;
  const isDeeper = typeof value === 'object' && value !== null && !isList(value) && rest.length > 0;
  return isDeeper ? isWritten(value, rest) : true;
}
