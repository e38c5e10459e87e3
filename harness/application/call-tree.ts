import type { Application, Call, Operation, Step } from './application.ts';
import { unreachable } from '../core/unreachable.ts';

/** An execution of an operation, and what it calls: the operation's steps with its calls opened. */
export interface CallTree extends Call {
  readonly steps: readonly TreeStep[];
}

export type TreeStep =
  | { readonly kind: 'call'; readonly call: CallTree }
  | { readonly kind: 'parallel'; readonly calls: readonly CallTree[] }
  | {
      readonly kind: 'choice';
      readonly on: string;
      readonly chance: number;
      readonly then: readonly TreeStep[];
      readonly otherwise: readonly TreeStep[];
    };

/** Everything that a request to an endpoint may cause, from its front down. */
export function callTree(application: Application, endpoint: Call): CallTree {
  const open = ({ service, operation }: Call): CallTree => ({
    service,
    operation,
    steps: operationOf(application, { service, operation }).steps.map(openStep),
  });
  const openStep = (step: Step): TreeStep => {
    switch (step.kind) {
      case 'call':
        return { kind: 'call', call: open(step) };
      case 'parallel':
        return { kind: 'parallel', calls: step.calls.map(open) };
      case 'choice':
        return { ...step, then: step.then.map(openStep), otherwise: step.otherwise.map(openStep) };
      default:
        return unreachable(step);
    }
  };
  return open(endpoint);
}

/** @throws if the application has none such, which a loaded one never has */
export function operationOf({ services }: Pick<Application, 'services'>, call: Call): Operation {
  const service = services.find(({ name }) => name === call.service);
  const operation = service?.operations.find(({ name }) => name === call.operation);
  if (!operation) throw new Error(`no operation ${call.operation} of ${call.service} in the application`);
  return operation;
}
