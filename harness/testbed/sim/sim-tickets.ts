import type { Action, Decision } from '../../telemetry/action.ts';

/** What became of a decision at once. */
export type Reception =
  | { readonly state: 'effective' | 'in-progress' | 'unchanged'; readonly note: string | null }
  | { readonly state: 'refused'; readonly note: string };

/** The tickets of a trial, numbered from 1 in the order in which they were wanted. */
export class SimTickets {
  readonly #tickets: Action[] = [];

  /** A decision that changes something takes the place of one about the same field that is in progress. */
  add(decision: Decision, wantedAtMs: number, { state, note }: Reception): Action {
    if (state === 'effective' || state === 'in-progress') {
      this.#change(decision.kind, decision.service, (ticket) => ({ ...ticket, state: 'superseded' }));
    }
    const acceptedAtMs = state === 'refused' ? null : wantedAtMs;
    const effectiveAtMs = state === 'effective' ? wantedAtMs : null;
    const id = this.#tickets.length + 1;
    const ticket: Action = { id, by: 'policy', decision, state, wantedAtMs, acceptedAtMs, effectiveAtMs, note };
    this.#tickets.push(ticket);
    return ticket;
  }

  /** What was in progress is there. */
  settle(kind: Decision['kind'], service: string, nowMs: number): void {
    this.#change(kind, service, (ticket) => ({ ...ticket, state: 'effective', effectiveAtMs: nowMs }));
  }

  all(): readonly Action[] {
    return [...this.#tickets];
  }

  /** As it stands now. */
  get(id: number): Action {
    const ticket = this.#tickets[id - 1];
    if (ticket === undefined) throw new RangeError(`no ticket ${id}`);
    return ticket;
  }

  #change(kind: Decision['kind'], service: string, change: (ticket: Action) => Action): void {
    for (const [index, ticket] of this.#tickets.entries()) {
      const { decision, state } = ticket;
      if (state !== 'in-progress' || decision.kind !== kind || decision.service !== service) continue;
      this.#tickets[index] = change(ticket);
    }
  }
}
