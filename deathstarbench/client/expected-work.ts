import type { Application, Call, Operation, Step } from '../../harness/application/application.ts';
import { drawQuantity } from '../../harness/application/draw-quantity.ts';
import { deriveDraw, uniformDraw } from '../../harness/application/draw.ts';
import { unreachable } from '../../harness/core/unreachable.ts';
import { naturalLogarithm } from './natural-logarithm.ts';

/** One execution of an operation. */
export interface ExpectedWork {
  /** The number of its span; the front's is 1. */
  readonly id: number;
  /** The number of its caller's span; 0 for the front. */
  readonly parent: number;
  readonly service: string;
  readonly operation: string;
  /** Microseconds of CPU time, `cpuScale` included. */
  readonly demandMicros: number;
}

/**
 * Everything that one request makes the application do if nothing fails, in the order of the model: what the twin draws, drawn again. The
 * rule stands in `deathstarbench/twin/README.md`.
 * @param endpointName one of the application's
 * @param seed of the request, 32 bits without sign
 */
export function expectedWork(application: Application, endpointName: string, seed: number): readonly ExpectedWork[] {
  const endpoint = application.endpoints.find(({ name }) => name === endpointName);
  if (!endpoint) throw new RangeError(`no endpoint ${endpointName}`);
  const work: ExpectedWork[] = [];
  new Execution(application, seed, work).run(endpoint, 1, 0, deriveDraw(seed, workNumber));
  return work;
}

/** Far from the numbers that quantities and the parts of a request have. */
const workNumber = 1_000_000;

class Execution {
  readonly #application: Application;
  readonly #rootSeed: number;
  readonly #work: ExpectedWork[];

  constructor(application: Application, rootSeed: number, work: ExpectedWork[]) {
    this.#application = application;
    this.#rootSeed = rootSeed;
    this.#work = work;
  }

  run(call: Call, id: number, parent: number, pathSeed: number): void {
    const operation = this.#operationOf(call);
    const demandMicros = this.#demand(operation, pathSeed);
    this.#work.push({ id, parent, service: call.service, operation: call.operation, demandMicros });
    this.#runSteps(operation.steps, pathSeed, id, id + 1);
  }

  /** @param firstId of the first call of the list; each call takes as many numbers as it could ever need */
  #runSteps(steps: readonly Step[], listSeed: number, parent: number, firstId: number): void {
    let id = firstId;
    steps.forEach((step, number) => {
      this.#runStep(step, deriveDraw(listSeed, 1 + number), parent, id);
      id += this.#mostExecutions(step);
    });
  }

  #runStep(step: Step, seed: number, parent: number, firstId: number): void {
    switch (step.kind) {
      case 'call':
        this.run(step, firstId, parent, deriveDraw(seed, 0));
        return;
      case 'parallel': {
        let id = firstId;
        step.calls.forEach((call, number) => {
          this.run(call, id, parent, deriveDraw(seed, number));
          id += this.#executionsOf(call);
        });
        return;
      }
      case 'choice':
        if (uniformDraw(seed, 0) < step.chance) {
          this.#runSteps(step.then, deriveDraw(seed, 1), parent, firstId);
        } else {
          const skipped = step.then.reduce((sum, inner) => sum + this.#mostExecutions(inner), 0);
          this.#runSteps(step.otherwise, deriveDraw(seed, 2), parent, firstId + skipped);
        }
        return;
      default:
        unreachable(step);
    }
  }

  #demand({ cpu }: Operation, pathSeed: number): number {
    const { cpuScale, quantities } = this.#application;
    let items = 0;
    for (const name of cpu.items) {
      const index = quantities.findIndex((quantity) => quantity.name === name);
      const quantity = quantities[index];
      if (quantity) items += drawQuantity(quantity.distribution, uniformDraw(this.#rootSeed, index));
    }
    // In this order, as the twin: it gets both factors with the scale in them.
    const mean = cpu.meanMicros * cpuScale + cpu.perItemMicros * cpuScale * items;
    return cpu.shape === 'exponential' ? -mean * naturalLogarithm(uniformDraw(pathSeed, 0)) : mean;
  }

  #mostExecutions(step: Step): number {
    switch (step.kind) {
      case 'call':
        return this.#executionsOf(step);
      case 'parallel':
        return step.calls.reduce((sum, call) => sum + this.#executionsOf(call), 0);
      case 'choice':
        return [...step.then, ...step.otherwise].reduce((sum, inner) => sum + this.#mostExecutions(inner), 0);
      default:
        return unreachable(step);
    }
  }

  #executionsOf(call: Call): number {
    return this.#operationOf(call).steps.reduce((sum, step) => sum + this.#mostExecutions(step), 1);
  }

  #operationOf({ service, operation }: Call): Operation {
    const found = this.#application.services
      .find(({ name }) => name === service)
      ?.operations.find(({ name }) => name === operation);
    if (!found) throw new RangeError(`no operation ${service}/${operation}`);
    return found;
  }
}
