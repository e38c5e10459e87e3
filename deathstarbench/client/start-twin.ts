import { messageOf } from '../../harness/core/all-errors.ts';
import type { Clock } from '../../harness/core/clock.ts';
import { HarnessError } from '../../harness/core/errors.ts';
import type { Child, ProcessRunner } from '../../harness/core/process.ts';
import { ControlConnection } from './control-connection.ts';
import { parseCounters } from './parse-counters.ts';
import { mostSocketPathBytes, runFiles } from './run-folder.ts';
import type { TwinOrder, TwinReplica } from './twin.ts';

/** Of one replica: some 600 000 spans. */
const spansMostBytes = 64 * 1024 * 1024;
const answerWithinMs = 1000;

/**
 * Starts a replica in its cgroups. Resolves as soon as its process is there; it answers when `ready` resolves.
 * @throws HarnessError `testbed-failed` if it cannot be started at all; the signal's reason
 */
export async function startTwin(
  order: TwinOrder,
  { runner, clock, signal }: { readonly runner: ProcessRunner; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<TwinReplica> {
  signal.throwIfAborted();
  const controlPath = runFiles(order.runFolder).controlOf(order.replica);
  if (Buffer.byteLength(controlPath) > mostSocketPathBytes) {
    throw new HarnessError('testbed-failed', `${controlPath} is too long for a socket: ${mostSocketPathBytes} bytes.`, {
      hint: 'Choose a shorter folder for the run.',
    });
  }
  let onLine: ((line: string) => void) | undefined;
  const firstLine = new Promise<string>((resolve) => {
    onLine = resolve;
  });
  const child = await runner(order.launcher, launcherArguments(order, controlPath), {
    onLine: (line) => onLine?.(line),
  }).catch((cause: unknown) => {
    throw notStarted(order.replica, messageOf(cause), cause);
  });
  const ready = portOf(order.replica, child, firstLine, signal);
  // Whoever ends a replica before it is ready need not have looked.
  ready.catch(() => undefined);
  const control = new ControlConnection(controlPath, clock, answerWithinMs);
  let hasEnded = false;
  const exited = child.exited.then((exit) => {
    hasEnded = true;
    control.close();
    return exit;
  });
  const send = (name: NodeJS.Signals): void => {
    if (!hasEnded) signalProcess(child.pid, name);
  };
  return {
    pid: child.pid,
    ready,
    exited,
    async counters(over) {
      const line = hasEnded ? null : await control.ask('counters', over);
      return line === null ? null : parseCounters(line);
    },
    drain: () => {
      send('SIGTERM');
    },
    kill: () => {
      send('SIGKILL');
    },
    async [Symbol.asyncDispose]() {
      send('SIGKILL');
      await child[Symbol.asyncDispose]();
    },
  };
}

function launcherArguments(order: TwinOrder, controlPath: string): readonly string[] {
  const files = runFiles(order.runFolder);
  return [
    'enter',
    ...order.cgroupFiles.flatMap((file) => ['--cgroup-procs', file]),
    ...(order.cpus === null ? [] : ['--cpus', order.cpus]),
    ...['--', order.program, 'serve'],
    ...['--model', files.model, '--service', order.service.name, '--replica', order.replica],
    ...['--port', String(order.port), '--registry', files.registry, '--control', controlPath],
    ...['--spans', files.spansOf(order.replica), '--spans-most-bytes', String(spansMostBytes)],
  ];
}

async function portOf(replica: string, child: Child, firstLine: Promise<string>, signal: AbortSignal): Promise<number> {
  // Of its own, so that many replicas may share the signal.
  const own = AbortSignal.any([signal]);
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(asError(own.reason));
    };
    own.addEventListener('abort', abort);
  });
  try {
    const ended = child.exited.then((exit) => {
      const how = exit.signal === null ? `it exited with ${exit.exitCode}` : `it was ended by ${exit.signal}`;
      throw notStarted(replica, exit.stderrTail.trim() || how);
    });
    const line = await Promise.race([firstLine, ended, aborted]);
    const port = /^\{"type":"ready","pid":\d+,"port":(\d+)\}$/.exec(line)?.[1];
    if (port === undefined) throw notStarted(replica, `it said ${line.slice(0, 200)}`);
    return Number(port);
  } finally {
    own.removeEventListener('abort', abort);
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

function notStarted(replica: string, lastWords: string, cause?: unknown): HarnessError {
  return new HarnessError('testbed-failed', `The replica ${replica} did not start: ${lastWords}`, {
    hint: 'Run `npx scalelab check` to see what this machine lacks.',
    cause,
  });
}

function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // ESRCH: it ended just now.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
