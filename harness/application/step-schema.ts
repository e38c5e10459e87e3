import { z } from 'zod';
import { mapping, quantity } from '../yaml/fields.ts';
import { call, list, oneKind, text } from './schema-fields.ts';

export interface ParsedStep {
  readonly call?: string | undefined;
  readonly parallel?: readonly string[] | undefined;
  readonly choice?: string | undefined;
  readonly chance?: number | undefined;
  readonly then?: readonly ParsedStep[] | undefined;
  readonly otherwise?: readonly ParsedStep[] | undefined;
}
export interface WrittenStep extends Omit<ParsedStep, 'chance' | 'then' | 'otherwise'> {
  readonly chance?: string | undefined;
  readonly then?: readonly WrittenStep[] | undefined;
  readonly otherwise?: readonly WrittenStep[] | undefined;
}

export const steps: z.ZodType<readonly ParsedStep[], readonly WrittenStep[]> = z.lazy(() =>
  list(
    step,
    'steps',
    { title: 'Steps', description: 'What an operation does, in this order. Empty: it calls nobody.' },
    0,
    64,
  ),
);

const step: z.ZodType<ParsedStep, WrittenStep> = mapping({
  call: call.optional(),
  parallel: list(
    call,
    'calls',
    { title: 'Parallel', description: 'Calls at the same time; the step ends when the last has answered.' },
    2,
    16,
  ).optional(),
  choice: text(80, {
    title: 'Choice',
    description: 'What decides between `then` and `otherwise`.',
    examples: ['cache miss'],
  }).optional(),
  chance: quantity(
    'share',
    { title: 'Chance', description: 'Of `then`.', examples: ['5 %'] },
    { from: '0 %', to: '100 %' },
  ).optional(),
  then: steps.optional().meta({ title: 'Then', description: 'Steps with probability `chance`.' }),
  otherwise: steps.optional().meta({ title: 'Otherwise', description: 'Steps if not. One of both may be missing.' }),
}).check(oneKind({ call: [], parallel: [], choice: ['chance', 'then', 'otherwise'] }), ({ value, issues }) => {
  if (value.choice === undefined) return;
  if (value.chance === undefined) {
    issues.push({ code: 'custom', message: 'missing, expected a share such as 2 %', path: ['chance'], input: value });
  }
  if ((value.then ?? []).length + (value.otherwise ?? []).length > 0) return;
  issues.push({
    code: 'custom',
    message: 'chooses between nothing, expected steps in then or otherwise',
    input: value,
  });
});
