import { quantile, sortSample, type SortedSample } from '../statistics/quantile.ts';
import type { LoadCounts, LoadReading } from '../telemetry/load-reading.ts';
import { requestOutcomes, type RequestLog } from '../telemetry/request-log.ts';

const unfinished = requestOutcomes.indexOf('unfinished');
const ok = requestOutcomes.indexOf('ok');
const notSent: readonly number[] = [
  requestOutcomes.indexOf('not-sent-in-flight'),
  requestOutcomes.indexOf('not-sent-generator'),
];

/**
 * Readings from a request log that is still being written. Until its outcome is known, a request is `unfinished`; its other columns
 * are written before the outcome. What happened after the end of a sample, or becomes known late, belongs to a later one.
 */
export class LiveView {
  readonly #log: RequestLog;
  readonly #names: readonly string[];
  /** Requests that were due and had no outcome yet at the last reading. */
  #open: number[] = [];
  /** Whether its sending has been part of a reading. */
  readonly #wasSent: Uint8Array;
  /** The first that was not yet due. */
  #next = 0;

  /** @param names of the endpoints, by the index that the log holds */
  constructor(log: RequestLog, names: readonly string[]) {
    this.#log = log;
    this.#names = names;
    this.#wasSent = new Uint8Array(log.dueMs.length);
  }

  /**
   * Everything since the last call.
   * @param untilMs from the origin of the schedule
   * @param generatorCpuSeconds since the last call
   */
  take(untilMs: number, generatorCpuSeconds: number | null): LoadReading {
    const { dueMs, endpoint, sentMs, doneMs, outcome } = this.#log;
    const tallies = this.#names.map(() => new Tally());
    const latenesses: number[] = [];
    for (; (dueMs[this.#next] ?? NaN) <= untilMs; this.#next++) {
      const tally = tallies[endpoint[this.#next] ?? -1];
      if (tally) tally.offered++;
      this.#open.push(this.#next);
    }
    let inFlight = 0;
    const stillOpen: number[] = [];
    for (const request of this.#open) {
      const tally = tallies[endpoint[request] ?? -1];
      const due = dueMs[request] ?? NaN;
      const sent = sentMs[request] ?? NaN;
      const isLater = (doneMs[request] ?? NaN) > untilMs;
      const became = isLater ? unfinished : (outcome[request] ?? unfinished);
      if (sent <= untilMs && this.#wasSent[request] === 0) {
        this.#wasSent[request] = 1;
        latenesses.push(sent - due);
        if (tally) tally.sent++;
      }
      if (became === unfinished) {
        stillOpen.push(request);
        inFlight += this.#wasSent[request] ?? 0;
      } else if (tally) {
        if (became === ok) tally.latenciesMs.push((doneMs[request] ?? NaN) - due);
        else if (notSent.includes(became)) tally.notSent++;
        else tally.failed++;
      }
    }
    this.#open = stillOpen;
    return {
      endpoints: this.#names.map((endpoint, index) => ({ endpoint, ...(tallies[index] ?? new Tally()).counts() })),
      total: Tally.sum(tallies).counts(),
      generatorCpuSeconds,
      latenessP99Ms: quantile(sortSample(latenesses), 0.99),
      inFlight,
    };
  }
}

/** What is counted of one endpoint, or of all, in one sample. */
class Tally {
  offered = 0;
  sent = 0;
  failed = 0;
  notSent = 0;
  readonly latenciesMs: number[] = [];

  static sum(tallies: readonly Tally[]): Tally {
    const sum = new Tally();
    for (const { offered, sent, failed, notSent, latenciesMs } of tallies) {
      sum.offered += offered;
      sum.sent += sent;
      sum.failed += failed;
      sum.notSent += notSent;
      for (const latencyMs of latenciesMs) sum.latenciesMs.push(latencyMs);
    }
    return sum;
  }

  counts(): LoadCounts {
    const latencies: SortedSample = sortSample(this.latenciesMs);
    return {
      offered: this.offered,
      sent: this.sent,
      completed: latencies.length,
      failed: this.failed,
      notSent: this.notSent,
      p50Ms: quantile(latencies, 0.5),
      p95Ms: quantile(latencies, 0.95),
      p99Ms: quantile(latencies, 0.99),
    };
  }
}
