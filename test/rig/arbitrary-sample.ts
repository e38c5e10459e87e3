import fc from 'fast-check';
import {
  waitCauses,
  waitSources,
  type HostReading,
  type Sample,
  type TracerReading,
  type WaitReading,
} from '../../harness/telemetry/sample.ts';
import { slotCount } from '../../harness/telemetry/wait-slots.ts';

const count = fc.nat(2_000_000_000);
const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });

const waits: fc.Arbitrary<WaitReading> = fc.record({
  group: fc.constantFrom('canary', 'disturbance', 'all'),
  cause: fc.constantFrom(...waitCauses),
  count,
  waitSeconds: seconds,
  slots: fc.option(fc.array(fc.nat(2 ** 32 - 1), { minLength: slotCount, maxLength: slotCount })),
});

const host: fc.Arbitrary<HostReading> = fc.record({
  busySeconds: seconds,
  stolenSeconds: seconds,
  capacitySeconds: seconds,
  contextSwitches: count,
});

const tracer: fc.Arbitrary<TracerReading> = fc.record({
  helperCpuSeconds: seconds,
  residentBytes: fc.maxSafeNat(),
  switches: count,
  wakeups: count,
  lost: count,
  negative: count,
  unknown: count,
});

/** Samples with everything that may be missing missing now and then. Instants may repeat, as they do when the tracer is lost. */
export const arbitrarySamples: fc.Arbitrary<readonly Sample[]> = fc.array(
  fc.record({
    atMs: fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.constantFrom(0, 1000, 1000.5)),
    intervalMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
    clockOffsetMs: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    source: fc.constantFrom(...waitSources),
    waits: fc.option(fc.array(waits, { maxLength: 6 })),
    host: fc.option(host),
    tracer: fc.option(tracer),
  }),
  { maxLength: 8 },
);
