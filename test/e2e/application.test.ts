import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../harness/analysis/summarize.ts';
import { readExperiment, type RecordedExperiment } from '../../harness/store/recorded-experiment.ts';
import type { RecordedTrial } from '../../harness/store/trial-record.ts';
import { requestOutcomes } from '../../harness/telemetry/request-log.ts';
import { writeEchoProfile } from '../rig/application-profile.ts';
import { placeFakeK6 } from '../rig/fake-k6.ts';
import { descendants, latest, runCli, startCli, whyNoKernelTests } from '../rig/cli.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

const reason = whyNoKernelTests();

const recordedIn = (folder: string): Promise<RecordedExperiment> => readExperiment(latest(folder, 'echo'));

const outcomes = ({ requests }: RecordedTrial): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const index of requests?.outcome ?? []) {
    const name = requestOutcomes[index] ?? '';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

/** Runs one block of the profile in a new folder. */
async function run(
  changes: Readonly<Record<string, unknown>> = {},
  whileRunning?: (pid: number) => Promise<void>,
): Promise<{ readonly exitCode: number | null; readonly stderr: string; readonly recorded: RecordedExperiment }> {
  const folder = temporaryFolder();
  const cli = startCli(['run', writeEchoProfile(folder, changes)], { folder });
  if (whileRunning !== undefined) {
    await cli.saw(/\[1\//);
    await whileRunning(cli.pid);
  }
  const { exitCode, stderr } = await cli.ended;
  return { exitCode, stderr, recorded: await recordedIn(folder) };
}

const trialsOf = ({ trials }: RecordedExperiment): readonly RecordedTrial[] => [...trials.values()];

describe.skipIf(reason !== null)(`an application${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('is started for each trial, answers its load, and everything about it is recorded', async () => {
    const { exitCode, stderr, recorded } = await run();
    expect(exitCode, stderr).toBe(0);
    expect(trialsOf(recorded)).toHaveLength(2);
    for (const trial of trialsOf(recorded)) {
      const { record, samples, requests, spans } = trial;
      expect(record.verdict).toEqual({ kind: 'valid' });
      expect(Object.keys(outcomes(trial))).toEqual(['ok']);
      expect(requests?.status.every((status) => status === 200)).toBe(true);
      expect(record.evidence.generator).toMatchObject({ driver: 'built-in', death: null });
      expect(record.evidence.application).toEqual({ events: [], startFailure: null });
      expect(spans.length).toBeGreaterThan(0);
      expect(samples).toHaveLength(6);
      for (const { services, load, waits } of samples) {
        expect(services?.map(({ service, wanted }) => [service, wanted])).toEqual([
          ['gate', 1],
          ['echo', 1],
        ]);
        const limit = record.arm === 'small' ? 0.5 : 0.9;
        for (const replica of services?.flatMap(({ replicas }) => replicas) ?? []) {
          expect(replica).toMatchObject({
            state: 'ready',
            cpuLimitCores: limit,
            memoryLimitBytes: 67_108_864,
            oomKills: 0,
          });
          expect(replica.cpuSeconds).toBeGreaterThan(0);
          expect(replica.memoryBytes).toBeGreaterThan(0);
          expect(waits?.filter(({ group }) => group === replica.id).length).toBeGreaterThan(0);
        }
        expect(load?.endpoints.map(({ endpoint }) => endpoint)).toEqual(['say', 'look']);
      }
      const answered = samples.flatMap(({ services }) => services ?? []).filter(({ service }) => service === 'gate');
      const counted = answered.flatMap(({ replicas }) => replicas).reduce((sum, one) => sum + (one.requests ?? 0), 0);
      const measured = [...(requests?.dueMs ?? [])].filter((due) => due < 3000).length;
      expect(Math.abs(counted - measured)).toBeLessThanOrEqual(5);
    }
    const [first, second] = trialsOf(recorded);
    expect(first?.requests?.dueMs).toEqual(second?.requests?.dueMs);
    expect(first?.requests?.payloadSeed).toEqual(second?.requests?.payloadSeed);
    expect(first?.record.evidence.generator?.scheduleSha256).toBe(second?.record.evidence.generator?.scheduleSha256);
    expect(existsSync(join(recorded.paths.blocks, '1', 'schedule.parquet'))).toBe(true);
    expect(existsSync(recorded.paths.reportHtml)).toBe(true);
  });

  test('killed in a trial with all its replicas, the same command goes on, and nothing is left', async () => {
    const folder = temporaryFolder();
    // A block is longer than a busy machine takes to begin again: beyond that it would be set aside.
    const command = ['run', writeEchoProfile(folder, { trial: { duration: '8s', warmup: '1s' } })];
    const first = startCli(command, { folder });
    await first.saw(/\[1\/2\]/);
    while (descendants(first.pid, 'scalelab-twin').length < 2) await delay(20);
    const replicas = descendants(first.pid, 'scalelab-twin');
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    for (let wait = 0; wait < 250 && replicas.some(isAlive); wait++) await delay(20);
    expect(replicas.filter(isAlive)).toEqual([]);
    const { exitCode, stderr } = await runCli(command, { folder });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('Going on with ');
    const recorded = await recordedIn(folder);
    expect(summarize(recorded).blocks.complete).toBe(1);
    expect((await runCli(['verify', latest(folder, 'echo')], { folder })).exitCode).toBe(0);
  });

  test('a replica that an outside hand kills is counted and restarted, and the trial is invalid', async () => {
    const { recorded } = await run({}, async (pid) => {
      while (descendants(pid, 'scalelab-twin').length < 2) await delay(20);
      await delay(1500);
      const [victim] = descendants(pid, 'scalelab-twin');
      process.kill(victim ?? 0, 'SIGKILL');
    });
    const [struck] = trialsOf(recorded).filter(({ record }) => record.verdict.kind === 'invalid');
    expect(struck?.record.verdict).toMatchObject({ reasons: [{ code: 'interfered' }] });
    expect(struck?.record.evidence.application?.events.map(({ type }) => type)).toEqual([
      'killed-from-outside',
      'restarted',
    ]);
    expect(summarize(recorded).blocks.complete).toBe(1);
  });

  test('a replica that the profile kills is an outcome: errors are counted, and the application recovers by itself', async () => {
    const { exitCode, stderr, recorded } = await run({ faults: [{ kill: 'echo', at: '1500ms' }] });
    expect(exitCode, stderr).toBe(0);
    for (const trial of trialsOf(recorded)) {
      const { record, requests } = trial;
      expect(record.verdict).toEqual({ kind: 'valid' });
      expect(record.evidence.application?.events.map(({ type }) => type)).toEqual(['killed-by-profile', 'restarted']);
      expect(outcomes(trial)['error-status']).toBeGreaterThan(0);
      const last = [...(requests?.outcome ?? [])].slice(-5).map((index) => requestOutcomes[index]);
      expect(last).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    }
  });

  test('a service that stands still for a while delays its requests, and the application recovers by itself', async () => {
    const { exitCode, stderr, recorded } = await run({ faults: [{ stop: 'echo', at: '1200ms', for: '500ms' }] });
    expect(exitCode, stderr).toBe(0);
    for (const { record, requests } of trialsOf(recorded)) {
      expect(record.verdict).toEqual({ kind: 'valid' });
      const latencies = [...(requests?.doneMs ?? [])].map((done, index) => done - (requests?.dueMs[index] ?? 0));
      expect(Math.max(...latencies)).toBeGreaterThan(200);
    }
  });

  test('a replica above its memory limit is killed by the kernel, counted and restarted, which is an outcome', async () => {
    const hungry = join(import.meta.dirname, '..', 'fixtures', 'application', 'hungry.yaml');
    const { exitCode, stderr, recorded } = await run({
      application: hungry,
      arms: [
        { name: 'small', allocation: { default: { memory: '8 MiB' } } },
        { name: 'large', allocation: { default: { memory: '256 MiB' } } },
      ],
    });
    expect(exitCode, stderr).toBe(0);
    const of = (arm: string): RecordedTrial | undefined => trialsOf(recorded).find(({ record }) => record.arm === arm);
    expect(of('small')?.record.verdict.kind).toBe('valid');
    expect(of('small')?.record.evidence.application?.events.map(({ type }) => type)).toContain(
      'killed-by-memory-limit',
    );
    expect(of('large')?.record.evidence.application?.events).toEqual([]);
  });

  test('far more requests than it can answer end in time: a saturated application is valid, and terrible', async () => {
    const { recorded } = await run({
      arms: [
        { name: 'small', allocation: { default: { cpu: '0.05 cores' } } },
        { name: 'large', allocation: { default: { cpu: '0.06 cores' } } },
      ],
      loads: [{ name: 'flood', rate: '600/s' }],
      driver: { timeout: '1s', inFlight: 100 },
      limits: { stolen: '100 %', lateness: '1s', generatorCpu: '100 %' },
    });
    for (const trial of trialsOf(recorded).filter(({ record }) => record.verdict.kind !== 'invalid')) {
      expect(trial.record.verdict).toEqual({ kind: 'valid' });
      expect(outcomes(trial)['not-sent-in-flight']).toBeGreaterThan(100);
      expect(outcomes(trial)['not-sent-generator'] ?? 0).toBe(0);
    }
    expect(summarize(recorded).arms.map(({ valid }) => valid)).toEqual([1, 1]);
    for (const { metrics } of summarize(recorded).arms) {
      expect(metrics['violation-share']?.median).toBeGreaterThan(0.5);
    }
  });

  test('a port in use is told before anything is started', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const folder = temporaryFolder();
    const file = writeEchoProfile(folder, { testbed: { kind: 'local', port } });
    for (const command of ['check', 'run']) {
      const { exitCode, stderr } = await runCli([command, file], { folder });
      expect(exitCode, stderr).toBe(3);
      expect(stderr).toMatch(new RegExp(`error: Port ${port} of 127\\.0\\.0\\.1 is in use`));
    }
    expect(existsSync(join(folder, 'results'))).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });

  test('k6 that is not there is told with how to install it', async () => {
    const folder = temporaryFolder();
    const file = writeEchoProfile(folder, { driver: { name: 'k6' } });
    const { exitCode, stderr } = await runCli(['run', file], { folder, environment: { PATH: '/nowhere', K6_BIN: '' } });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('k6');
    expect(stderr).toContain('https://grafana.com/docs/k6/latest/set-up/install-k6/');
  });

  test('k6 ends with the harness, also when that is killed', async () => {
    const folder = temporaryFolder();
    const k6 = placeFakeK6(folder);
    const file = writeEchoProfile(folder, { driver: { name: 'k6' }, trial: { duration: '8s', warmup: '1s' } });
    const cli = startCli(['run', file], { folder, environment: { K6_BIN: k6 } });
    await cli.saw(/\[1\/2\]/);
    const generators = (): readonly number[] => descendants(cli.pid, process.execPath);
    while (generators().length === 0) await delay(20);
    const running = generators();
    process.kill(cli.pid, 'SIGKILL');
    await cli.ended;
    for (let wait = 0; wait < 250 && running.some(isAlive); wait++) await delay(20);
    expect(running.filter(isAlive)).toEqual([]);
  });

  test('mistakes in the model are told with its own line and column, and nothing is created', async () => {
    const folder = temporaryFolder();
    const broken = join(import.meta.dirname, '..', 'fixtures', 'application', 'broken.yaml');
    const { exitCode, stderr } = await runCli(['run', writeEchoProfile(folder, { application: broken })], { folder });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${broken}:`);
    expect(stderr).toMatch(/broken\.yaml:\d+:\d+: services\[0\]\.operations\[0\]\.steps\[0\]\.call: /);
    expect(existsSync(join(folder, 'results'))).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
