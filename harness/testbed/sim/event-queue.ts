/** A queue of events in virtual time: the earliest first, and among equal times the one that was pushed first. */
export class EventQueue<Event> {
  readonly #heap: { readonly atMs: number; readonly sequence: number; readonly event: Event }[] = [];
  #pushed = 0;

  /** Time of the next event, or Infinity. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Infinity;
  }

  push(atMs: number, event: Event): void {
    const heap = this.#heap;
    heap.push({ atMs, sequence: this.#pushed++, event });
    for (let child = heap.length - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfLater(parent, child)) break;
      child = parent;
    }
  }

  pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.event;
    heap[0] = last;
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && this.#isLater(left, left + 1) ? left + 1 : left;
      if (!this.#swapIfLater(parent, child)) break;
      parent = child;
    }
    return first.event;
  }

  #isLater(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return false;
    return first.atMs > second.atMs || (first.atMs === second.atMs && first.sequence > second.sequence);
  }

  #swapIfLater(parent: number, child: number): boolean {
    const [above, below] = [this.#heap[parent], this.#heap[child]];
    if (above === undefined || below === undefined || !this.#isLater(parent, child)) return false;
    this.#heap[parent] = below;
    this.#heap[child] = above;
    return true;
  }
}
