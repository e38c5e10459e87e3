import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { packageRoot } from './package-root.ts';
import type { Child, ChildExit, ChildOptions, ProcessRunner } from './process.ts';
import type { SpawnerReport, SpawnerRequest } from './spawner-message.ts';

/**
 * Starts children from a small process of its own. Starting one by itself stops a large process for milliseconds: while its pages are
 * marked for the child, none of its threads gets memory, the sender of the load with real-time priority no more than others. Twelve
 * replicas started at once made one request in a hundred 20 ms late, and 0.2 ms from here (docs/design/007-spawner.md).
 */
export interface Spawner extends AsyncDisposable {
  readonly run: ProcessRunner;
}

/** The spawner has no terminal and no group of ours: an interrupt is for the harness to deal with. */
export async function startSpawner(): Promise<Spawner> {
  // What was built: Node 20 cannot read TypeScript.
  const file = join(packageRoot, 'dist', 'harness', 'core', 'spawner-main.js');
  const child = fork(file, [], { detached: true, env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(child, 'spawn');
  const relayed = new RelayedChildren(child);
  return {
    run: (program, args, options = {}) => relayed.start(program, args, options),
    [Symbol.asyncDispose]: () => relayed.end(),
  };
}

interface Relayed {
  readonly started: (pid: number) => void;
  readonly failed: (error: Error) => void;
  readonly output: (text: string) => void;
  readonly exited: (exit: ChildExit) => void;
}

class RelayedChildren {
  readonly #spawner: ChildProcess;
  readonly #children = new Map<number, Relayed>();
  readonly #over: Promise<void>;
  #isOver = false;
  #made = 0;

  constructor(spawner: ChildProcess) {
    this.#spawner = spawner;
    // Only ours writes to this channel.
    spawner.on('message', (report) => {
      this.#hear(report as SpawnerReport);
    });
    this.#over = once(spawner, 'exit').then(() => {
      this.#isOver = true;
      for (const child of this.#children.values()) {
        child.failed(new Error('the process that starts others has ended'));
        child.exited({ exitCode: null, signal: 'SIGKILL', stderrTail: 'the process that started it has ended' });
      }
      this.#children.clear();
    });
  }

  async end(): Promise<void> {
    if (this.#spawner.connected) this.#spawner.disconnect();
    await this.#over;
  }

  async start(file: string, args: readonly string[], options: ChildOptions): Promise<Child> {
    if (this.#isOver) throw new Error('the process that starts others has ended');
    const child = ++this.#made;
    const output = outputTo(options);
    let resolveExited: (exit: ChildExit) => void = () => undefined;
    const exited = new Promise<ChildExit>((resolve) => {
      resolveExited = resolve;
    });
    const pid = await new Promise<number>((started, failed) => {
      this.#children.set(child, {
        started,
        failed,
        output: output.take,
        exited: (exit) => {
          // Whoever hears of the end has heard every line.
          void output.end().then(() => {
            resolveExited(exit);
          });
        },
      });
      const { environment = null, workingFolder = null } = options;
      this.#send({ kind: 'start', child, file, args, environment, workingFolder });
    });
    const stop = (graceMs?: number): Promise<ChildExit> => {
      this.#send({ kind: 'stop', child, graceMs: graceMs ?? null });
      return exited;
    };
    return {
      pid,
      exited,
      writeLine: (line) => {
        this.#send({ kind: 'write', child, line });
      },
      stop,
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    };
  }

  #send(request: SpawnerRequest): void {
    if (this.#spawner.connected) this.#spawner.send(request);
  }

  #hear(report: SpawnerReport): void {
    const child = this.#children.get(report.child);
    switch (report.kind) {
      case 'started':
        child?.started(report.pid);
        break;
      case 'failed':
        this.#children.delete(report.child);
        child?.failed(new Error(report.message));
        break;
      case 'output':
        child?.output(report.text);
        break;
      case 'exited':
        this.#children.delete(report.child);
        child?.exited(report.exit);
        break;
    }
  }
}

interface Output {
  readonly take: (text: string) => void;
  readonly end: () => Promise<void>;
}

/** As pieces or as lines, whatever is asked for. */
function outputTo({ onLine, onOutput }: ChildOptions): Output {
  if (onOutput !== undefined) return { take: onOutput, end: () => Promise.resolve() };
  const stream = new PassThrough({ encoding: 'utf8' });
  const lines = createInterface({ input: stream }).on('line', (line) => onLine?.(line));
  const closed = once(lines, 'close');
  return {
    take: (text) => void stream.write(text),
    end: async () => {
      stream.end();
      await closed;
    },
  };
}
