import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** A profile with the application `echo`: two arms that differ in a limit which neither reaches, short trials. */
export function echoProfile(changes: Readonly<Record<string, unknown>> = {}): string {
  return stringify({
    seed: 3,
    blocks: 1,
    testbed: { kind: 'local' },
    application: 'echo',
    objective: '200ms',
    trial: { duration: '3s', warmup: '1s' },
    sampleInterval: '500ms',
    canary: null,
    arms: [
      { name: 'small', allocation: { default: { cpu: '0.5 cores', memory: '64 MiB' } } },
      { name: 'large', allocation: { default: { cpu: '0.9 cores', memory: '64 MiB' } } },
    ],
    loads: [{ name: 'steady', rate: '40/s' }],
    hypotheses: [{ arm: 'small', against: 'large', metric: 'latency-p95' }],
    // Stolen time and what else the machine does are no matter of these tests.
    limits: { stolen: '100 %', lateness: '1s' },
    ...changes,
  });
}

/** Writes it as `echo.yaml` into a folder. @returns its path */
export function writeEchoProfile(folder: string, changes?: Readonly<Record<string, unknown>>): string {
  const file = join(folder, 'echo.yaml');
  writeFileSync(file, echoProfile(changes));
  return file;
}
