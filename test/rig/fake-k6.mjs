// Stands in for the program k6 in tests. It takes the flags that the driver gives, behaves on signals as the real one was seen to
// (test/fixtures/k6), and does what the JSON in FAKE_K6 says, an object with
//   version   what `k6 version` says
//   run       'script': runs the script in a world that has what k6 has and nothing else, and really sends its requests
//             'recorded': writes the lines of the recorded run in their rhythm
//             { case }: ends as that case of failures.json did
//   speed     of 'recorded': 1 is the recorded rhythm
//   lines     ends after so many lines on the console, with
//   exit      this status
//   signal    or by this signal to itself
//   noSummary the summary cannot be written: only the log tells
//   slowEnd   SIGINT once is not enough, as in a slow teardown
//   deaf      only SIGKILL ends it
//   hash      what it claims to have read of the schedule, and
//   requestsHash   of the requests
import { appendFileSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { runScript } from './fake-k6-script.mjs';

const fake = JSON.parse(process.env.FAKE_K6 ?? '{}');
const fixtures = new URL('../fixtures/k6/', import.meta.url);
const [command, ...rest] = process.argv.slice(2);

if (command === 'version') {
  console.log(fake.version ?? 'k6 v2.2.0 (commit/0000000000, go1.26.8, linux/amd64)');
  process.exit(0);
}

if (typeof fake.run === 'object') endAs(fake.run.case);
const { flags, env, script } = readArguments(rest);

let lineCount = 0;
let requestCount = 0;
let interrupt = () => {};
let isStopping = false;

const stamp = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
const log = (level, msg, more = {}) =>
  appendFileSync(
    flags['--log-output'].replace('file=', ''),
    `${JSON.stringify({ ...more, level, msg, time: stamp() })}\n`,
  );

function say(msg) {
  if (lineCount === fake.lines) return;
  appendFileSync(flags['--console-output'], `${JSON.stringify({ level: 'info', msg, time: stamp() })}\n`);
  lineCount++;
  if (lineCount !== fake.lines) return;
  if (fake.signal) process.kill(process.pid, fake.signal);
  else end(fake.exit ?? 0);
}

function end(status) {
  if (fake.noSummary) {
    const error =
      "Could not save some summary information:\n\t- could not open 'summary.json': no space left on device";
    log('error', 'failed to handle the end-of-test summary', { error });
  } else {
    const counter = { contains: 'default', name: 'http_reqs', type: 'counter', values: { count: requestCount } };
    const metrics = requestCount === 0 ? [] : [counter];
    writeFileSync(flags['--summary-export'], JSON.stringify({ version: '1.0.0', results: { checks: {}, metrics } }));
  }
  process.exit(status);
}

for (const [signal, name] of [
  ['SIGINT', 'interrupt'],
  ['SIGTERM', 'terminated'],
]) {
  process.on(signal, () => {
    if (fake.deaf) return;
    if (isStopping) {
      process.stderr.write(`time="${stamp()}" level=error msg="Aborting k6 in response to signal" sig=${name}\n`);
      process.exit(105);
    }
    isStopping = true;
    interrupt();
    log('error', `test run was aborted because k6 received a '${name}' signal`);
    // The script hears that its requests are over before k6 ends.
    if (!fake.slowEnd) setTimeout(() => end(105), 20);
  });
}
// Else a script that waits for nothing but a request would end with the loop of events.
setInterval(() => {}, 1000);

if (fake.run === 'recorded') await replayRecording();
else await replayScript();
if (!isStopping) end(fake.exit ?? 0);

function endAs(name) {
  const found = JSON.parse(readFileSync(new URL('failures.json', fixtures), 'utf8')).find(
    (entry) => entry.case === name,
  );
  writeSync(1, found.stdout);
  writeSync(2, found.stderr);
  if (found.signal === null) process.exit(found.exit);
  process.kill(process.pid, found.signal);
  // A signal needs a moment, and nothing else may happen meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function readArguments(words) {
  const withValue = ['--log-format', '--log-output', '--console-output', '--summary-export'];
  const alone = ['--no-usage-report', '--no-color', '--quiet', '--new-machine-readable-summary=true'];
  const read = { flags: {}, env: {}, script: null };
  while (words.length > 0) {
    const word = words.shift();
    if (word === '-e') {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(words.shift());
      read.env[name] = value;
    } else if (withValue.includes(word)) read.flags[word] = words.shift();
    else if (word.startsWith('-') && !alone.includes(word)) {
      process.stderr.write(`time="${stamp()}" level=error msg="unknown flag: ${word}"\n`);
      process.exit(255);
    } else if (!word.startsWith('-')) read.script = word;
  }
  return read;
}

async function replayRecording() {
  const schedule = readFileSync(env.SCHEDULE);
  const lead = Number(env.LEAD_MS);
  const speed = fake.speed ?? 1;
  const lines = gunzipSync(readFileSync(new URL('recorded/requests.jsonl.gz', fixtures)))
    .toString('utf8')
    .split('\n');
  appendFileSync(
    flags['--log-output'].replace('file=', ''),
    gunzipSync(readFileSync(new URL('recorded/k6.log.jsonl.gz', fixtures))),
  );
  const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
  say(
    `read ${schedule.length / 13} ${fake.hash ?? hash(schedule)} ${fake.requestsHash ?? hash(readFileSync(env.REQUESTS))}`,
  );
  const origin = performance.now() + lead;
  say(`t0 ${(performance.timeOrigin + origin).toFixed(3)}`);
  const flying = new Set();
  interrupt = () => {
    for (const request of flying) say(`done ${request} ${(performance.now() - origin).toFixed(3)} 0 1000 0.000 0.000`);
  };
  for (const line of lines.filter(Boolean)) {
    const { msg } = JSON.parse(line);
    const [word, request, first, second] = msg.split(' ');
    if (word === 't0') continue;
    const atMs = word === 'end' ? 0 : Number(word === 'sent' ? second : first);
    for (let left = 1; left > 0;) {
      left = origin + atMs / speed - performance.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
      if (isStopping) return;
    }
    if (word === 'sent') flying.add(request);
    if (word === 'done') {
      flying.delete(request);
      requestCount++;
    }
    say(msg);
  }
}

async function replayScript() {
  const world = { env, say, log, counted: () => requestCount++, onInterrupt: (step) => (interrupt = step) };
  try {
    await runScript(script, world);
  } catch (error) {
    if (!error.isScript) throw error;
    log('error', `${error.cause}\n\tat ${script}`, { hint: 'script exception', source: 'stacktrace' });
    // k6 sees an iteration that failed, and goes on with the next, of which there is none.
    if (error.isIteration) return;
    end(107);
  }
}
