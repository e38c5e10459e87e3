import type { FieldPath } from '../yaml/field-path.ts';
import type { ParsedStep } from './step-schema.ts';

/** A call as it stands in the file: `service/operation`. */
export interface WrittenCall {
  readonly written: string;
  readonly path: FieldPath;
}

/** All calls in steps, those of both branches of a choice included, in the order of the file. */
export function writtenCalls(steps: readonly ParsedStep[], path: FieldPath): WrittenCall[] {
  return steps.flatMap((step, index) => {
    const at = [...path, index];
    return [
      ...(step.call === undefined ? [] : [{ written: step.call, path: [...at, 'call'] }]),
      ...(step.parallel ?? []).map((written, number) => ({ written, path: [...at, 'parallel', number] })),
      ...writtenCalls(step.then ?? [], [...at, 'then']),
      ...writtenCalls(step.otherwise ?? [], [...at, 'otherwise']),
    ];
  });
}
