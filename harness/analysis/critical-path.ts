import type { Span } from '../telemetry/span.ts';

/** A span on the critical path, and how long the path ran through it and through none of those it called. */
export interface PathStep {
  readonly span: Span;
  readonly selfMs: number;
}

/** The part of time that a span covers within those above it. */
interface Stretch {
  readonly span: Span;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The critical path of one request: what its answer waited for at each instant. From the end of a span backwards, the path runs through
 * the call that ended last and not after the current instant, then goes on from where that call began; all else is the span's own time
 * (as in Zhang et al., CRISP, ATC 2022). The self times add up to the front's span.
 * @param spans of one request, in any order
 * @returns null without exactly one front
 */
export function criticalPath(spans: readonly Span[]): readonly PathStep[] | null {
  const fronts = spans.filter(({ parent }) => parent === 0);
  const [front] = fronts;
  if (front === undefined || fronts.length > 1) return null;
  const callsOf = callsByParent(spans);
  const steps: PathStep[] = [];
  // A damaged file could hold a span that is its own ancestor.
  const seen = new Set<Span>([front]);
  const open: Stretch[] = [{ span: front, fromMs: front.startMs, toMs: Math.max(front.startMs, front.endMs) }];
  for (let stretch = open.pop(); stretch !== undefined; stretch = open.pop()) {
    let cursorMs = stretch.toMs;
    let selfMs = 0;
    for (const call of within(callsOf.get(stretch.span.id) ?? [], stretch)) {
      if (call.toMs > cursorMs || seen.has(call.span)) continue;
      seen.add(call.span);
      selfMs += cursorMs - call.toMs;
      cursorMs = call.fromMs;
      open.push(call);
    }
    steps.push({ span: stretch.span, selfMs: selfMs + cursorMs - stretch.fromMs });
  }
  return steps;
}

function callsByParent(spans: readonly Span[]): ReadonlyMap<number, readonly Span[]> {
  const calls = new Map<number, Span[]>();
  for (const span of spans) {
    const siblings = calls.get(span.parent);
    if (siblings === undefined) calls.set(span.parent, [span]);
    else siblings.push(span);
  }
  return calls;
}

/** Calls cut to the time of their caller, the last to end first; of those that end together, the longest. */
function within(calls: readonly Span[], { fromMs, toMs }: Stretch): readonly Stretch[] {
  const cut = (atMs: number): number => Math.min(Math.max(atMs, fromMs), toMs);
  return calls
    .map((span): Stretch => ({ span, fromMs: cut(span.startMs), toMs: cut(Math.max(span.startMs, span.endMs)) }))
    .sort((a, b) => b.toMs - a.toMs || a.fromMs - b.fromMs || a.span.id - b.span.id);
}
