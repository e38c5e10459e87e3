import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents, projectRoot, readProjectFile } from './project-files.ts';

/** The id that a heading gets where Markdown is shown: `## Failed trials` is `failed-trials`. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

function anchorsOf(file: string): readonly string[] {
  return [...readProjectFile(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ''));
}

describe.each(documents())('%s', (file) => {
  const text = readProjectFile(file);

  test('every link points to something that exists', () => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
    const broken = targets
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const linked = path === '' ? file : posix.join(posix.dirname(file), path);
        if (!existsSync(join(projectRoot, linked))) return true;
        return anchor !== undefined && linked.endsWith('.md') && !anchorsOf(linked).includes(anchor);
      });

    expect(broken).toEqual([]);
  });

  test('every command line of ours can be run', () => {
    const wrong = commandsIn(text)
      .map(objectionTo)
      .filter((objection) => objection !== null);

    expect(wrong).toEqual([]);
  });

  test('every npm script named exists', () => {
    const { scripts } = JSON.parse(readProjectFile('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm (?:run ([a-z][a-z:]*)|(start|test)\b)/g)].map(
      ([, run, own]) => run ?? own ?? '',
    );

    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** `npx scalelab run FILE --set a=b  # why` gives `run`, `FILE`, `--set`, `a=b`. */
function commandsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/npx scalelab((?: +[^\s`#|&;>)]+)+)/g)].map(([, rest]) => (rest ?? '').trim().split(/ +/));
}

function objectionTo(words: readonly string[]): string | null {
  const line = `npx scalelab ${words.join(' ')}`;
  const [command = ''] = words;
  const options = words.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? word);
  const isCommand = !command.startsWith('-');
  if (isCommand && !new RegExp(`^ +${command}\\b`, 'm').test(helpOf([])))
    return `${line}: there is no command ${command}`;
  const help = helpOf(isCommand ? withInner(command, words[1]) : []);
  const unknown = options.filter((option) => !new RegExp(`(^|[\\s,])${option}(?![\\w-])`, 'm').test(help));
  return unknown.length === 0 ? null : `${line}: no option ${unknown.join(', ')}`;
}

/** Some commands hold others: `app up`. */
function withInner(command: string, inner: string | undefined): readonly string[] {
  const [, commands = ''] = helpOf([command]).split('\nCommands:\n');
  return inner !== undefined && new RegExp(`^ +${inner}\\b`, 'm').test(commands) ? [command, inner] : [command];
}

const helpTexts = new Map<string, string>();
function helpOf(command: readonly string[]): string {
  const key = command.join(' ');
  const known = helpTexts.get(key);
  if (known !== undefined) return known;
  // The built program, as a user would start it; `npm test` builds it first.
  const program = join(projectRoot, 'dist/harness/cli/main.js');
  const help = execFileSync(process.execPath, [program, ...command, '--help'], { encoding: 'utf8' });
  helpTexts.set(key, help);
  return help;
}

test('commands are found in fences, in tables and in sentences', () => {
  const text = [
    '    npx scalelab run profiles/a.yaml --set blocks=2   # again',
    'With `npx scalelab trace --interval 1` (or npx scalelab --help) | npx scalelab check |',
  ].join('\n');

  expect(commandsIn(text)).toEqual([
    ['run', 'profiles/a.yaml', '--set', 'blocks=2'],
    ['trace', '--interval', '1'],
    ['--help'],
    ['check'],
  ]);
});
