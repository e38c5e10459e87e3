import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a child ended. */
export interface ChildExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last 4096 characters of its standard error. */
  readonly stderrTail: string;
}

/** A long-lived child in a process group of its own. When it ends, whatever is left of its group is killed. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when it has ended and its output was read; never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Writes a line to its standard input; ignored once it has ended. */
  writeLine(line: string): void;
  /**
   * Closes its standard input, then TERM and KILL to its whole group after `graceMs` each. Ends even if something that left the
   * group keeps the output open. May be called twice.
   */
  stop(graceMs?: number): Promise<ChildExit>;
}

export interface ChildOptions {
  /** Called for each line of standard output, without its end. */
  readonly onLine?: (line: string) => void;
  /** Instead of `onLine`, for lines of strangers, which may have no end: called for each piece of standard output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** The whole environment of the child; default: only PATH of `/usr/bin` and its like. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: ours. */
  readonly workingFolder?: string;
}

/** Starts a program without a shell. Rejects if it cannot be started at all. */
export type ProcessRunner = (file: string, args: readonly string[], options?: ChildOptions) => Promise<Child>;

const tailLength = 4096;

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const startChild: ProcessRunner = async (file, args, options = {}) => {
  const child = spawn(file, [...args], {
    // A group of its own, so that everything it started ends with it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: options.environment ?? { PATH: searchPath },
    ...(options.workingFolder === undefined ? {} : { cwd: options.workingFolder }),
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve).once('error', reject);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} was started without a process id`);

  let stderrTail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-tailLength);
  });
  // A child that has ended closes its input; what we still write is then of no use.
  child.stdin.on('error', () => undefined);
  if (options.onOutput) child.stdout.setEncoding('utf8').on('data', options.onOutput);
  else createInterface({ input: child.stdout }).on('line', (line) => options.onLine?.(line));
  child.once('exit', () => {
    // What it leaves behind would run on unseen. Now, because its number may belong to others later.
    signalGroup(pid, 'SIGKILL');
  });
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('close', (exitCode, signal) => {
      resolve({ exitCode, signal, stderrTail });
    });
  });

  const stop = async (graceMs = 1000): Promise<ChildExit> => {
    child.stdin.end();
    if (await isSettledWithin(exited, graceMs)) return exited;
    signalGroup(pid, 'SIGTERM');
    if (await isSettledWithin(exited, graceMs)) return exited;
    signalGroup(pid, 'SIGKILL');
    if (await isSettledWithin(exited, graceMs)) return exited;
    // Something that left the group still holds the other ends of the pipes; nobody listens to it any more.
    child.stdout.destroy();
    child.stderr.destroy();
    return exited;
  };
  return {
    pid,
    exited,
    writeLine: (line) => {
      if (child.stdin.writable) child.stdin.write(`${line}\n`);
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
};

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nobody is left. EPERM: whoever is left became somebody else's.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}

function isSettledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
