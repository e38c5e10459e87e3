import { positionOf, type Place } from './source-text.ts';

/** One mistake in a profile or in a `--set` argument. Data; `formatDiagnostics` makes the text. */
export interface Diagnostic {
  /** The file as it was named, or `--set`. */
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters of the line. */
  readonly column: number;
  /** The field, such as `arms[1].disturbances.cpu`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong, and what was expected. */
  readonly message: string;
  /** The line it is in; of a `--set`, the argument. */
  readonly lineText: string;
}

/** A mistake where it was found, before its line is looked up. */
export interface Mistake {
  readonly place: Place;
  readonly path: string;
  readonly message: string;
}

const mostShown = 100;
const widest = 120;

/** The mistakes in the order of the texts: the file from its top, then each `--set` as given. One place and message, one diagnostic. */
export function toDiagnostics(mistakes: readonly Mistake[], sources: readonly Place['source'][]): Diagnostic[] {
  const seen = new Set<string>();
  return [...mistakes]
    .sort(
      (a, b) => sources.indexOf(a.place.source) - sources.indexOf(b.place.source) || a.place.offset - b.place.offset,
    )
    .filter(({ place, message }) => {
      const key = `${sources.indexOf(place.source)}:${place.offset}:${message}`;
      return !seen.has(key) && seen.add(key);
    })
    .map(({ place, path, message }) => {
      const { line, column, text } = positionOf(place);
      return { source: place.source.name, line, column, path, message, lineText: text };
    });
}

/**
 * `file:line:column: path: message`, then the line and a caret below, for every diagnostic (at most 100, and how many more).
 * Without a line break at the end.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const shown = diagnostics.slice(0, mostShown).map(formatDiagnostic);
  const more = diagnostics.length - shown.length;
  return [...shown, ...(more > 0 ? [`... and ${more} more`] : [])].join('\n');
}

function formatDiagnostic({ source, line, column, path, message, lineText }: Diagnostic): string {
  const head = `${source}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
  // A very long line is shown around the mistake only.
  const from = column - 1 < widest - 20 ? 0 : column - 1 - widest / 2;
  const shown = lineText.slice(from, from + widest);
  const before = shown.slice(0, column - 1 - from);
  // Tabs are kept below tabs, so that the caret stands under its character at any tab width.
  return [head, `    ${shown}`, `    ${before.replace(/[^\t]/g, ' ')}^`].map(withoutControls).join('\n');
}

/** A profile may come from anywhere: its bytes must not steer the terminal they are shown on. */
function withoutControls(line: string): string {
  return line.replace(/[^\P{C}\t]/gu, '?');
}
