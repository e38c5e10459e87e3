/** A text that somebody wrote: a profile, or one `--set` argument. */
export interface SourceText {
  /** Printed before line and column. */
  readonly name: string;
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
}

/** A point in a text. */
export interface Place {
  readonly source: SourceText;
  readonly offset: number;
}

export function sourceText(name: string, text: string): SourceText {
  const lineStarts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lineStarts.push(end + 1);
  return { name, text, lineStarts };
}

/** Line and column of a place, both from 1, and the whole line without its end. */
export function positionOf(place: Place): { readonly line: number; readonly column: number; readonly text: string } {
  const { text, lineStarts } = place.source;
  // Behind the last line break there may be nothing to point at; the line before it is what the reader knows.
  const offset = place.offset >= text.length && text.endsWith('\n') ? text.length - 1 : place.offset;
  let [low, high] = [0, lineStarts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const start = lineStarts[low] ?? 0;
  const end = text.indexOf('\n', start);
  return {
    line: low + 1,
    column: offset - start + 1,
    text: text.slice(start, end === -1 ? undefined : end).replace(/\r$/, ''),
  };
}
