import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Application } from '../../harness/application/application.ts';
import { compileModel } from './compile-model.ts';

/** A socket's path has at most 107 bytes on Linux. */
export const mostSocketPathBytes = 107;

/** Where the replicas of a run find what they share. */
export interface RunFiles {
  readonly model: string;
  readonly registry: string;
  /** The folder of all span files: `readSpans` takes it. */
  readonly spans: string;
  controlOf(replica: string): string;
  spansOf(replica: string): string;
}

export function runFiles(runFolder: string): RunFiles {
  const spans = join(runFolder, 'spans');
  return {
    model: join(runFolder, 'model'),
    // Alone in its folder, so that a change of anything else wakes nobody.
    registry: join(runFolder, 'registry', 'replicas'),
    spans,
    controlOf: (replica) => join(runFolder, `${replica}.sock`),
    spansOf: (replica) => join(spans, `${replica}.spans`),
  };
}

/** Makes the folder and its files, for an application in which nobody is there yet. Its path should be short: sockets live in it. */
export async function prepareRunFolder(runFolder: string, application: Application): Promise<RunFiles> {
  const files = runFiles(runFolder);
  const model = compileModel(application);
  await mkdir(files.spans, { recursive: true });
  await mkdir(join(runFolder, 'registry'), { recursive: true });
  await writeFile(files.model, model);
  await writeFile(files.registry, '');
  return files;
}
