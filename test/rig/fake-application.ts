import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';
import { HarnessError } from '../../harness/core/errors.ts';
import type { TrialEvidence } from '../../harness/telemetry/evidence.ts';
import type { LiveTrial, Testbed, TrialFindings } from '../../harness/testbed/port.ts';
import { spanOf } from './arbitrary-spans.ts';
import { fakeBook } from './fake-policy.ts';
import { cleanEvidence, sampleOf } from './recorded.ts';

export interface FakeApplicationOptions {
  /** By arm: why the application cannot be started. */
  readonly startFailures?: Readonly<Record<string, string>>;
  /** The tracer cannot be started, */
  readonly isWithoutTracer?: boolean;
  /** or is gone at this sample, from 1. */
  readonly tracerLostAt?: number;
  /** Virtual unless it is said, */
  readonly time?: 'wall' | 'virtual';
  /** and then passing takes what this does. */
  readonly advance?: (atMs: number, signal: AbortSignal) => Promise<void>;
}

const ofApplication = (startFailure: string | null): TrialEvidence => ({
  ...cleanEvidence,
  canary: null,
  application: { events: [], startFailure },
});

/** A testbed on which an application runs that does nothing, and that tells what was called. Its time takes none. */
export function fakeApplication(calls: string[], options: FakeApplicationOptions = {}): Testbed {
  const { startFailures = {}, isWithoutTracer = false, tracerLostAt = Infinity, time = 'virtual' } = options;
  const { advance = () => Promise.resolve() } = options;
  const begin = (arm: string): LiveTrial | TrialFindings => {
    calls.push(`testbed: begin ${arm}`);
    if (isWithoutTracer) throw new HarnessError('tracer-unavailable', 'The tracer is not permitted.');
    const failure = startFailures[arm];
    if (failure !== undefined) return { evidence: ofApplication(failure), spans: [] };
    let place = 0;
    const book = fakeBook(calls);
    return {
      target: { url: 'http://127.0.0.1:8080' },
      generatorCpus: '1',
      workFolder: join(temporaryFolder(), 'load'),
      start: (originMs) => {
        calls.push(`testbed: start at ${originMs ?? 'any time'}`);
        return Promise.resolve();
      },
      clock: {
        advanceTo: (atMs, signal) => {
          calls.push(`testbed: advance to ${atMs}`);
          return advance(atMs, signal);
        },
      },
      sample: () => {
        calls.push('testbed: sample');
        place++;
        return Promise.resolve(sampleOf(place, { services: [], ...(place >= tracerLostAt ? { waits: null } : {}) }));
      },
      actuate: (decision, wantedAtMs) => book.actuate(decision, wantedAtMs),
      actions: () => book.actions(),
      events: () => [],
      finish: () => {
        calls.push('testbed: finish');
        const tracerDeath = place >= tracerLostAt ? 'the tracer was ended by SIGKILL' : null;
        return Promise.resolve({
          evidence: { ...ofApplication(null), tracerDeath },
          spans: [spanOf(1, 0, 'gate', [1, 2])],
        });
      },
      [Symbol.asyncDispose]: () => {
        calls.push('testbed: dispose');
        return Promise.resolve();
      },
    };
  };
  return {
    time,
    facts: () => Promise.resolve({ kind: 'local', cores: 2, source: 'bpf', details: {}, notes: [] }),
    capacityCores: () => 1,
    offers: () => Promise.resolve({ inputs: [], acts: [] }),
    check: () => Promise.resolve([]),
    prepare: () =>
      Promise.resolve({
        begin: ({ arm }) => Promise.resolve().then(() => begin(arm.name)),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
}
