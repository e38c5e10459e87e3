import { messageOf } from '../../core/all-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Child, ProcessRunner } from '../../core/process.ts';
import { anySignal } from '../../../tracer/client/waiting.ts';

/** A program with a known scheduling pattern, in a cgroup of its own. It ends when its input is closed or when we die. */
export interface Workload extends AsyncDisposable {
  /** Its counters so far; null if it ended, does not answer in time or answers anything else. */
  report(signal?: AbortSignal): Promise<WorkloadReport | null>;
}

export interface WorkloadReport {
  readonly wakeups: number;
  readonly skipped: number;
}

/** Arguments of `scalelab-workload` that bind what it runs to CPUs before it does so; null leaves them as they are. */
export function boundTo(cpus: string | null, workload: string, args: readonly string[]): readonly string[] {
  return cpus === null ? args : ['enter', '--cpus', cpus, '--', workload, ...args];
}

/** Arguments of it that make a process enter a group before anything else. */
export function entering(processesFiles: readonly string[]): readonly string[] {
  return processesFiles.flatMap((file) => ['--cgroup-procs', file]);
}

const answerWithinMs = 5000;
const startHint = 'Run `npx scalelab check` to see what this machine lacks.';

/**
 * Starts `scalelab-workload` and waits until all its threads run.
 * @throws HarnessError `testbed-failed` with its last words if it does not
 */
export async function startWorkload(
  { runner, clock }: { readonly runner: ProcessRunner; readonly clock: Clock },
  file: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Workload> {
  signal.throwIfAborted();
  const listeners = new Set<(line: string) => void>();
  const child = await runner(file, args, {
    onLine: (line) => {
      for (const listener of listeners) listener(line);
    },
  }).catch((cause: unknown) => {
    throw notStarted(file, args, messageOf(cause), cause);
  });
  const nextLine = (type: string, over?: AbortSignal): Promise<string | null> =>
    firstLine(child, clock, listeners, type, over);
  try {
    if ((await nextLine('ready', signal)) === null) {
      throw notStarted(file, args, (await child.stop()).stderrTail.trim());
    }
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    report: async (over) => {
      const answer = nextLine('report', over);
      child.writeLine('report');
      const line = await answer;
      return line === null ? null : parseReport(line);
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** A program of ours, or one that it was to run, that does not start at all; its last words may be none. */
export function notStarted(file: string, args: readonly string[], lastWords: string, cause?: unknown): HarnessError {
  const command = [file, ...args].join(' ');
  const message = `${command} did not start: ${lastWords || 'it said nothing'}`;
  return new HarnessError('testbed-failed', message, { hint: startHint, cause });
}

function parseReport(line: string): WorkloadReport | null {
  const { wakeups, skipped } = parseFields(line);
  return isCount(wakeups) && isCount(skipped) ? { wakeups, skipped } : null;
}

function parseFields(line: string): { readonly wakeups?: unknown; readonly skipped?: unknown } {
  try {
    const fields: unknown = JSON.parse(line);
    return typeof fields === 'object' && fields !== null ? fields : {};
  } catch {
    return {};
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** null if the child ends or the time is over first. */
async function firstLine(
  child: Child,
  clock: Clock,
  listeners: Set<(line: string) => void>,
  type: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const over = new AbortController();
  let listener: ((line: string) => void) | undefined;
  const line = new Promise<string>((resolve) => {
    listener = (text) => {
      if (text.startsWith(`{"type":"${type}"`)) resolve(text);
    };
    listeners.add(listener);
  });
  try {
    const late = clock.sleep(answerWithinMs, anySignal(over.signal, signal)).then(() => null);
    return await Promise.race([line, child.exited.then(() => null), late]);
  } finally {
    over.abort();
    if (listener) listeners.delete(listener);
  }
}
