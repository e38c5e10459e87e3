import { z } from 'zod';
import { decisionKinds, type DecisionKind } from '../../telemetry/action.ts';
import { choice, expecting, mapping, quantity } from '../../yaml/fields.ts';
import type { JsonObject } from '../../plan/plan.ts';
import { policyInputs, type PolicyInput } from '../port.ts';

/** A program of the user as a policy. A type and no interface, so that it is JSON. */
export type ProcessOptions = {
  /** The program and its arguments; null for a `file`. */
  readonly command: readonly string[] | null;
  /** A TypeScript or JavaScript file that exports `createPolicy`; null for a `command`. Seen from the folder in which Scalelab was started. */
  readonly file: string | null;
  /** Between two windows, as published: before time compression. */
  readonly intervalSeconds: number;
  /** Of the longest window over which the program looks back, as published. */
  readonly windowSeconds: number;
  /** What the program is told, as written. */
  readonly options: JsonObject;
  readonly needs: readonly PolicyInput[];
  readonly acts: readonly DecisionKind[];
  /** Whether samples have the histograms of waits too. */
  readonly histograms: boolean;
};

const inputs = Object.keys(policyInputs) as [PolicyInput, ...PolicyInput[]]; // Object.keys gives string[] whatever the keys are.

const command = z
  .array(
    z.string(expecting('an argument, as text in quotation marks')).min(1),
    expecting('a list such as [python3, my-policy.py]'),
  )
  .min(1, 'found an empty list, expected a program such as [python3, my-policy.py]')
  .meta({
    title: 'Command',
    description:
      'The program and its arguments. The first word is looked for on PATH, or is a path; paths are seen from the folder in which Scalelab is started. No shell is involved.',
    examples: [['python3', 'profiles/policies/threshold.py']],
  });

const filePattern = /\.[cm]?[jt]s$/;
const file = z
  .string(expecting('a file such as ./my-policy.ts'))
  .regex(filePattern, expecting('a file that ends in .ts, .mts, .cts, .js, .mjs or .cjs'))
  .meta({
    title: 'File',
    description:
      'A TypeScript or JavaScript file that exports createPolicy(options, context). Seen from the folder in which Scalelab is started.',
    examples: ['profiles/policies/headroom.ts'],
  });

const duration = (title: string, description: string): z.ZodType<number, string> =>
  quantity('duration', { title, description, examples: ['15s'] }, { from: '100ms', to: '24h' });

const written = mapping(
  {
    command: command.optional(),
    file: file.optional(),
    interval: duration('Interval', 'How often it is asked, before time compression.').prefault('15s'),
    window: duration(
      'Window',
      'The longest time over which it looks back, before time compression: a trial takes at least twice as long. Default: the interval.',
    ).optional(),
    options: z
      .record(z.string(), z.json(), expecting('a mapping'))
      .default({})
      .meta({ title: 'Options', description: 'Handed to the program as JSON.', examples: [{ target: 0.6 }] }),
    needs: z
      .array(
        choice('input', inputs, { title: 'Input', description: 'What it has to see.' }),
        expecting('a list of inputs'),
      )
      .default([])
      .meta({
        title: 'Needs',
        description: 'What it has to see: a testbed that cannot give it is refused before the start.',
        examples: [['cpu-usage', 'cpu-request']],
      }),
    acts: z
      .array(
        choice('action', decisionKinds, { title: 'Action', description: 'What it decides.' }),
        expecting('a list of actions'),
      )
      .default(['replicas'])
      .meta({ title: 'Acts', description: 'The kinds of its decisions.', examples: [['replicas', 'cpu']] }),
    histograms: z.boolean(expecting('true or false')).default(false).meta({
      title: 'Histograms',
      description: 'Whether samples have the histograms of run-queue waits, not only their quantiles.',
    }),
  },
  ['name'],
);

export const processOptions: z.ZodType<ProcessOptions> = written.transform((options, context): ProcessOptions => {
  const { command: program = null, file: module = null, interval, window = interval, histograms } = options;
  const refuse = (path: string[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  if (program === null && module === null)
    refuse([], 'neither command nor file, expected command: [python3, my-policy.py] or file: ./my-policy.ts');
  if (program !== null && module !== null) refuse(['file'], 'beside a command, expected either of the two');
  if (window < interval) refuse(['window'], 'shorter than the interval, expected at least as long');
  return {
    ...{ command: program, file: module },
    ...{ intervalSeconds: interval / 1000, windowSeconds: window / 1000 },
    options: options.options,
    needs: [...new Set([...options.needs, ...(histograms ? (['wait-histogram'] as const) : [])])],
    acts: [...new Set(options.acts)],
    histograms,
  };
});
