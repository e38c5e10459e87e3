import type { Application, Call, Step } from './application.ts';
import { operationOf } from './call-tree.ts';

/** A call and how often it is made, on average, in one execution of the operation whose step it is. */
export interface WeighedCall extends Call {
  readonly times: number;
}

/** The calls of steps in their order, those of a choice with its chances; a call that is made twice stands there twice. */
export function weighedCalls(steps: readonly Step[], times = 1): WeighedCall[] {
  return steps.flatMap((step): WeighedCall[] => {
    switch (step.kind) {
      case 'call':
        return [{ service: step.service, operation: step.operation, times }];
      case 'parallel':
        return step.calls.map((call) => ({ ...call, times }));
      case 'choice':
        return [
          ...weighedCalls(step.then, times * step.chance),
          ...weighedCalls(step.otherwise, times * (1 - step.chance)),
        ];
    }
  });
}

/** All operations that the endpoints lead to, each behind all that call it. */
export function callOrder(application: Application): Call[] {
  const behind: Call[] = [];
  const seen = new Set<string>();
  const visit = ({ service, operation }: Call): void => {
    if (seen.has(callName({ service, operation }))) return;
    seen.add(callName({ service, operation }));
    for (const call of weighedCalls(operationOf(application, { service, operation }).steps)) visit(call);
    behind.push({ service, operation });
  };
  for (const endpoint of application.endpoints) visit(endpoint);
  return behind.reverse();
}

/** `service/operation`, as in the file. */
export const callName = ({ service, operation }: Call): string => `${service}/${operation}`;
