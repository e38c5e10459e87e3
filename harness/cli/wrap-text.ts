/**
 * Text as lines of at most `columns` characters, broken between words. A word that is longer has a line of its own.
 * @param indent before every line but the first
 * @param first before the first line: what it is about
 */
export function wrapText(text: string, columns: number, indent = '', first = indent): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((one) => `${one.trimEnd()}\n`).join('');
}
