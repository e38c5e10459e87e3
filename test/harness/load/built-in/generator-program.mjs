// Runs the load driver in a process of its own, as built. The order comes as one line of JSON on standard input; then it says `ready`,
// waits for another line, sends the schedule and prints what became of it.
import { createInterface } from 'node:readline';
import { systemClock } from '../../../../dist/harness/core/clock.js';
import { startChild } from '../../../../dist/harness/core/process.js';
import { BuiltInDriver } from '../../../../dist/harness/load/built-in/built-in-driver.js';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { searchPath, count, gapMs, ...order } = JSON.parse((await lines.next()).value);
const driver = new BuiltInDriver({
  runner: startChild,
  clock: systemClock,
  systemPath: searchPath,
  cores: 1,
  nodeOptions: process.execArgv,
});
const never = new AbortController().signal;
const schedule = {
  dueMs: Float64Array.from({ length: count }, (_, index) => Math.floor(gapMs * 1000 * (index + 1)) / 1000),
  endpoint: new Uint8Array(count),
  payloadSeed: Uint32Array.from({ length: count }, (_, index) => index),
};
const load = await driver.prepare({ ...order, schedule, spanShare: 0, cpus: null, workFolder: '/nowhere' }, never);
console.log('ready');
await lines.next();
const running = await load.go(never);
const { log, generator } = await running.finish(never);
process.stdout.write(
  JSON.stringify({
    generator,
    outcome: [...log.outcome],
    latenessMs: Array.from(log.sentMs, (sentMs, index) => sentMs - log.dueMs[index]),
    largestResidentBytes: process.resourceUsage().maxRSS * 1024,
  }) + '\n',
  () => process.exit(),
);
