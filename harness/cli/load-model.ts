import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '../application/application.ts';
import { loadApplication } from '../application/load-application.ts';
import { HarnessError } from '../core/errors.ts';
import { packageRoot } from '../core/package-root.ts';
import { ownModels } from '../profile/application-schema.ts';
import { unknownWord } from '../yaml/did-you-mean.ts';
import { formatDiagnostics } from '../yaml/diagnostic.ts';
import { readDocument } from './read-document.ts';

/**
 * The model of an application that the user named: one of ours, or the path of a file.
 * @throws HarnessError `usage` for an unknown name, `profile-missing`, or `application-invalid` with every mistake, its line and a caret
 */
export function loadModel(reference: string): Application {
  const isOwn = ownModels.includes(reference);
  const isPath = /[/.]/.test(reference);
  if (!isOwn && !isPath && !existsSync(reference)) {
    throw new HarnessError('usage', `--application: ${unknownWord('application', reference, ownModels)}`);
  }
  const file = isOwn ? join(packageRoot, 'deathstarbench', `${reference}.yaml`) : reference;
  const loaded = loadApplication({ text: readDocument(file, 'application'), fileName: file });
  if (loaded.ok) return loaded.application;
  const { diagnostics } = loaded;
  const count = diagnostics.length === 1 ? '1 mistake' : `${diagnostics.length} mistakes`;
  throw new HarnessError(
    'application-invalid',
    `${count} in the application; nothing was started.\n${formatDiagnostics(diagnostics)}`,
  );
}
