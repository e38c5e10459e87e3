// Runs a load driver as built, in a process of its own so that its cost can be told from that of the bench. Takes the order as JSON in
// its only argument; prints what came of it as JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../dist/harness/core/clock.js';
import { startChild } from '../dist/harness/core/process.js';
import { BuiltInDriver } from '../dist/harness/load/built-in/built-in-driver.js';
import { K6Driver } from '../dist/harness/load/k6/k6-driver.js';
import { makeSchedule } from '../dist/harness/load/make-schedule.js';
import { requestOutcomes } from '../dist/harness/telemetry/request-log.js';

const { driver: name, url, perSecond, seconds, seed, cpus, k6, searchPath } = JSON.parse(process.argv[2]);
const world = {
  runner: startChild,
  clock: systemClock,
  searchPath,
  systemPath: searchPath,
  cores: 1,
  k6,
  nodeOptions: process.execArgv,
};
const driver = name === 'k6' ? new K6Driver(world) : new BuiltInDriver(world);
const load = { name: 'bench', rate: { kind: 'constant', perSecond }, arrivals: { kind: 'poisson' }, mix: null };
const never = new AbortController().signal;
const workFolder = mkdtempSync(join(tmpdir(), 'scalelab-bench-'));
try {
  const prepared = await driver.prepare(
    {
      schedule: makeSchedule({ load, durationMs: 1000 * seconds, seed, weights: [1] }),
      requests: {
        quantities: [],
        endpoints: [
          {
            name: 'read',
            method: 'GET',
            path: '/read',
            service: 'target',
            operation: 'read',
            parameters: [{ name: 'text', pieces: [{ kind: 'random', length: 64, characters: 'alphanumeric' }] }],
            reply: 'text',
          },
        ],
      },
      target: { url },
      timeoutMs: 5000,
      mostInFlight: 1000,
      connections: { kind: 'kept', maxAgeMs: null },
      spanShare: 0.1,
      cpus,
      workFolder,
    },
    never,
  );
  const running = await prepared.go(never);
  const before = process.cpuUsage();
  const { log, generator } = await running.finish(never);
  const own = process.cpuUsage(before);
  await prepared[Symbol.asyncDispose]();
  const latenessMs = Array.from(log.sentMs, (sentMs, index) => sentMs - log.dueMs[index])
    .filter((ms) => !Number.isNaN(ms))
    .sort((a, b) => a - b);
  const quantile = (p) => latenessMs[Math.min(latenessMs.length - 1, Math.floor(p * latenessMs.length))];
  const notOk = log.outcome.filter((code) => code !== requestOutcomes.indexOf('ok')).length;
  process.stdout.write(
    JSON.stringify({
      version: generator.version,
      priority: generator.priority,
      death: generator.death,
      latenessP50Ms: quantile(0.5),
      latenessP99Ms: quantile(0.99),
      notOk,
      // All threads of this process since the schedule began: sending, sleeping, collecting garbage, and reading what became of it.
      cpuSeconds: (own.user + own.system) / 1e6,
    }),
  );
} finally {
  rmSync(workFolder, { recursive: true, force: true });
}
