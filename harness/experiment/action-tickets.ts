import type { Action, Decision } from '../telemetry/action.ts';
import type { LiveTrial } from '../testbed/port.ts';

/**
 * The decisions of a policy in the order in which they were wanted, under one row of numbers: those that were refused before the testbed saw them, and
 * those that it has tickets of. What others did is among them from when it was first seen.
 */
export class ActionTickets {
  readonly #live: Pick<LiveTrial, 'actuate' | 'actions'>;
  /** The place in the row is the number. */
  readonly #row: { readonly ticket: Action; readonly isOfTestbed: boolean }[] = [];

  constructor(live: Pick<LiveTrial, 'actuate' | 'actions'>) {
    this.#live = live;
  }

  refuse(decision: Decision, wantedAtMs: number, note: string): void {
    const ticket: Action = {
      ...{ id: 0, by: 'policy', decision, state: 'refused', wantedAtMs },
      ...{ acceptedAtMs: null, effectiveAtMs: null, note },
    };
    this.#row.push({ ticket, isOfTestbed: false });
  }

  actuate(decision: Decision, wantedAtMs: number): void {
    this.#row.push({ ticket: this.#live.actuate(decision, wantedAtMs), isOfTestbed: true });
  }

  /** All so far, as they stand now. */
  all(): readonly Action[] {
    const now = new Map(this.#live.actions().map((action) => [action.id, action]));
    const known = new Set(this.#row.flatMap(({ ticket, isOfTestbed }) => (isOfTestbed ? [ticket.id] : [])));
    for (const action of now.values()) if (!known.has(action.id)) this.#row.push({ ticket: action, isOfTestbed: true });
    return this.#row.map(({ ticket, isOfTestbed }, index) => ({
      ...((isOfTestbed ? now.get(ticket.id) : undefined) ?? ticket),
      id: index + 1,
    }));
  }
}
