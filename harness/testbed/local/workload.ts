import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Child, ProcessRunner } from '../../core/process.ts';

/** A program with a known scheduling pattern, in a cgroup of its own. It ends when its input is closed or when we die. */
export interface Workload extends AsyncDisposable {
  /** Its counters so far; null if it ended or does not answer in time. */
  report(): Promise<WorkloadReport | null>;
}

export interface WorkloadReport {
  readonly wakeups: number;
  readonly skipped: number;
}

const answerWithinMs = 5000;

/**
 * Starts `scalelab-workload` and waits until all its threads run.
 * @throws HarnessError `testbed-failed` with its last words if it does not
 */
export async function startWorkload(
  { runner, clock }: { readonly runner: ProcessRunner; readonly clock: Clock },
  file: string,
  args: readonly string[],
): Promise<Workload> {
  const listeners = new Set<(line: string) => void>();
  const child = await runner(file, args, {
    onLine: (line) => {
      for (const listener of listeners) listener(line);
    },
  });
  const nextLine = (type: string): Promise<string | null> => firstLine(child, clock, listeners, type);
  if ((await nextLine('ready')) === null) {
    const { stderrTail } = await child.stop();
    throw new HarnessError('testbed-failed', `${file} ${args.join(' ')} did not start: ${stderrTail.trim()}`, {
      hint: 'Run `npx scalelab check` to see what this machine lacks.',
    });
  }
  return {
    report: async () => {
      const answer = nextLine('report');
      child.writeLine('report');
      const line = await answer;
      // The program and this file come from one checkout; a line of this type holds these fields.
      return line === null ? null : (JSON.parse(line) as WorkloadReport);
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** null if the child ends or the time is over first. */
async function firstLine(
  child: Child,
  clock: Clock,
  listeners: Set<(line: string) => void>,
  type: string,
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
    const late = clock.sleep(answerWithinMs, over.signal).then(
      () => null,
      () => null,
    );
    return await Promise.race([line, child.exited.then(() => null), late]);
  } finally {
    over.abort();
    if (listener) listeners.delete(listener);
  }
}
