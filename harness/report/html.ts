import { createHash } from 'node:crypto';
import { unreachable } from '../core/unreachable.ts';
import type { Cell, Fact, Notice, ReportDocument, Section, SectionPart, Table } from './document.ts';
import { escapeHtml, scriptJson, scriptProgram } from './escape.ts';
import type { Figure, MissingFigure } from './figure/figure.ts';
import type { PageData } from './page-data.ts';
import type { Sentence } from './sentence.ts';
import { style } from './style.ts';

/**
 * The report as one HTML file that needs no network.
 * @param drawings SVG by figure name, for print and for readers without scripts
 * @param pageScript the bundled program of `page/`
 */
export function renderHtml(
  document: ReportDocument,
  drawings: ReadonlyMap<string, string>,
  pageData: PageData,
  pageScript: string,
): string {
  const program = scriptProgram(pageScript);
  const hash = createHash('sha256').update(program).digest('base64');
  // Vega writes style attributes, hence 'unsafe-inline' for style alone; scripts run by hash only, and nothing is fetched.
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(document.title)}: Scalelab report</title>
<style>${style}</style>
</head>
<body>
<main>
${header(document)}
${document.figures.map((figure, index) => figureElement(figure, index + 1, drawings)).join('\n')}
${document.sections.map(section).join('\n')}
</main>
<script type="application/json" id="page-data">${scriptJson(pageData)}</script>
<script>${program}</script>
</body>
</html>
`;
}

/** Text without line breaks between a number and its unit, or inside the brackets of an interval. */
function text(plain: string): string {
  return escapeHtml(plain)
    .replace(/(\d) (?=(?:ns|µs|ms|s|%|KiB|MiB|GiB)(?![\w]))/gu, '$1\u00a0')
    .replace(/\[[^\]\s]+, [^\]]{1,24}\]/g, (interval) => interval.replaceAll(' ', '\u00a0'));
}

function header(document: ReportDocument): string {
  const further = document.furtherAnswers
    .map((answer) => `<li><b>${text(answer.label)}</b> ${sentence(answer.sentence)}</li>`)
    .join('\n');
  return `<header>
<h1>${text(document.title)}</h1>
<p class="origin">${text(document.origin)}</p>
${document.description === null ? '' : `<p class="origin">${text(document.description)}</p>`}
<p class="answer">${sentence(document.answer)}</p>
<dl class="facts${document.facts.length > 4 ? ' many' : ''}">${document.facts.map(fact).join('')}</dl>
${further === '' ? '' : `<ul class="further">${further}</ul>`}
${notices(document.notices)}
${table(document.validity)}
</header>`;
}

const sentence = (pieces: Sentence): string =>
  pieces.map((piece) => (piece.strong ? `<strong>${text(piece.text)}</strong>` : text(piece.text))).join('');

const fact = ({ label, value, detail }: Fact): string =>
  `<div><dt>${text(label)}</dt><dd><span>${text(value)}</span> ${text(detail)}</dd></div>`;

function notices(all: readonly Notice[]): string {
  if (all.length === 0) return '';
  const items = all.map(
    ({ text: said, hint }) => `<li>${text(said)}${hint === null ? '' : ` <span>${text(hint)}</span>`}</li>`,
  );
  return `<aside class="notices" aria-label="Before you believe the numbers"><ul>${items.join('')}</ul></aside>`;
}

function figureElement(figure: Figure | MissingFigure, number: number, drawings: ReadonlyMap<string, string>): string {
  const heading = `<h2>${text(figure.title)}</h2>`;
  if ('missing' in figure) return `<section>${heading}<p class="missing">${text(figure.missing)}</p></section>`;
  return `<section>${heading}
<figure>
<div class="drawing" role="img" aria-label="${text(figure.alternative)}">
<div class="live" data-figure="${text(figure.name)}"></div>
<div class="still">${ownIds(drawings.get(figure.name) ?? '', figure.name)}</div>
</div>
<figcaption><b>Figure ${number}.</b> ${text(figure.caption)}</figcaption>
</figure></section>`;
}

/** Vega numbers the ids of clips and gradients anew in each drawing; in one page they must differ. */
function ownIds(svg: string, name: string): string {
  return svg.replace(/ id="([^"]*)"/g, ` id="${name}-$1"`).replace(/url\(#([^)]*)\)/g, `url(#${name}-$1)`);
}

const section = ({ title, parts }: Section): string =>
  `<section><h2>${text(title)}</h2>\n${parts.map(part).join('\n')}\n</section>`;

function part(content: SectionPart): string {
  switch (content.kind) {
    case 'text':
      return `<p>${text(content.text)}</p>`;
    case 'commands':
      return `<pre><code>${content.lines.map(text).join('\n')}</code></pre>`;
    case 'table':
      return content.table.folded
        ? `<details><summary>${text(content.table.caption)}</summary>${table(content.table)}</details>`
        : table(content.table);
    default:
      return unreachable(content);
  }
}

function table({ caption, columns, rows, folded }: Table): string {
  const kind = (index: number): string => (columns[index]?.numeric === true ? ' class="number"' : '');
  const head = columns.map((column, index) => `<th scope="col"${kind(index)}>${text(column.label)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = row.map((cell, index) =>
      index === 0 ? `<th scope="row">${cellText(cell)}</th>` : `<td${kind(index)}>${cellText(cell)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  // A scrolling box takes the focus, so that a keyboard can scroll it.
  return `<div class="scroll" role="region" tabindex="0" aria-label="${text(caption)}"><table>
<caption${folded ? ' class="unseen"' : ''}>${text(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}

const cellText = ({ text: main, detail }: Cell): string =>
  detail === '' ? text(main) : `${text(main)}<small>${text(detail)}</small>`;
