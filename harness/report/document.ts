import type { Figure, MissingFigure } from './figure/figure.ts';
import type { Sentence } from './sentence.ts';

/** A report before it is HTML or Markdown: what it says, in order. All texts are plain and still hold names as they are. */
export interface ReportDocument {
  readonly title: string;
  /** Which experiment, on what, when. */
  readonly origin: string;
  /** What the profile says of itself, or null. */
  readonly description: string | null;
  readonly answer: Sentence;
  /** The other comparisons, each under its name. */
  readonly furtherAnswers: readonly { readonly label: string; readonly sentence: Sentence }[];
  readonly facts: readonly Fact[];
  readonly notices: readonly Notice[];
  /** Which trials there are to believe. */
  readonly validity: Table;
  readonly figures: readonly (Figure | MissingFigure)[];
  readonly sections: readonly Section[];
}

/** A number of the first screen. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
}

/** Something to know before believing the numbers. */
export interface Notice {
  readonly text: string;
  readonly hint: string | null;
}

export interface Section {
  readonly title: string;
  readonly parts: readonly SectionPart[];
}

export type SectionPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'commands'; readonly lines: readonly string[] };

export interface Table {
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly numeric: boolean }[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Cell[])[];
  /** Long tables are folded where the medium can. */
  readonly folded: boolean;
}

export interface Cell {
  readonly text: string;
  /** Smaller, below or behind the text: a range, a reason. */
  readonly detail: string;
}

export const cell = (text: string | number, detail = ''): Cell => ({ text: text.toString(), detail });

/** Columns by label; those after the first `words` hold numbers. */
export function columns(labels: readonly string[], words: readonly string[] = []): Table['columns'] {
  return labels.map((label, index) => ({ label, numeric: index > 0 && !words.includes(label) }));
}
