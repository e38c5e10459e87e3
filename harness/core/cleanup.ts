/** Steps that undo what was done, taken in reverse order. One that fails does not keep the others from being taken. */
export class Cleanup implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = [];

  /** Takes over a resource and gives it back, for `const thing = cleanup.use(await start())`. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** May be called twice; the second time there is nothing left to do. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Clean-up was incomplete.');
  }
}
