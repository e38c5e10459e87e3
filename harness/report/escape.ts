/** Names come from profiles and may hold anything; each output has its own way to be broken out of. */

/** One line without control characters or marks that turn the direction of text: they become `�`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, '\ufffd');
}

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, inside elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => htmlEntities[character] ?? '');
}

/** Text for Markdown, inside paragraphs, headings and table cells. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|~#!]/g, (character) => `\\${character}`);
}

/** JSON for the inside of a `<script>` element: valid JSON, and nothing in it can end the element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Program text for the inside of a `<script>` element. In strings and patterns, where these texts stand, `\\x3c` is `<`. */
export function scriptProgram(program: string): string {
  return program.replace(/<(?=\/script|!--)/gi, '\\x3c');
}

/** An argument for a POSIX shell, quoted only if it has to be. */
export function shellArgument(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
