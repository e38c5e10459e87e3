import { readFile, rename, writeFile } from 'node:fs/promises';

const beginOf = (name: string): string => `<!-- bench:${name} -->`;
const endOf = (name: string): string => `<!-- /bench:${name} -->`;

/** The page with the part between the markers of `name` replaced. Throws if the page has no such part. */
export function replaceSection(page: string, name: string, markdown: string): string {
  const begin = page.indexOf(beginOf(name));
  const end = page.indexOf(endOf(name));
  if (begin < 0 || end < begin) throw new Error(`The page has no part between ${beginOf(name)} and ${endOf(name)}.`);
  return `${page.slice(0, begin + beginOf(name).length)}\n\n${markdown.trim()}\n\n${page.slice(end)}`;
}

/** Puts a result into the page, whole or not at all. */
export async function writeSection(file: string, name: string, markdown: string): Promise<void> {
  const page = replaceSection(await readFile(file, 'utf8'), name, markdown);
  await writeFile(`${file}.new`, page);
  await rename(`${file}.new`, file);
}
