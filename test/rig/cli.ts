import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { packageRoot } from '../../harness/core/package-root.ts';
import { ownSubtrees } from '../../harness/testbed/local/subtree.ts';

export interface CliOutcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** The working folder: `results/` appears there. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Put before the command, such as `setpriv ...` or `unshare ...`. */
  readonly wrapper?: readonly string[];
}

export interface RunningCli {
  readonly pid: number;
  readonly ended: Promise<CliOutcome>;
  /** What it has written to standard output so far. */
  readonly stdout: () => string;
  /** Resolves when standard error has matched. */
  saw(pattern: RegExp): Promise<void>;
}

/** The cgroup of the runs of this test file: those of other files go on at the same time, and are none of its business. */
export const testSubtree = `scalelab-test-${process.pid}`;

/** Where the command line has it, in every hierarchy; the first is that of the cpu controller. */
export function testSubtrees(): readonly string[] {
  const owner = { isRoot: true, isSystemd: existsSync('/run/systemd/system'), subtree: testSubtree };
  return ownSubtrees(owner).subtrees.map(({ path }) => path);
}

const main = join(packageRoot, 'dist', 'harness', 'cli', 'main.js');

/** What the first line of the program asks for. */
const nodeOptions = /^#!.* node (.*)$/m.exec(readFileSync(main, 'utf8'))?.[1]?.split(' ') ?? [];

/** Starts the built command line, as a user would. */
export function startCli(args: readonly string[], { folder, environment, wrapper = [] }: CliOptions): RunningCli {
  const [file = '', ...rest] = [...wrapper, process.execPath, ...nodeOptions, main, ...args];
  const child = spawn(file, rest, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', SCALELAB_CGROUP: testSubtree, ...environment },
  });
  let stdout = '';
  let stderr = '';
  const waiting: { readonly pattern: RegExp; readonly resolve: () => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const { pattern, resolve } of waiting) if (pattern.test(stderr)) resolve();
  });
  const ended = new Promise<CliOutcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      resolve({ exitCode, signal, stdout, stderr });
    });
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    pid: child.pid ?? 0,
    ended,
    stdout: () => stdout,
    saw: (pattern) =>
      new Promise<void>((resolve, reject) => {
        if (pattern.test(stderr)) resolve();
        waiting.push({ pattern, resolve });
        void ended.then(() => {
          reject(new Error(`ended without ${String(pattern)}:\n${stderr}`));
        });
      }),
  };
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliOutcome> {
  return startCli(args, options).ended;
}

/** The newest experiment of a profile below `results/`. */
export function latest(folder: string, name: string): string {
  return join(folder, 'results', name, 'latest');
}

/** Processes below another one that run a program of that name. */
export function descendants(pid: number, program: string): readonly number[] {
  const children = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
  return children.flatMap((child) => [
    ...(commandOf(child).includes(program) ? [child] : []),
    ...descendants(child, program),
  ]);
}

function parentOf(pid: number): number | null {
  const status = readIfThere(`/proc/${pid}/status`);
  return Number(/^PPid:\t(\d+)$/m.exec(status)?.[1] ?? NaN);
}

function commandOf(pid: number): string {
  return readIfThere(`/proc/${pid}/cmdline`).split('\0')[0] ?? '';
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Why tests on the real kernel cannot run here, or null. */
export function whyNoKernelTests(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  return existsSync('/sys/kernel/btf/vmlinux') ? null : 'needs a kernel with BTF';
}
