/**
 * Replays an arrival schedule open-loop: one virtual user, one iteration, a request handed over at each due instant, no answer awaited.
 * `harness/load/k6` runs it; `order.js` has its settings. What it does it says in lines on the console, instants in milliseconds from
 * the origin of the schedule:
 *   read <requests> <SHA-256 of the schedule> <SHA-256 of the requests>      what it was given; first
 *   t0 <milliseconds of Unix time>                 the origin, about LEAD_MS ahead
 *   sent <i> <due> <sent>                          the instant just before request i was handed over
 *   done <i> <done> <status> <error_code> <waited for a connection> <from first byte out to last byte in> <bytes of the body, or ->
 *   fail <i> <done> <text>                         k6 could not make a request of it
 *   held <i> <instant>                             not sent, because too many were in flight
 *   late <i> <instant>                             not sent, because it had timed out before its turn came
 *   end 0 <sent> <done>                            last; without it the run was cut off
 */
import { sha256 } from 'k6/crypto';
import exec from 'k6/execution';
import http from 'k6/http';
import { base, isFresh, leadMs, mostInFlight, requestLines, schedule, timeoutMs } from './order.js';

/** Answers are seen only between turns of the event loop. A script that is behind never sleeps, so it has to give way now and then. */
const longestTurnMs = 5;

const { count, dueMs } = schedule;
const lastDueMs = count === 0 ? 0 : dueMs[count - 1];

/** @type {import('k6/options').Options} */
export const options = {
  scenarios: {
    replay: {
      executor: 'per-vu-iterations',
      vus: 1,
      iterations: 1,
      gracefulStop: '0s',
      // It would end the iteration: 10 minutes if not set.
      maxDuration: `${Math.ceil((leadMs + lastDueMs + timeoutMs) / 1000) + 30}s`,
    },
  },
  // Nothing is batched: these two are the size of the pool of idle connections, of which k6 would keep 6.
  batch: Math.max(1, mostInFlight),
  batchPerHost: Math.max(1, mostInFlight),
  noConnectionReuse: isFresh,
  maxRedirects: 0,
  discardResponseBodies: true,
  // A tag makes a time series of each of its values.
  systemTags: ['name', 'status', 'error_code'],
};

/** Milliseconds from the start of the run: the only clock of k6 with a fraction. */
const clock = () => exec.instance.currentTestRunDuration;

export function setup() {
  console.log(`read ${count} ${sha256(schedule.file, 'hex')} ${sha256(requestLines, 'hex')}`);
  const t0 = clock() + leadMs;
  const before = Date.now();
  let wall = before;
  // To the edge of a millisecond, since Date.now() has whole ones.
  while (wall === before) wall = Date.now();
  console.log(`t0 ${(wall + t0 - clock()).toFixed(3)}`);
  return { t0 };
}

/** @param {number} ms */
const pause = (ms) =>
  new Promise((/** @type {(value: void) => void} */ resolve) => {
    setTimeout(() => resolve(), ms);
  });

/** @param {{ t0: number }} data of setup */
export default async function replay({ t0 }) {
  const now = () => clock() - t0;
  let turnMs = now();
  const giveWay = async (/** @type {number} */ ms) => {
    await pause(ms);
    turnMs = now();
  };
  let sent = 0;
  let done = 0;
  for (let i = 0; i < count; i++) {
    const due = dueMs[i];
    // Before its turn comes, so that nothing but the call is left then.
    const request = nextRequest();
    // setTimeout of k6 can fire early, by as much as 20 ms: look at the clock again.
    for (let left = due - now(); left > 0; left = due - now()) await giveWay(left);
    if (now() - turnMs > longestTurnMs || sent - done >= mostInFlight) await giveWay(0);
    const at = now();
    if (sent - done >= mostInFlight) {
      console.log(`held ${i} ${at.toFixed(3)}`);
      continue;
    }
    const leftMs = due + timeoutMs - at;
    if (leftMs <= 0) {
      console.log(`late ${i} ${at.toFixed(3)}`);
      continue;
    }
    sent++;
    request(leftMs)
      .then(({ status, error_code: code, timings, headers }) => {
        const times = `${timings.blocked.toFixed(3)} ${timings.duration.toFixed(3)}`;
        console.log(`done ${i} ${now().toFixed(3)} ${status} ${code} ${times} ${headers['Content-Length'] ?? '-'}`);
      })
      // A rejected promise that nobody catches would end the iteration, and with it the rest of the schedule.
      .catch((error) => console.log(`fail ${i} ${now().toFixed(3)} ${String(error).replace(/\s+/g, ' ')}`))
      .then(() => done++);
    console.log(`sent ${i} ${due.toFixed(3)} ${at.toFixed(3)}`);
  }
  while (done < sent) await pause(20);
  console.log(`end 0 ${sent} ${done}`);
}

let nextLine = 0;

/** Everything about the next request but when it times out, which is given to send it. */
function nextRequest() {
  const end = requestLines.indexOf('\n', nextLine);
  const fields = requestLines.slice(nextLine, end).split('\t');
  if (end === -1 || fields.length !== 6) throw new Error(`The requests end or break at byte ${nextLine}.`);
  nextLine = end + 1;
  const [name, method, traceparent, path, contentType, body] = fields;
  /** @type {Record<string, string>} */
  const headers = { traceparent };
  if (contentType !== '') headers['Content-Type'] = contentType;
  // The name stands for the address too, which differs from request to request.
  const tags = { name };
  return async (/** @type {number} */ leftMs) =>
    http.asyncRequest(method, base + path, body === '' ? null : body, { headers, tags, timeout: Math.ceil(leftMs) });
}
