import { uniformDraw } from '../application/draw.ts';

/**
 * The `traceparent` of a request (W3C Trace Context): which request it is, its seed, and whether it leaves spans.
 */
export function traceParent(index: number, payloadSeed: number, spanShare: number): string {
  const flags = leavesSpans(payloadSeed, spanShare) ? '01' : '00';
  return `00-${hex(index + 1)}${hex(payloadSeed)}-${generatorSpan}-${flags}`;
}

/** Drawn from its own seed, so that the same requests leave spans in all arms of a block. @param spanShare 0 to 1 */
export function leavesSpans(payloadSeed: number, spanShare: number): boolean {
  return uniformDraw(payloadSeed, spanDraw) < spanShare;
}

/** A number that no quantity of a request uses. */
const spanDraw = 0xffff;

/** The generator leaves no spans of its own; the standard forbids an id of zeros. */
const generatorSpan = '0000000000000001';

const hex = (value: number): string => value.toString(16).padStart(16, '0');
