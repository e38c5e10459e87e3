import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Application } from '../application/application.ts';
import { mixWeights } from '../application/mix-weights.ts';
import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { exactDuration } from '../core/units.ts';
import { makeSchedule } from '../load/make-schedule.ts';
import { naturalDurationMs } from '../load/natural-duration.ts';
import { summarizeSchedule } from '../load/schedule-summary.ts';
import { scheduleView } from '../load/schedule-view.ts';
import { loadFromText } from '../profile/load-conversion.ts';
import type { Load } from '../profile/load.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import { formatDiagnostics, toDiagnostics } from '../yaml/diagnostic.ts';
import type { Composition } from './compose.ts';
import { loadModel } from './load-model.ts';
import { readDocument } from './read-document.ts';

interface LoadOptions {
  readonly show: boolean;
  readonly json: boolean;
  readonly duration?: number | undefined;
  readonly seed: number;
  readonly application?: string | undefined;
}

/** Draws the schedule of a load, and shows it or says in a line what it holds. */
export async function loadCommand(file: string, options: LoadOptions, { terminal }: Composition): Promise<ExitStatus> {
  const load = readLoad(file);
  const model = options.application === undefined ? null : loadModel(options.application);
  const durationMs = options.duration ?? naturalDurationMs(load);
  const weights = model === null ? [1] : weightsOf(load, model);
  const schedule = makeSchedule({ load, durationMs, seed: options.seed, weights });
  const names = model && model.endpoints.map(({ name }) => name);
  const summary = summarizeSchedule(load, schedule, durationMs, names);
  const title = `${file}: ${exactDuration(durationMs)}, seed ${options.seed}`;
  if (options.json) terminal.out(`${JSON.stringify({ file, seed: options.seed, ...summary }, null, 2)}\n`);
  else if (options.show) terminal.out(`${title}\n\n${scheduleView(load, schedule, summary, terminal.columns)}`);
  else terminal.out(`${title}: ${summary.requests} requests, sha256 ${summary.sha256}. Draw it with --show.\n`);
  return Promise.resolve(0);
}

/** @throws HarnessError `profile-missing`, or `profile-invalid` with every mistake, its line and a caret */
function readLoad(file: string): Load {
  const text = readDocument(file, 'load');
  const name = basename(file).replace(/\.ya?ml$/, '');
  const result = loadFromText({ text, fileName: file, name, read: readOrdinaryFile });
  if (result.ok) return result.load;
  const count = result.mistakes.length === 1 ? '1 mistake' : `${result.mistakes.length} mistakes`;
  const sources = [...new Set(result.mistakes.map(({ place }) => place.source))];
  throw new HarnessError(
    'profile-invalid',
    `${count} in the load.\n${formatDiagnostics(toDiagnostics(result.mistakes, sources))}`,
  );
}

/** A device or a pipe has no end that could be waited for. */
function readOrdinaryFile(path: string): string {
  if (!statSync(path).isFile()) throw new Error('it is not an ordinary file');
  return readFileSync(path, 'utf8');
}

function weightsOf({ mix }: Load, application: Application): readonly number[] {
  const weights = mixWeights(application, mix);
  if (weights !== null) return weights;
  const known = application.mixes.map(({ name }) => name);
  const message = `The application ${application.name}: ${unknownWord('mix', mix ?? '', known)}.`;
  throw new HarnessError('profile-invalid', message);
}
