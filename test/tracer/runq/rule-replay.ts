import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The idle thread of every CPU. */
export const idle = 0;

/** An event of the scheduler. Threads are small numbers, instants are nanoseconds. */
export type SchedulerEvent =
  | { readonly kind: 'wakeup' | 'new'; readonly thread: number; readonly atNs: number; readonly throttled: boolean }
  | { readonly kind: 'exit'; readonly thread: number }
  | ({ readonly kind: 'switch'; readonly from: number; readonly to: number; readonly atNs: number } & Leaving);

/** How the previous thread leaves its CPU. A state of 0 is runnable, 1 is asleep. */
export interface Leaving {
  readonly preempt: boolean;
  /** The state as the event hands it over. */
  readonly stateArgument: number;
  /** The state as the thread has it by then. */
  readonly state: number;
  readonly throttled: boolean;
}

export interface Replay {
  readonly waits: readonly { readonly thread: number; readonly ns: number; readonly cause: string }[];
  readonly unknown: number;
  readonly negative: number;
}

/** The rule of the kernel programs, compiled for this machine. */
export interface RuleProgram extends Disposable {
  /** Each sequence starts with no thread known. */
  replay(sequences: readonly (readonly SchedulerEvent[])[]): Replay[];
  slotsOf(waitsNs: readonly (number | bigint)[]): number[];
}

export function buildRuleProgram(): RuleProgram {
  const folder = mkdtempSync(join(tmpdir(), 'scalelab-rule-'));
  const program = join(folder, 'rule-replay');
  const source = join(import.meta.dirname, 'rule-replay.c');
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-I', 'tracer/runq', '-o', program];
  execFileSync('cc', [...flags, source], { stdio: 'pipe' });
  const run = (lines: readonly string[]): string[] =>
    execFileSync(program, { input: lines.map((line) => `${line}\n`).join(''), encoding: 'utf8' })
      .split('\n')
      .slice(0, -1);
  return {
    replay(sequences) {
      return readReplays(run(sequences.flatMap((events) => [...events.map(formatEvent), 'end'])));
    },
    slotsOf: (waitsNs) => run(waitsNs.map((ns) => `slot ${ns}`)).map(Number),
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true });
    },
  };
}

function formatEvent(event: SchedulerEvent): string {
  switch (event.kind) {
    case 'wakeup':
    case 'new':
      return `${event.kind} ${event.thread} ${event.atNs} ${Number(event.throttled)}`;
    case 'exit':
      return `exit ${event.thread}`;
    case 'switch': {
      const leaving = [event.preempt, event.stateArgument, event.state, event.throttled].map(Number);
      return `switch ${event.from} ${event.to} ${event.atNs} ${leaving.join(' ')}`;
    }
  }
}

function readReplays(lines: readonly string[]): Replay[] {
  const replays: Replay[] = [];
  let waits: Replay['waits'][number][] = [];
  for (const line of lines) {
    const [word, first, second, cause] = line.split(' ');
    if (word === 'wait') {
      waits.push({ thread: Number(first), ns: Number(second), cause: cause ?? '' });
    } else {
      replays.push({ waits, unknown: Number(first), negative: Number(second) });
      waits = [];
    }
  }
  return replays;
}
