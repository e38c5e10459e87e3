import { HarnessError } from '../../core/errors.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { Action, Decision } from '../../telemetry/action.ts';
import type { LocalApplication } from './application/local-application.ts';
import type { ReplicaShare } from './application/replica.ts';
import type { ServiceReplicas } from './application/service-replicas.ts';
import { hasCode } from './error-code.ts';
import { leastCpuLimitCores, wrongLimits } from './group-limits.ts';

/** What became of a decision at once. */
interface Reception {
  readonly state: 'effective' | 'in-progress' | 'refused' | 'unchanged';
  readonly note: string | null;
}

/** How the kernel says that a limit cannot be had: v1 below what is in use, both what they do not take at all. */
const refusals = ['EBUSY', 'EINVAL', 'ERANGE'];

export interface BookOptions {
  readonly application: Pick<LocalApplication, 'serviceOf'>;
  /** Of the application. */
  readonly cpus: readonly number[];
  /** False where there is no memory controller for us. */
  readonly hasMemoryLimits: boolean;
  /** Milliseconds from the start of the trial. */
  nowMs(): number;
}

/** Carries out decisions about the application of a trial, and keeps a ticket of each. */
export class ActionBook {
  readonly #options: BookOptions;
  /** In the order of their numbers, from 1. */
  readonly #tickets: Action[] = [];

  constructor(options: BookOptions) {
    this.#options = options;
  }

  actions(): readonly Action[] {
    return [...this.#tickets];
  }

  /** Never throws for what the kernel refuses, or this machine cannot do: the ticket says it. */
  actuate(decision: Decision, wantedAtMs: number): Action {
    switch (decision.kind) {
      case 'replicas':
        return this.#scale(decision, wantedAtMs);
      case 'cpu': {
        const { limitCores, requestCores } = decision;
        const isTooLow = limitCores < leastCpuLimitCores;
        const note = isTooLow ? `the kernel gives no limit below ${leastCpuLimitCores} cores` : null;
        const changes = { cpuCores: Math.max(leastCpuLimitCores, limitCores) };
        return this.#resize(
          decision,
          wantedAtMs,
          requestCores === undefined ? changes : { ...changes, requestCores },
          note,
        );
      }
      case 'memory':
        if (!this.#options.hasMemoryLimits)
          return this.#add(decision, wantedAtMs, { state: 'refused', note: 'there is no memory controller for us' });
        return this.#resize(decision, wantedAtMs, { memoryBytes: Math.floor(decision.limitBytes) }, null);
      case 'placement':
        return this.#add(decision, wantedAtMs, { state: 'refused', note: 'there is one machine only' });
      default:
        return unreachable(decision);
    }
  }

  #scale(decision: Extract<Decision, { readonly kind: 'replicas' }>, wantedAtMs: number): Action {
    const service = this.#options.application.serviceOf(decision.service);
    if (service.wanted === decision.replicas) {
      const note = service.isScaling ? 'asked for before, and in progress' : null;
      return this.#add(decision, wantedAtMs, { state: 'unchanged', note });
    }
    this.#change(decision.service, (ticket) => ({ ...ticket, state: 'superseded' }));
    const { id } = this.#add(decision, wantedAtMs, { state: 'in-progress', note: null });
    service.scale(decision.replicas, () => {
      this.#change(decision.service, (ticket) => ({
        ...ticket,
        state: 'effective',
        effectiveAtMs: this.#options.nowMs(),
      }));
    });
    return this.#ticketOf(id);
  }

  /** In place, and so at once: never in progress. */
  #resize(decision: Decision, wantedAtMs: number, changes: Partial<ReplicaShare>, note: string | null): Action {
    const service = this.#options.application.serviceOf(decision.service);
    const after = { ...service.share, ...changes };
    if (isSame(service.share, after)) return this.#add(decision, wantedAtMs, { state: 'unchanged', note });
    try {
      service.resize(changes);
    } catch (error) {
      const code = refusalOf(error);
      if (code === undefined) throw error;
      return this.#add(decision, wantedAtMs, { state: 'refused', note: refusalText(code, service) });
    }
    const notes = [...(note === null ? [] : [note]), ...this.#readBack(service)];
    return this.#add(decision, wantedAtMs, { state: 'effective', note: notes.join('; ') || null });
  }

  /** What the kernel holds otherwise than it was told. */
  #readBack({ replicas, share }: ServiceReplicas): readonly string[] {
    const staying = replicas.filter(({ isWanted }) => isWanted);
    return staying.flatMap(({ id, group }) =>
      wrongLimits(group, share, this.#options.cpus).map((wrong) => `${id} has ${wrong}`),
    );
  }

  #add(decision: Decision, wantedAtMs: number, { state, note }: Reception): Action {
    const nowMs = this.#options.nowMs();
    const ticket: Action = {
      ...{ id: this.#tickets.length + 1, by: 'policy', decision, state, wantedAtMs },
      acceptedAtMs: state === 'refused' ? null : nowMs,
      effectiveAtMs: state === 'effective' ? nowMs : null,
      note,
    };
    this.#tickets.push(ticket);
    return ticket;
  }

  /** Of a service at most one scaling is in progress. */
  #change(service: string, change: (ticket: Action) => Action): void {
    const index = this.#tickets.findIndex(
      ({ state, decision }) => state === 'in-progress' && decision.service === service,
    );
    const ticket = this.#tickets[index];
    if (ticket !== undefined) this.#tickets[index] = change(ticket);
  }

  #ticketOf(id: number): Action {
    const ticket = this.#tickets[id - 1];
    if (ticket === undefined) throw new RangeError(`no ticket ${id}`);
    return ticket;
  }
}

function isSame(one: ReplicaShare, other: ReplicaShare): boolean {
  return (
    one.cpuCores === other.cpuCores && one.requestCores === other.requestCores && one.memoryBytes === other.memoryBytes
  );
}

/** The name of the refusal; undefined if it is none but a fault. */
function refusalOf(error: unknown): string | undefined {
  const cause = error instanceof HarnessError ? error.cause : null;
  return refusals.find((code) => hasCode(cause, code));
}

function refusalText(code: string, { replicas }: ServiceReplicas): string {
  const staying = replicas.filter(({ isWanted }) => isWanted);
  const used = staying.map((replica) => replica.readUsage().memoryBytes ?? 0);
  return code === 'EBUSY'
    ? `the kernel refuses it: up to ${Math.max(0, ...used)} bytes are in use (${code})`
    : `the kernel refuses it (${code})`;
}
