import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the fake does: see `fake-k6.mjs`. */
export interface FakeK6 {
  readonly version?: string;
  readonly run?: 'script' | 'recorded' | { readonly case: string };
  readonly speed?: number;
  readonly lines?: number;
  readonly exit?: number;
  readonly signal?: NodeJS.Signals;
  readonly noSummary?: boolean;
  readonly slowEnd?: boolean;
  readonly deaf?: boolean;
  readonly hash?: string;
  readonly requestsHash?: string;
}

const program = fileURLToPath(new URL('fake-k6.mjs', import.meta.url));

/** Puts a program `k6` into a folder. @returns its path */
export function placeFakeK6(folder: string, fake: FakeK6 = {}): string {
  const path = join(folder, 'k6');
  const settings = JSON.stringify(fake).replaceAll("'", "'\\''");
  // A driver clears the environment, so the program has to bring its own.
  const start = `exec ${process.execPath} --experimental-vm-modules --no-warnings ${program} "$@"`;
  writeFileSync(path, `#!/bin/sh\nexport FAKE_K6='${settings}'\n${start}\n`, { mode: 0o755 });
  return path;
}
