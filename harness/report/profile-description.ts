import { readYaml } from '../yaml/read-yaml.ts';
import { sourceText } from '../yaml/source-text.ts';
import { toValue } from '../yaml/sourced-node.ts';

/** What a profile says of itself, for the reader of the report; null if it says nothing, or cannot be read. */
export function profileDescription(text: string): string | null {
  const { node } = readYaml(sourceText('profile.yaml', text));
  const value: unknown = node === null ? null : toValue(node);
  if (typeof value !== 'object' || value === null || !('description' in value)) return null;
  const { description } = value;
  return typeof description === 'string' && description.trim() !== '' ? description.trim() : null;
}
