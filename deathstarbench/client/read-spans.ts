import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Span } from '../../harness/telemetry/span.ts';

/** A span with the CPU demand that its operation drew, so that whoever repeats the draw can compare. */
export interface TwinSpan extends Span {
  readonly demandMicros: number;
}

const secondMs = 1000;
const nanosecondsPerMs = 1e6;

/**
 * The spans that the replicas of a run have written so far, file by file in the order of their names. What a killed replica could not finish
 * is left out, and so is a line that is none.
 * @param folder of span files, all others are left alone
 * @param originMonotonicSeconds CLOCK_MONOTONIC of the instant from which their times count
 */
export async function readSpans(folder: string, originMonotonicSeconds: number): Promise<readonly TwinSpan[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.spans')).sort();
  const spans: TwinSpan[] = [];
  // One after the other: together they may hold more than fits.
  for (const name of names) {
    for (const span of parseSpans(await readFile(join(folder, name), 'utf8'), originMonotonicSeconds)) spans.push(span);
  }
  return spans;
}

/** The spans of one file. Each start of the replica writes a line with its names. */
export function* parseSpans(text: string, originMonotonicSeconds: number): Generator<TwinSpan> {
  let service = '';
  let replica = '';
  let start = 0;
  for (;;) {
    const end = text.indexOf('\n', start);
    // A line without an end was cut.
    if (end < 0) return;
    const line = text.slice(start, end);
    start = end + 1;
    const names = headerPattern.exec(line);
    if (names) [, service = '', replica = ''] = names;
    else if (replica !== '') {
      const span = parseSpan(line, service, replica, originMonotonicSeconds * secondMs);
      if (span !== null) yield span;
    }
  }
}

const headerPattern = /^scalelab-spans 1 ([!-~]+) ([!-~]+)$/;
const linePattern =
  /^(\d{1,16}) (\d{1,10}) (\d{1,10}) ([!-~]+) (\d{1,19}) (\d{1,19}) (\d{1,19}) (\d{1,19}|-) (\d{1,19}) (\d{1,19}) ([01]) (\d[\d.e+-]*)$/;

function parseSpan(line: string, service: string, replica: string, originMs: number): TwinSpan | null {
  const found = linePattern.exec(line);
  if (!found) return null;
  const [, request, id, parent, operation = '', start, end, cpu, wait, connection, downstream, isError, demand] = found;
  const span: TwinSpan = {
    request: Number(request),
    id: Number(id),
    parent: Number(parent),
    service,
    operation,
    replica,
    startMs: Number(start) / nanosecondsPerMs - originMs,
    endMs: Number(end) / nanosecondsPerMs - originMs,
    cpuMs: Number(cpu) / nanosecondsPerMs,
    waitMs: wait === '-' ? null : Number(wait) / nanosecondsPerMs,
    connectionMs: Number(connection) / nanosecondsPerMs,
    downstreamMs: Number(downstream) / nanosecondsPerMs,
    isError: isError === '1',
    demandMicros: Number(demand),
  };
  const isPossible = span.id > span.parent && span.endMs >= span.startMs && Number.isFinite(span.demandMicros);
  return isPossible ? span : null;
}
