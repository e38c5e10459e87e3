import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../harness/core/clock.ts';
import { startChild } from '../../../harness/core/process.ts';
import { startRunqTracer } from '../../../tracer/client/start-tracer.ts';
import type { RunqTracer, TracerEvent } from '../../../tracer/client/tracer.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scalelab-test-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Starts the fake helper as a program of its own. */
function start(mode: 'answers' | 'long' | 'cut' | 'refused'): Promise<RunqTracer> {
  const file = join(folder, `runq ${mode}`);
  const program = join(import.meta.dirname, 'fake-runq.mjs');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${program}' ${mode} "$@"\n`);
  chmodSync(file, 0o755);
  return startRunqTracer({ file, intervalMs: 10_000 }, { runner: startChild, clock: systemClock });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a helper that is a program of its own answers, ends when it is stopped, and leaves nothing behind', async () => {
  const tracer = await start('answers');
  expect(tracer.hello.intervalMs).toBe(10_000);
  const snapshots = await Promise.all([tracer.snapshot(), tracer.snapshot(), tracer.snapshot()]);
  expect(snapshots.map(({ seq, reason }) => [seq, reason])).toEqual([
    [0, 'asked'],
    [1, 'asked'],
    [1, 'asked'],
  ]);
  expect(await tracer.stop()).toMatchObject({ seq: 2, reason: 'end' });
  expect(isRunning(tracer.hello.pid)).toBe(false);
});

test('the longest line there can be arrives whole', async () => {
  await using tracer = await start('long');
  const snapshot = await tracer.snapshot();
  expect(snapshot.groups.length).toBe(512);
  expect(snapshot.groups.at(-1)?.throttled.slots.at(-1)).toEqual([191, 2 ** 32 - 1 - 191]);
  expect(tracer.faults).toEqual({ broken: 0, missed: 0 });
});

test('a helper that dies in the middle of a line is lost, and the line is broken', async () => {
  await using tracer = await start('cut');
  const events: TracerEvent[] = [];
  tracer.subscribe((event) => events.push(event));
  const message = `exit code 9; its last words were: no memory left.`;
  await expect(tracer.snapshot()).rejects.toThrow(message);
  expect(events.map(({ type }) => type)).toEqual(['line-broken', 'tracer-lost']);
});

test('a helper that is killed from outside is lost', async () => {
  await using tracer = await start('answers');
  const lost = new Promise<TracerEvent>((resolve) => {
    tracer.subscribe(resolve);
  });
  process.kill(tracer.hello.pid, 'SIGKILL');
  expect(await lost).toMatchObject({ type: 'tracer-lost', loss: { kind: 'died' } });
  expect(tracer.loss?.message).toMatch(/^The run-queue tracer \(process \d+\) was ended by SIGKILL\.$/);
});

test('a helper that may not load its programs says so', async () => {
  await expect(start('refused')).rejects.toMatchObject({
    code: 'tracer-unavailable',
    message: 'The run-queue tracer cannot start: Loading a program was not permitted.',
  });
});

test('a program that does not exist, and one that may not be executed, are named', async () => {
  const missing = join(folder, 'nothing');
  const run = (file: string): Promise<RunqTracer> =>
    startRunqTracer({ file, intervalMs: 1000 }, { runner: startChild, clock: systemClock });
  await expect(run(missing)).rejects.toMatchObject({
    code: 'tracer-unavailable',
    message: `The run-queue tracer ${missing} cannot be run: spawn ${missing} ENOENT.`,
  });
  writeFileSync(missing, '');
  await expect(run(missing)).rejects.toMatchObject({
    message: `The run-queue tracer ${missing} cannot be run: spawn ${missing} EACCES.`,
  });
});
