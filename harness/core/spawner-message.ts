import type { ChildExit } from './process.ts';

/** What the harness asks of the spawner. Children have the numbers that the harness gave them. */
export type SpawnerRequest =
  | {
      readonly kind: 'start';
      readonly child: number;
      readonly file: string;
      readonly args: readonly string[];
      readonly environment: Readonly<Record<string, string>> | null;
      readonly workingFolder: string | null;
    }
  | { readonly kind: 'write'; readonly child: number; readonly line: string }
  | { readonly kind: 'stop'; readonly child: number; readonly graceMs: number | null };

/** What it tells. */
export type SpawnerReport =
  | { readonly kind: 'started'; readonly child: number; readonly pid: number }
  /** It could not be started at all. */
  | { readonly kind: 'failed'; readonly child: number; readonly message: string }
  | { readonly kind: 'output'; readonly child: number; readonly text: string }
  | { readonly kind: 'exited'; readonly child: number; readonly exit: ChildExit };
