import type { PolicyKind } from '../port.ts';
import { processOptions, type ProcessOptions } from './process-options.ts';

/** Any program that speaks JSON lines, and any TypeScript file, as a policy. `startProcessPolicy` starts it. */
export const processKind: PolicyKind<ProcessOptions> = {
  name: 'process',
  summary:
    'Your own policy: a program in any language that speaks JSON lines, or a TypeScript file (docs/policies/process.md).',
  source: null,
  published: [],
  variants: [
    '`command` starts a program, `file` a TypeScript or JavaScript file that exports `createPolicy(options, context)`.',
    'It runs in a process of its own, on the CPUs of the harness; its CPU time and memory are measured and reported.',
  ],
  options: processOptions,
  demands: ({ intervalSeconds, windowSeconds, needs, acts }) => ({
    intervalSeconds,
    longestWindowSeconds: windowSeconds,
    needs,
    acts,
  }),
};
