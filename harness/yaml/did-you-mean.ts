/** The known word nearest to `word`, or null if none is near enough to be a slip of the keyboard. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 60) return null;
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)),
    )
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate ?? null;
}

/** `unknown arm "stres-1", did you mean "stress-1"?`, or without a near one what there is. */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const suggestion = nearest(word, known);
  const end = suggestion === null ? `, expected ${oneOf(known)}` : `, did you mean "${suggestion}"?`;
  return `unknown ${kind} ${JSON.stringify(cut(word))}${end}`;
}

/** `one of a, b, c`; at most 16 of them. */
export function oneOf(known: readonly string[]): string {
  const more = known.length > 16 ? `, ... (${known.length} in all)` : '';
  return known.length === 1 ? (known[0] ?? '') : `one of ${known.slice(0, 16).join(', ')}${more}`;
}

export const cut = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment). Among
 * equals a swap is the likelier slip: `p59` is rather `p95` than `p50`.
 */
function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + same,
          swapped ? (beforeLast[column - 2] ?? 0) + 0.9 : Infinity,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length] ?? 0;
}
