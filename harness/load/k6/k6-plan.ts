import type { K6Files } from './k6-command.ts';
import type { K6Program } from './k6-program.ts';
import type { Launcher } from './launcher.ts';

/** All that a run of k6 needs beside the order. */
export interface K6Plan {
  readonly program: K6Program;
  readonly launcher: Launcher;
  readonly environment: Readonly<Record<string, string>>;
  readonly capacityCores: number;
  readonly files: K6Files;
  /** Of the files that were written. */
  readonly scheduleSha256: string;
  readonly requestsSha256: string;
}
