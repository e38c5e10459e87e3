import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/**
 * A folder that is removed when the test ends.
 * @param whenFinished of the test's own context, where tests run at the same time
 */
export function temporaryFolder(whenFinished: (step: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'scalelab-test-'));
  whenFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A folder that is removed when all tests of a file have ended; for what is made once, in `beforeAll`. */
export function folderOfThisFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scalelab-test-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
