import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** A real file system of 256 kB, mounted for one test. Skips the test where nothing can be mounted. */
export function smallDisk(context: TestContext): string {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    context.skip(`a small file system cannot be mounted here (needs root): ${String(error)}`);
  }
  // Runs before the folder is removed: what was registered last comes first.
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  return folder;
}

/** Takes the space that is left, but for so many bytes rounded up to pages. Returns how to give it back. */
export function fillDisk(folder: string, leaveBytes: number): () => void {
  const files = ['leave', 'fill'].map((name) => join(folder, `${name}.tmp`));
  const [leave = '', fill = ''] = files;
  const write = (file: string, bytes: number): void => {
    const descriptor = openSync(file, 'w');
    try {
      for (let written = 0; written < bytes;)
        written += writeSync(descriptor, Buffer.alloc(Math.min(4096, bytes - written)));
    } finally {
      closeSync(descriptor);
    }
  };
  if (leaveBytes > 0) write(leave, leaveBytes);
  try {
    write(fill, Infinity);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
  rmSync(leave, { force: true });
  return () => {
    rmSync(fill, { force: true });
  };
}
