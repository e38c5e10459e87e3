/** A string, which is left alone, or one of the numbers that JSON lacks and that Python and JavaScript write all the same. */
const tokens = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/**
 * Reads JSON in which a number may be `NaN`, `Infinity` or `-Infinity`; those become text, so that whoever wanted a number refuses them by
 * name. @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = text.replaceAll(tokens, (token) => (token.startsWith('"') ? token : `"${token}"`));
    if (quoted === text) throw error;
    return JSON.parse(quoted);
  }
}

/** The same for writing. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part) ? String(part) : part,
  );
}
