import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Of a log, from its end. */
const tailBytes = 262_144;
const mostLines = 3;
const longestText = 600;

/**
 * Why k6 ended, in its own words: the last errors of its log, or the last lines if there are none, each with its cause. Empty if it said
 * nothing.
 * @param logFile written with `--log-format json`
 * @param standardError where it writes what goes wrong before it has a log
 */
export function lastWords(logFile: string, standardError: string): string {
  const lines = [...standardError.split('\n'), ...tailOf(logFile).split('\n')];
  // Then it is followed by hundreds of lines about goroutines.
  const crash = lines.find((line) => /^(panic|fatal error|runtime|SIG[A-Z]+): /.test(line));
  if (crash !== undefined) return crash;
  const entries = lines.map(readEntry).filter(hasText);
  const errors = entries.filter(({ isError }) => isError);
  const chosen = (errors.length > 0 ? errors : entries).map(({ text }) => text);
  const distinct = chosen.filter((text, index) => chosen.indexOf(text) === index).slice(-mostLines);
  return distinct.map((text) => (text.length > longestText ? `${text.slice(0, longestText)}...` : text)).join('; ');
}

interface LogEntry {
  readonly isError: boolean;
  readonly text: string;
}

function hasText({ text }: LogEntry): boolean {
  return text !== '';
}

/** A line as k6 writes it as JSON or as text, or as the Go runtime does. */
function readEntry(line: string): LogEntry {
  const json = readJson(line);
  if (json) return json;
  const isK6 = /^time="/.test(line);
  if (!isK6) return { isError: true, text: line.trim() };
  const [, level = ''] = /\blevel=(\w+)/.exec(line) ?? [];
  const message = quoted(line, 'msg');
  const cause = quoted(line, 'error');
  return { isError: isErrorLevel(level), text: joined(message, cause) };
}

function readJson(line: string): LogEntry | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    const text = (key: string): string => {
      const found: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
      return typeof found === 'string' ? found : '';
    };
    return { isError: isErrorLevel(text('level')), text: joined(text('msg'), text('error')) };
  } catch {
    return null;
  }
}

function isErrorLevel(level: string): boolean {
  return ['error', 'fatal', 'panic'].includes(level);
}

/** The value of a field that stands in quotation marks, as logrus writes it. */
function quoted(line: string, field: string): string {
  const [, value] = new RegExp(` ${field}=("(?:[^"\\\\]|\\\\.)*"|\\S+)`).exec(line) ?? [];
  if (value === undefined) return '';
  return value.startsWith('"')
    ? value.slice(1, -1).replaceAll(/\\(.)/g, (_, c: string) => (/[nt]/.test(c) ? ' ' : c))
    : value;
}

function joined(message: string, cause: string): string {
  return [message, cause]
    .filter((text) => text !== '')
    .join(': ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The end of a file, from the beginning of a line on; empty if it is not there. */
function tailOf(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(descriptor);
    const from = Math.max(0, size - tailBytes);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    const length = readSync(descriptor, bytes, 0, bytes.length, from);
    const text = bytes.toString('utf8', 0, length);
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    closeSync(descriptor);
  }
}
