const mostLines = 3;
const longestText = 600;

/** Says nothing about what went wrong: marks below a piece of code; and what Node writes behind the error, its stack, its fields, its version. */
const decoration = /^[\s^~]*$|^\s+at |^\s+(code|errno|syscall|path|url|requireStack): |^[}\]]$|^Node\.js v[\d.]+$/;

/** The last lines that a program wrote to standard error, in one; empty if it wrote none. */
export function lastWords(standardError: string): string {
  const lines = standardError.split('\n').filter((line) => !decoration.test(line));
  const words = lines
    .slice(-mostLines)
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .join('; ');
  return words.length > longestText ? `...${words.slice(-longestText)}` : words;
}
