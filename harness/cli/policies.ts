import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { exactDuration } from '../core/units.ts';
import { policyInputs, type PolicyDemands, type PolicyKind, type PublishedResult } from '../policy/port.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import { explainFields, type ExplainedField } from '../yaml/explain-fields.ts';
import { policyOffers, type Composition } from './compose.ts';
import type { Terminal } from './terminal.ts';
import { wrapText } from './wrap-text.ts';

/** Lists the policies that an arm may have, or explains one. */
export async function policiesCommand(name: string | undefined, { terminal }: Composition): Promise<ExitStatus> {
  const kinds = await policyOffers();
  if (name === undefined) {
    terminal.out(policyList(kinds, terminal));
    return 0;
  }
  const kind = kinds.find((one) => one.name === name);
  if (kind === undefined) {
    const known = kinds.map((one) => one.name);
    const hint = '`npx scalelab policies` lists them.';
    throw new HarnessError('usage', unknownWord('policy', name, known), { hint });
  }
  terminal.out(explainPolicy(kind, terminal));
  return 0;
}

type Paper = Pick<Terminal, 'columns' | 'style'>;

/** Longer lines are hard to read, however wide the terminal is. */
const widest = 100;

function policyList(kinds: readonly PolicyKind[], paper: Paper): string {
  const columns = Math.min(widest, paper.columns);
  const width = Math.max(...kinds.map(({ name }) => name.length));
  const lines = kinds.map(({ name, summary }) => {
    const text = wrapText(summary, columns, ' '.repeat(width + 2));
    return paper.style('bold', name) + text.slice(name.length);
  });
  const more = '`npx scalelab policies NAME` explains one; docs/policies/ has a page for each.';
  return `${lines.join('')}\n${wrapText(more, columns)}`;
}

/** Everything that its kind says of itself, and its options from their schema. */
export function explainPolicy(kind: PolicyKind, paper: Paper): string {
  const columns = Math.min(widest, paper.columns);
  const heading = (text: string): string => `\n${paper.style('bold', text)}\n`;
  const bullet = (text: string): string => wrapText(text, columns, '    ', '  - ');
  const { data } = kind.options.safeParse({});
  const options = explainFields(kind.options);
  return [
    `${paper.style('bold', kind.name)}\n`,
    wrapText(kind.summary, columns, '  '),
    ...facts(kind, data === undefined ? null : kind.demands(data), columns),
    ...(options.length === 0 ? ['\nIt has no options.\n'] : [heading('Options, with their defaults')]),
    ...options.flatMap((option) => explainOption(option, columns, '  ', paper)),
    ...(kind.variants.length === 0 ? [] : [heading('Variants and readings')]),
    ...kind.variants.map(bullet),
    ...(kind.published.length === 0
      ? []
      : [heading('Published numbers: to stand beside measured ones, never a target')]),
    ...publishedNumbers(kind.published, columns),
    heading('In a profile'),
    `  arms:\n    - { name: mine, policy: ${kind.name} }\n`,
    `\nMore: docs/policies/${kind.name}.md\n`,
  ].join('');
}

function facts({ source }: PolicyKind, demands: PolicyDemands | null, columns: number): readonly string[] {
  const fact = (name: string, text: string): string => wrapText(text, columns, ' '.repeat(12), `  ${name.padEnd(10)}`);
  const seconds = (value: number): string => exactDuration(value * 1000);
  return [
    '\n',
    fact('follows', source ?? 'nobody: it is our own'),
    ...(demands === null
      ? [fact('interval', 'as its options say')]
      : [
          fact(
            'interval',
            `${seconds(demands.intervalSeconds)}${windowText(demands, seconds)}, before time compression`,
          ),
          fact('sees', demands.needs.map((need) => policyInputs[need]).join('; ') || 'nothing'),
          fact('decides', demands.acts.join(', ') || 'nothing'),
        ]),
  ];
}

/** Numbers of one set-up stand together. */
function publishedNumbers(published: readonly PublishedResult[], columns: number): readonly string[] {
  const setUps = [...new Set(published.map(({ setUp }) => setUp))];
  return setUps.flatMap((setUp) => [
    wrapText(setUp, columns, '  '),
    ...published
      .filter((one) => one.setUp === setUp)
      .map(({ claim, against, source }) =>
        wrapText(`${claim}, against ${against}; ${source}`, columns, '      ', '    - '),
      ),
  ]);
}

function windowText({ longestWindowSeconds }: PolicyDemands, seconds: (value: number) => string): string {
  return longestWindowSeconds === 0 ? '' : `, longest window ${seconds(longestWindowSeconds)}`;
}

function explainOption(option: ExplainedField, columns: number, indent: string, paper: Paper): readonly string[] {
  const { name, byDefault, isRequired, description, words, inner } = option;
  const value = byDefault ?? (isRequired ? '(required)' : '(none)');
  const choices = words.length === 0 ? '' : ` One of ${words.join(', ')}.`;
  return [
    `${indent}${paper.style('bold', name)}: ${value}\n`,
    ...(description + choices === '' ? [] : [wrapText(`${description}${choices}`, columns, `${indent}    `)]),
    ...inner.flatMap((one) => explainOption(one, columns, `${indent}  `, paper)),
  ];
}
