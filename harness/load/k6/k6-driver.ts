import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { messageOf } from '../../core/all-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { countCpus } from '../../core/cpu-list.ts';
import { HarnessError, type Problem } from '../../core/errors.ts';
import type { ProcessRunner } from '../../core/process.ts';
import { sha256 } from '../../core/sha256.ts';
import type { LoadDriver, LoadOrder, PreparedLoad } from '../port.ts';
import { scheduleBytes } from '../schedule-file.ts';
import { filesIn, k6Environment, type K6Files } from './k6-command.ts';
import type { K6Plan } from './k6-plan.ts';
import { findK6, type K6Program } from './k6-program.ts';
import { chooseLauncher } from './launcher.ts';
import { PreparedK6 } from './prepared-k6.ts';
import { writeRequestLines } from './request-lines.ts';

export interface K6Dependencies {
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  /** The program k6 where the user named it (`K6_BIN`), else null. */
  readonly k6: string | null;
  /** The PATH in which k6 is looked for, and which it gets. */
  readonly searchPath: string;
  /** The PATH in which `taskset` and `chrt` are looked for. */
  readonly systemPath: string;
  /**
   * The program `scalelab-workload`, which lets k6 end with the harness, however that ends; null where there is none: then k6 sends the
   * rest of its schedule when the harness was killed.
   */
  readonly workload: string | null;
  /** CPUs that a process may use if nobody binds it. */
  readonly cores: number;
}

/** Sends a schedule with the program k6, which replays it by `deathstarbench/k6/replay.js`. */
export class K6Driver implements LoadDriver {
  readonly name = 'k6';
  readonly #world: K6Dependencies;

  constructor(world: K6Dependencies) {
    this.#world = world;
  }

  async check(): Promise<readonly Problem[]> {
    const found = await this.#find();
    return 'severity' in found ? [found] : [];
  }

  async prepare(order: LoadOrder, signal: AbortSignal): Promise<PreparedLoad> {
    signal.throwIfAborted();
    const { runner, clock, searchPath, systemPath, workload, cores } = this.#world;
    const program = await this.#find();
    if ('severity' in program) throw new HarnessError('machine-lacks', program.message, { hint: program.hint });
    if (order.connections.kind === 'kept' && order.connections.maxAgeMs !== null) {
      throw new HarnessError('load-failed', 'k6 cannot drop connections by their age.', {
        hint: 'Choose the built-in driver, or keep connections without an age, or open a fresh one for each request.',
      });
    }
    const launcher = await chooseLauncher(runner, systemPath, order.cpus);
    const files = filesIn(order.workFolder);
    return new PreparedK6(runner, clock, order, {
      program,
      launcher: workload === null ? launcher : { ...launcher, prefix: [workload, 'enter', '--', ...launcher.prefix] },
      environment: k6Environment(order.workFolder, searchPath),
      capacityCores: order.cpus === null ? cores : countCpus(order.cpus),
      files,
      ...(await writeFiles(order, files, signal)),
    });
  }

  #find(): Promise<K6Program | Problem> {
    const { runner, k6, searchPath } = this.#world;
    return findK6(runner, k6, searchPath);
  }
}

/** @returns the hashes of what was written */
async function writeFiles(
  order: LoadOrder,
  files: K6Files,
  signal: AbortSignal,
): Promise<Pick<K6Plan, 'scheduleSha256' | 'requestsSha256'>> {
  const schedule = scheduleBytes(order.schedule);
  try {
    mkdirSync(order.workFolder, { recursive: true });
    // k6 appends to some of them.
    for (const file of Object.values<string>({ ...files })) rmSync(file, { force: true });
    writeFileSync(files.schedule, schedule);
    const requestsSha256 = await writeRequestLines(files.requests, order, signal);
    return { scheduleSha256: sha256(schedule), requestsSha256 };
  } catch (cause) {
    signal.throwIfAborted();
    throw new HarnessError('load-failed', `The files for k6 cannot be written: ${messageOf(cause)}`, { cause });
  }
}
