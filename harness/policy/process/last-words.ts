const mostLines = 3;
const longestText = 600;

/** Neither says what went wrong: marks below a piece of code, and the version that Node adds. */
const decoration = /^[\s^~]*$|^Node\.js v[\d.]+$/;

/** The last lines that a program wrote to standard error, in one; empty if it wrote none. */
export function lastWords(standardError: string): string {
  const lines = standardError.split('\n').filter((line) => !decoration.test(line));
  const words = lines
    .slice(-mostLines)
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .join('; ');
  return words.length > longestText ? `...${words.slice(-longestText)}` : words;
}
