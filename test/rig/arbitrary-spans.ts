import fc from 'fast-check';
import type { Span } from '../../harness/telemetry/span.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const work = fc.record({
  service: fc.constantFrom('front', 'text', 'user', 'posts-store'),
  from: share,
  length: share,
  cpuMs: fc.double({ min: 0, max: 30, noNaN: true }),
  waitMs: fc.option(fc.double({ min: 0, max: 30, noNaN: true })),
  connectionMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 10, noNaN: true })),
  /** Which of those before it calls it. */
  caller: share,
  /** Ends after its caller, as a clock or a stamp that comes late makes it look. */
  overhangMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2, noNaN: true })),
});

/** The spans of one request as a tree: calls lie within their caller, one after the other, side by side, or overlapping in any way. */
export const arbitrarySpans: fc.Arbitrary<readonly Span[]> = fc
  .tuple(fc.array(work, { minLength: 1, maxLength: 14 }), fc.double({ min: 0, max: 80, noNaN: true }))
  .map(([works, wholeMs]) => {
    const spans: Span[] = [];
    works.forEach(({ service, from, length, caller, overhangMs, ...times }, index) => {
      const parent = spans[Math.floor(caller * (spans.length - 1e-9))];
      const [lowMs, highMs] = parent ? [parent.startMs, parent.endMs] : [100, 100 + wholeMs];
      const startMs = index === 0 ? lowMs : lowMs + from * (highMs - lowMs);
      const endMs = index === 0 ? highMs : startMs + length * (highMs - startMs) + overhangMs;
      spans.push({
        ...{ request: 0, id: index + 1, parent: parent?.id ?? 0, service, operation: 'x', replica: `${service}-1` },
        ...{ startMs, endMs, ...times, downstreamMs: 0, isError: false },
      });
    });
    return spans;
  });

/** A span of `service` from one instant to another, child of `parent`. */
export function spanOf(
  id: number,
  parent: number,
  service: string,
  [startMs, endMs]: readonly [number, number],
  changes: Partial<Span> = {},
): Span {
  return {
    ...{ request: 0, id, parent, service, operation: 'x', replica: `${service}-1`, startMs, endMs },
    ...{ cpuMs: 0, waitMs: 0, connectionMs: 0, downstreamMs: 0, isError: false, ...changes },
  };
}
