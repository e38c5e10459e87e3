import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isoTime, type Clock } from '../core/clock.ts';
import { HarnessError } from '../core/errors.ts';
import { Journal } from '../core/journal.ts';
import { lockFolder } from '../core/lock.ts';
import { sha256 } from '../core/sha256.ts';
import { flush, makeFolder, writeWholeFile } from '../core/whole-file.ts';
import { asWriteError } from '../core/write-error.ts';
import type { Plan } from '../plan/plan.ts';
import type { JournalEntry } from '../store/journal-entry.ts';
import { experimentPaths, type ExperimentPaths } from '../store/layout.ts';
import { listFolders } from '../store/list-folders.ts';
import type { Manifest } from '../store/manifest.ts';
import { advance, progressOf, type Progress } from '../store/progress.ts';
import { readFrame, type RecordedExperiment } from '../store/recorded-experiment.ts';

type WithoutInstant<T> = T extends { readonly at: string } ? Omit<T, 'at'> : never;

/** An experiment that this process alone writes to. */
export class OpenExperiment implements AsyncDisposable {
  readonly id: string;
  readonly plan: Plan;
  readonly paths: ExperimentPaths;
  readonly #journal: Journal<JournalEntry>;
  readonly #lock: AsyncDisposable;
  readonly #clock: Clock;
  #progress: Progress;

  private constructor(
    id: string,
    plan: Plan,
    paths: ExperimentPaths,
    progress: Progress,
    lock: AsyncDisposable,
    clock: Clock,
  ) {
    this.id = id;
    this.plan = plan;
    this.paths = paths;
    this.#progress = progress;
    this.#lock = lock;
    this.#clock = clock;
    this.#journal = Journal.open(paths.journal);
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** The entry is on the disk when this returns; only then may the act follow that it announces. */
  append(entry: WithoutInstant<JournalEntry>): void {
    // The instant completes the member of the union that was given.
    const complete = { at: isoTime(this.#clock), ...entry } as JournalEntry;
    this.#journal.append(complete);
    this.#progress = advance(this.#progress, complete);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#journal[Symbol.dispose]();
    await this.#lock[Symbol.asyncDispose]();
  }

  /**
   * Creates the folder of a new experiment, whole or not at all.
   * @param parent `results/<path of the profile>`
   */
  static async create(
    parent: string,
    content: {
      readonly plan: Plan;
      readonly planText: string;
      readonly profileText: string;
      /** Texts of the files that the profile names, by their path in it. */
      readonly inputs: Readonly<Record<string, string>>;
      readonly manifest: Manifest;
    },
    clock: Clock,
  ): Promise<OpenExperiment> {
    const { plan, planText, profileText, inputs, manifest } = content;
    const paths = experimentPaths(join(parent, manifest.experiment));
    makeFolder(parent);
    try {
      mkdirSync(paths.folder);
      flush(parent);
    } catch (error) {
      throw asWriteError(error, paths.folder);
    }
    const lock = await takeLock(paths.folder);
    try {
      writeWholeFile(paths.plan, planText);
      writeWholeFile(paths.profile, profileText);
      const inputsText = `${JSON.stringify(inputs, null, 2)}\n`;
      writeWholeFile(paths.inputs, inputsText);
      const manifestText = `${JSON.stringify(manifest, null, 2)}\n`;
      writeWholeFile(paths.manifest, manifestText);
      const experiment = new OpenExperiment(manifest.experiment, plan, paths, progressOf([]), lock, clock);
      const hashes = {
        planSha256: sha256(planText),
        profileSha256: sha256(profileText),
        manifestSha256: sha256(manifestText),
        inputsSha256: sha256(inputsText),
      };
      try {
        experiment.append({ type: 'experiment-created', experiment: manifest.experiment, ...hashes });
        pointLatestAt(paths.folder);
      } catch (error) {
        experiment.#journal[Symbol.dispose]();
        throw error;
      }
      return experiment;
    } catch (error) {
      // Not an experiment yet: a half-made folder would only be in the way.
      rmSync(paths.folder, { recursive: true, force: true });
      await lock[Symbol.asyncDispose]();
      throw asWriteError(error, paths.folder);
    }
  }

  /** Goes on with an experiment that was begun. */
  static async resume(
    frame: Omit<RecordedExperiment, 'trials'>,
    versions: { readonly scalelab: string; readonly git: string | null },
    clock: Clock,
  ): Promise<OpenExperiment> {
    const lock = await takeLock(frame.paths.folder);
    try {
      // Read again under the lock: the process that held it until now may have written.
      const { id, plan, paths, progress } = readFrame(frame.paths.folder);
      const experiment = new OpenExperiment(id, plan, paths, progress, lock, clock);
      experiment.append({ type: 'experiment-resumed', ...versions });
      return experiment;
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }
}

async function takeLock(folder: string): Promise<AsyncDisposable> {
  const lock = await lockFolder(folder);
  if (lock !== null) return lock;
  throw new HarnessError('results-locked', `Another process is running the experiment in ${folder}.`, {
    hint: 'Wait for it to end, or stop it; then run the same command again.',
  });
}

function pointLatestAt(folder: string): void {
  const latest = join(dirname(folder), 'latest');
  const temporary = join(dirname(folder), `.latest.${process.pid}`);
  try {
    rmSync(temporary, { force: true });
    symlinkSync(basename(folder), temporary);
    renameSync(temporary, latest);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw isInTheWay(error) ? somethingIsAt(latest, error) : asWriteError(error, latest);
  }
}

function isInTheWay(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(String(error.code));
}

function somethingIsAt(latest: string, cause: unknown): HarnessError {
  return new HarnessError(
    'results-not-writable',
    `${latest} is a folder; it must be free to point at the newest experiment.`,
    {
      hint: 'Move it away.',
      cause,
    },
  );
}

/** What is below `results/<path of the profile>`. */
export interface KnownExperiments {
  /** Those that can be read, the newest first. What was killed before its first journal entry is no experiment. */
  readonly readable: readonly Omit<RecordedExperiment, 'trials'>[];
  /** Those that cannot be read at all, one sentence each. */
  readonly unreadable: readonly string[];
}

export function knownExperiments(parent: string): KnownExperiments {
  const readable: Omit<RecordedExperiment, 'trials'>[] = [];
  const unreadable: string[] = [];
  for (const folder of listFolders(parent).filter((one) => existsSync(experimentPaths(one).journal))) {
    try {
      const frame = readFrame(folder);
      if (frame.progress.hashes !== null || frame.progress.blocks.length > 0) readable.push(frame);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      unreadable.push(error.message);
    }
  }
  return { readable: readable.sort((a, b) => (a.id < b.id ? 1 : -1)), unreadable };
}

export const isUnfinished = ({ progress }: Omit<RecordedExperiment, 'trials'>): boolean =>
  progress.status === 'running';
