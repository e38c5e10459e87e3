// A helper that traces nothing, as a program: `node fake-runq.mjs MODE OPTIONS-OF-THE-HELPER`.
import { createInterface } from 'node:readline';

const mode = process.argv[2];
const zero = { count: 0, sumNs: '0', slots: [] };
const slots = Array.from({ length: 192 }, (_, slot) => [slot, 4294967295 - slot]);
const full = { count: 4294967295, sumNs: '18446744073709551615', slots };
// As long as a line gets: 512 cgroups that used every slot.
const groups = Array.from({ length: mode === 'long' ? 512 : 1 }, (_, index) => ({
  id: String(45 + index),
  contention: mode === 'long' ? full : zero,
  throttled: mode === 'long' ? full : zero,
}));
const zeros = Object.fromEntries(
  'switches wakeups unknown negative lostStorage lostGroups userMicros systemMicros residentBytes kernelRuns recursionMisses'
    .split(' ')
    .map((name) => [name, 0]),
);
let seq = 0;

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function snapshot(reason) {
  say({ type: 'snapshot', seq: seq++, reason, monotonicNs: '1', groups, ...zeros, kernelRunNs: '0' });
}

if (mode === 'refused') {
  say({ type: 'error', code: 'no-permission', message: 'Loading a program was not permitted.' });
  process.exit(3);
}
say({
  type: 'hello',
  version: 1,
  kernel: '6.18',
  cpus: 2,
  intervalMs: Number(process.argv[4]),
  groups: 512,
  causeRule: 'throttled',
  prevState: 'argument',
  capabilities: 'none',
  pid: process.pid,
});
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (mode === 'cut') {
      process.stderr.write('no memory left\n');
      process.stdout.write('{"type":"snapshot","seq":0,"rea', () => process.exit(9));
    } else if (line === 'read') snapshot('asked');
  })
  .on('close', () => snapshot('end'));
