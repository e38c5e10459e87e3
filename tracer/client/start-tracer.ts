import type { Clock } from '../../harness/core/clock.ts';
import type { Child, ProcessRunner } from '../../harness/core/process.ts';
import { unreachable } from '../../harness/core/unreachable.ts';
import { anySignal } from './waiting.ts';
import { LineFeed } from './line-feed.ts';
import { parseLine, protocolVersion } from './line.ts';
import type { Hello } from './line.ts';
import { LiveTracer } from './live-tracer.ts';
import { describeExit, failedStart, missingHelper, refusedStart } from './start-error.ts';
import type { RunqTracer, RunqTracerOptions } from './tracer.ts';

/** Loading takes a tenth of a second; a machine under stress may need far longer. */
const helloWithinMs = 10_000;

/** Starts the helper and waits until it has attached. Throws a HarnessError `tracer-unavailable` that says what to do. */
export async function startRunqTracer(
  options: RunqTracerOptions,
  { runner, clock, signal }: { readonly runner: ProcessRunner; readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<RunqTracer> {
  signal?.throwIfAborted();
  const lines = new LineFeed();
  const child = await runner(options.file, helperArguments(options), { onLine: lines.push }).catch((cause: unknown) => {
    throw missingHelper(options.file, cause);
  });
  try {
    const hello = await firstHello(options.file, child, lines, clock, signal);
    return new LiveTracer(hello, child, lines, clock, options.intervalMs);
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function helperArguments({ intervalMs, groups, statsMs }: RunqTracerOptions): string[] {
  const values = { '--interval-ms': intervalMs, '--groups': groups, '--stats-ms': statsMs };
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
}

async function firstHello(
  file: string,
  child: Child,
  lines: LineFeed,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Hello> {
  const over = new AbortController();
  const first = new Promise<string>((resolve) => {
    lines.handTo((line) => {
      lines.handTo(null);
      resolve(line);
    });
  });
  try {
    const line = await Promise.race([
      first,
      child.exited.then((exit) => Promise.reject(failedStart(file, describeExit(exit)))),
      clock.sleep(helloWithinMs, anySignal(over.signal, signal)).then(() => {
        throw failedStart(file, `said nothing within ${helloWithinMs / 1000} s`);
      }),
    ]);
    return readHello(file, line);
  } finally {
    over.abort();
  }
}

function readHello(file: string, line: string): Hello {
  const message = parseLine(line);
  switch (message.type) {
    case 'hello':
      if (message.version === protocolVersion) return message;
      throw failedStart(file, `speaks version ${message.version} of the protocol, not ${protocolVersion}`);
    case 'error':
      throw refusedStart(message);
    case 'snapshot':
      throw failedStart(file, 'gave a snapshot before its hello');
    case 'broken':
      throw failedStart(file, `began with a line that is not of the protocol (${message.reason}): ${message.text}`);
    default:
      return unreachable(message);
  }
}
