import { expect, test } from 'vitest';
import { z } from 'zod';
import { explainPolicy } from '../../../harness/cli/policies.ts';
import type { PolicyKind } from '../../../harness/policy/port.ts';
import { mapping, quantity } from '../../../harness/yaml/fields.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { runCli } from '../../rig/cli.ts';

const plain = { columns: 60, style: (_style: string, text: string): string => text };

const options = mapping({
  target: quantity(
    'share',
    { title: 'Target', description: 'Of the CPU request, on average over the replicas that are ready.' },
    { from: '1 %', to: '100 %' },
  ).prefault('80 %'),
  mode: z.enum(['fast', 'slow']).prefault('slow').meta({ description: 'How.' }),
});
const example: PolicyKind<z.output<typeof options>> = {
  name: 'example',
  summary: 'Keeps the share of the CPU request that replicas use where it is to be.',
  source: 'A paper that everybody knows, Conference 2020',
  variants: ['The paper does not say how it rounds: `ceil`, as the code that was released with it does.'],
  published: [
    { claim: 'CPU -22 %', against: 'hpa', setUp: '25 machines, one hour', source: 'abstract' },
    { claim: 'p99 -20 %', against: 'all', setUp: '30 machines, a day', source: 'figure 9' },
    { claim: 'slack 46 %', against: 'hpa', setUp: '25 machines, one hour', source: 'figure 4' },
  ],
  options,
  demands: () => ({
    intervalSeconds: 15,
    longestWindowSeconds: 300,
    needs: ['cpu-usage', 'cpu-request'],
    acts: ['replicas'],
  }),
};

test('an explanation has all that the kind says of itself, and options with their defaults', () => {
  expect(explainPolicy(example, plain)).toBe(`example
  Keeps the share of the CPU request that replicas use where
  it is to be.

  follows   A paper that everybody knows, Conference 2020
  interval  15 s, longest window 5 min, before time
            compression
  sees      CPU time of each replica; a CPU request of each
            replica
  decides   replicas

Options, with their defaults
  target: 80 %
      Of the CPU request, on average over the replicas that
      are ready.
  mode: slow
      How. One of fast, slow.

Variants and readings
  - The paper does not say how it rounds: \`ceil\`, as the
    code that was released with it does.

Published numbers: to stand beside measured ones, never a target
  25 machines, one hour
    - CPU -22 %, against hpa; abstract
    - slack 46 %, against hpa; figure 4
  30 machines, a day
    - p99 -20 %, against all; figure 9

In a profile
  arms:
    - { name: mine, policy: example }

More: docs/policies/example.md
`);
});

test('what depends on options that have to be given is said to, and nothing is made up', () => {
  const needy = mapping({ command: z.string().meta({ description: 'What runs.' }) });
  const text = explainPolicy({ ...example, options: needy, source: null, variants: [], published: [] }, plain);

  expect(text.split('\n').slice(4, 10)).toEqual([
    '  follows   nobody: it is our own',
    '  interval  as its options say',
    '',
    'Options, with their defaults',
    '  command: (required)',
    '      What runs.',
  ]);
});

test('the list names every policy, and each can be explained, in 80 columns and without colours where nobody looks', async () => {
  const folder = temporaryFolder();
  const list = await runCli(['policies'], { folder });
  expect(list).toMatchObject({ exitCode: 0, stderr: '' });
  for (const name of ['static', 'hpa', 'showar', 'process']) {
    expect(list.stdout).toMatch(new RegExp(`^${name} +\\S`, 'm'));
    const { exitCode, stdout, stderr } = await runCli(['policies', name], { folder });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.startsWith(`${name}\n`)).toBe(true);
    const isTooLong = (line: string): boolean => line.length > 80 && line.trim().includes(' ');
    expect(stdout.split('\n').filter(isTooLong)).toEqual([]);
    expect(stdout).not.toContain('\u001b');
  }
});

test('an unknown name ends with 2 and the one that was meant', async () => {
  const { exitCode, stdout, stderr } = await runCli(['policies', 'statik'], { folder: temporaryFolder() });

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe(
    'error: unknown policy "statik", did you mean "static"?\n  `npx scalelab policies` lists them.\n',
  );
});
