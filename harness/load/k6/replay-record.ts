import { unreachable } from '../../core/unreachable.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../../telemetry/request-log.ts';
import type { ArrivalSchedule } from '../arrival-schedule.ts';
import { parseReplayLine, type ReplayLine } from './replay-line.ts';

/** Of k6: the request timed out. */
const timeoutCode = 1050;
/** Of k6: anything that has no code of its own, such as a connection that was closed, and a run that was interrupted. */
const otherCode = 1000;

/** When a run is interrupted, its requests in flight fail at once; a failure longer before its end is one of its own. */
const interruptionMs = 1000;

/** Lines that could not be used: how many, and the first of them. */
export interface OddLines {
  readonly count: number;
  readonly first: string;
}

/** The request log that becomes of the lines of the script, one by one. A request is `unfinished` until its outcome is known. */
export class ReplayRecord {
  readonly log: RequestLog;
  /** What the script read, or null if it has not said so. */
  read: Omit<Extract<ReplayLine, { readonly kind: 'read' }>, 'kind'> | null = null;
  /** In milliseconds of Unix time; null before the script said it. */
  originWallMs: number | null = null;
  /** Whether the script came to its end, so that nothing is missing. */
  isComplete = false;
  /** Requests that k6 could not make, and why the first. */
  impossible: OddLines | null = null;
  odd: OddLines | null = null;
  /** Requests sent so far, and the latest instant of which a line told, from the origin. */
  sentCount = 0;
  lastMs = 0;
  /** Whose failures may only be the interruption of the run: those after every other answer. */
  #interrupted: number[] = [];

  constructor({ dueMs, endpoint, payloadSeed }: ArrivalSchedule) {
    const { length } = dueMs;
    this.log = {
      dueMs,
      endpoint,
      payloadSeed,
      sentMs: new Float64Array(length).fill(NaN),
      doneMs: new Float64Array(length).fill(NaN),
      outcome: new Uint8Array(length).fill(requestOutcomes.indexOf('unfinished')),
      status: new Uint16Array(length),
      bytes: new Uint32Array(length),
    };
  }

  /** Requests that were sent and of whose end no line told. */
  get unansweredCount(): number {
    const { sentMs, outcome } = this.log;
    const unfinished = requestOutcomes.indexOf('unfinished');
    return outcome.reduce((sum, one, request) => {
      const isOpen = one === unfinished && !Number.isNaN(sentMs[request]);
      return isOpen ? sum + 1 : sum;
    }, 0);
  }

  /** @param text of the console file, without its end */
  add(text: string): void {
    if (text === '') return;
    const line = parseReplayLine(text);
    if (!this.#isPossible(line)) {
      this.odd = oneMore(this.odd, text);
      return;
    }
    if (line.kind === 'done' && line.status === 0 && line.errorCode === otherCode) this.#interrupted.push(line.request);
    else if (line.kind === 'done') this.#interrupted = [];
    this.#apply(line);
  }

  /**
   * No more lines will come: what was not sent was not, for the generator's own reasons. Requests that k6 gave up because it was
   * interrupted stay unfinished.
   */
  finish(): RequestLog {
    const { sentMs, doneMs, outcome } = this.log;
    if (!this.isComplete) {
      for (const request of this.#interrupted) {
        if ((doneMs[request] ?? NaN) < this.lastMs - interruptionMs) continue;
        doneMs[request] = NaN;
        outcome[request] = requestOutcomes.indexOf('unfinished');
      }
    }
    for (const [request, became] of outcome.entries()) {
      if (requestOutcomes[became] === 'unfinished' && Number.isNaN(sentMs[request]))
        this.#settle(request, 'not-sent-generator');
    }
    return this.log;
  }

  /** A line about a request is impossible if there is no such request, it was not sent, or its outcome is known. */
  #isPossible(line: ReplayLine): boolean {
    if (line.kind === 'unreadable') return false;
    if (!('request' in line)) return true;
    const isOpen = requestOutcomes[this.log.outcome[line.request] ?? -1] === 'unfinished';
    const wasSent = !Number.isNaN(this.log.sentMs[line.request]);
    return isOpen && wasSent === (line.kind === 'done' || line.kind === 'fail');
  }

  #apply(line: ReplayLine): void {
    switch (line.kind) {
      case 'read':
        this.read = line;
        return;
      case 'origin':
        this.originWallMs = line.wallMs;
        return;
      case 'sent':
        this.log.sentMs[line.request] = line.sentMs;
        this.sentCount++;
        this.#saw(line.sentMs);
        return;
      case 'done':
        this.log.doneMs[line.request] = line.doneMs;
        this.log.status[line.request] = line.status;
        this.log.bytes[line.request] = line.bytes ?? 0;
        this.#settle(line.request, outcomeOf(line.status, line.errorCode));
        this.#saw(line.doneMs);
        return;
      case 'fail':
        // It never left.
        this.log.sentMs[line.request] = NaN;
        this.sentCount--;
        this.#settle(line.request, 'not-sent-generator');
        this.impossible = oneMore(this.impossible, line.text);
        return;
      case 'held':
        this.#settle(line.request, 'not-sent-in-flight');
        return;
      case 'late':
        this.#settle(line.request, 'not-sent-generator');
        return;
      case 'end':
        this.isComplete = true;
        return;
      case 'unreadable':
        return;
      default:
        unreachable(line);
    }
  }

  #settle(request: number, outcome: RequestOutcome): void {
    this.log.outcome[request] = requestOutcomes.indexOf(outcome);
  }

  #saw(instantMs: number): void {
    this.lastMs = Math.max(this.lastMs, instantMs);
  }
}

function oneMore(lines: OddLines | null, text: string): OddLines {
  return { count: (lines?.count ?? 0) + 1, first: lines?.first ?? text };
}

function outcomeOf(status: number, errorCode: number): RequestOutcome {
  if (status > 0 && status < 400) return 'ok';
  if (status > 0) return 'error-status';
  return errorCode === timeoutCode ? 'timed-out' : 'connection-failed';
}
