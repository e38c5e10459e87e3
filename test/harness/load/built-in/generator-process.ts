import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { ownGarbageOption } from '../../../../harness/load/built-in/thread-settings.ts';
import type { LoadOrder } from '../../../../harness/load/port.ts';
import type { GeneratorEvidence } from '../../../../harness/telemetry/evidence.ts';

export type ProcessOrder = Pick<LoadOrder, 'target' | 'requests' | 'timeoutMs' | 'mostInFlight' | 'connections'> & {
  /** An even schedule. */
  readonly count: number;
  readonly gapMs: number;
  readonly searchPath: string;
};

export interface ProcessOutcome {
  readonly generator: GeneratorEvidence;
  readonly outcome: readonly number[];
  /** Null where nothing was sent. */
  readonly latenessMs: readonly (number | null)[];
  readonly largestResidentBytes: number;
}

export interface GeneratorProcess {
  readonly pid: number;
  go(): Promise<ProcessOutcome>;
}

/** The driver in a process of its own, ready to go. */
export async function prepareInProcess(order: ProcessOrder): Promise<GeneratorProcess> {
  const program = fileURLToPath(new URL('./generator-program.mjs', import.meta.url));
  const child = spawn(process.execPath, [ownGarbageOption, program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines = createInterface({ input: child.stdout });
  child.stdin.write(`${JSON.stringify(order)}\n`);
  await once(lines, 'line');
  return {
    pid: child.pid ?? -1,
    async go() {
      child.stdin.write('go\n');
      const [line] = (await once(lines, 'line')) as [string];
      // Our own program writes it.
      return JSON.parse(line) as ProcessOutcome;
    },
  };
}
