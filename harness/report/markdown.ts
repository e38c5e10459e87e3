import { unreachable } from '../core/unreachable.ts';
import type { Cell, ReportDocument, SectionPart, Table } from './document.ts';
import { escapeMarkdown as text, printable } from './escape.ts';
import type { Sentence } from './sentence.ts';

/** The report as Markdown; figures are referenced as `figures/<name>.svg`. */
export function renderMarkdown(document: ReportDocument): string {
  const paragraphs = [
    `# ${text(document.title)}`,
    text(document.origin),
    ...(document.description === null ? [] : [text(document.description)]),
    `> ${sentence(document.answer)}`,
    ...document.furtherAnswers.map((answer) => `- **${text(answer.label)}**: ${sentence(answer.sentence)}`),
    document.facts.map((fact) => `${fact.label}: **${text(fact.value)}** (${text(fact.detail)})`).join(' · '),
    ...document.notices.map(
      (notice) => `> ⚠ ${text(notice.text)}${notice.hint === null ? '' : ` *${text(notice.hint)}*`}`,
    ),
    table(document.validity),
    ...document.figures.flatMap((figure, index) => {
      const heading = `## Figure ${index + 1}. ${text(figure.title)}`;
      return 'missing' in figure
        ? [heading, text(figure.missing)]
        : [heading, `![${text(figure.alternative)}](figures/${figure.name}.svg)`, text(figure.caption)];
    }),
    ...document.sections.flatMap((section) => [`## ${text(section.title)}`, ...section.parts.map(part)]),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

const sentence = (pieces: Sentence): string =>
  pieces.map((piece) => (piece.strong ? `**${text(piece.text)}**` : text(piece.text))).join('');

function part(content: SectionPart): string {
  switch (content.kind) {
    case 'text':
      return text(content.text);
    case 'commands':
      return ['```sh', ...content.lines.map(printable), '```'].join('\n');
    case 'table':
      return table(content.table);
    default:
      return unreachable(content);
  }
}

function table({ caption, columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `${text(caption)}:`,
    '',
    line(columns.map((column) => text(column.label))),
    line(columns.map((column) => (column.numeric ? '--:' : ':--'))),
    ...rows.map((row) => line(row.map(cellText))),
  ].join('\n');
}

const cellText = (cell: Cell): string =>
  cell.detail === '' ? text(cell.text) : `${text(cell.text)} (${text(cell.detail)})`;
