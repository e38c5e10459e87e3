import { existsSync } from 'node:fs';
import type { ArrivalSchedule } from '../../harness/load/arrival-schedule.ts';
import type { LoadDriver, LoadOrder, PreparedLoad } from '../../harness/load/port.ts';
import { scheduleSha256 } from '../../harness/load/schedule-file.ts';
import type { LoadCounts, LoadReading } from '../../harness/telemetry/load-reading.ts';
import type { RequestLog } from '../../harness/telemetry/request-log.ts';
import { cleanGenerator } from './recorded-application.ts';

export interface FakeDriver extends LoadDriver {
  /** What it was told to send, in order. */
  readonly orders: readonly LoadOrder[];
  /** Folders it was given that are still there. */
  leftFolders(): readonly string[];
}

export interface FakeDriverOptions {
  readonly originMs?: number;
  /** Why it ends before its time, or null. */
  readonly death?: string | null;
  readonly prepareError?: Error;
}

/** A load driver that sends nothing, tells what was called, and says that every request was answered within 5 ms. */
export function fakeDriver(calls: string[], options: FakeDriverOptions = {}): FakeDriver {
  const { originMs = 1234.5, death = null, prepareError } = options;
  const orders: LoadOrder[] = [];
  return {
    name: 'built-in',
    orders,
    leftFolders: () => orders.map(({ workFolder }) => workFolder).filter((folder) => existsSync(folder)),
    check: () => Promise.resolve([]),
    prepare: (order): Promise<PreparedLoad> => {
      orders.push(order);
      calls.push(`driver: prepare for ${order.target.url} on CPUs ${order.cpus ?? 'of any kind'}`);
      if (prepareError !== undefined) return Promise.reject(prepareError);
      let readings = 0;
      return Promise.resolve({
        go: () => {
          calls.push('driver: go');
          return Promise.resolve({
            originMs,
            reading: (untilMs) => {
              calls.push(`driver: reading until ${untilMs}`);
              return Promise.resolve(readingOf(++readings));
            },
            finish: () => {
              calls.push('driver: finish');
              const generator = { ...cleanGenerator, death, scheduleSha256: scheduleSha256(order.schedule) };
              return Promise.resolve({ log: answered(order.schedule), generator });
            },
          });
        },
        [Symbol.asyncDispose]: () => {
          calls.push('driver: dispose');
          return Promise.resolve();
        },
      });
    },
  };
}

/** Of a sample in which nothing happened. */
export const noCounts: LoadCounts = {
  ...{ offered: 0, sent: 0, completed: 0, failed: 0, notSent: 0, p50Ms: null, p95Ms: null, p99Ms: null },
};

/** What the n-th reading says. */
export const readingOf = (place: number): LoadReading => ({
  endpoints: [],
  total: noCounts,
  generatorCpuSeconds: 0.1,
  latenessP99Ms: 0.05,
  inFlight: place,
});

function answered({ dueMs, endpoint, payloadSeed }: ArrivalSchedule): RequestLog {
  const count = dueMs.length;
  return {
    ...{ dueMs, endpoint, payloadSeed, sentMs: dueMs },
    doneMs: dueMs.map((due) => due + 5),
    outcome: new Uint8Array(count),
    status: new Uint16Array(count).fill(200),
    bytes: new Uint32Array(count),
  };
}
