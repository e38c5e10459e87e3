/**
 * What the harness asks this script to do. k6 runs this file once for itself and once for each virtual user, always before the load.
 *   SCHEDULE       absolute path of the schedule: `harness/load/schedule-file.ts` has the format
 *   REQUESTS       absolute path of the requests, a line each: `harness/load/k6/request-lines.ts` has the format
 *   BASE           where the load goes, such as `http://127.0.0.1:8080`
 *   TIMEOUT_MS     a request that has no answer so long after its due instant has timed out
 *   MOST_IN_FLIGHT beyond it a request is not sent
 *   CONNECTIONS    `kept`, or `fresh` for one connection for each request
 *   LEAD_MS        from the start of the run to the origin of the schedule
 */

/** @param {string} name */
function setting(name) {
  const value = __ENV[name];
  if (value === undefined || value === '') throw new Error(`${name} is missing: give it with -e ${name}=...`);
  return value;
}

/** @param {string} name */
function numberSetting(name) {
  const value = Number(setting(name));
  if (!(value >= 0)) throw new Error(`${name} is ${setting(name)}; it must be a number from 0 on.`);
  return value;
}

const bytesPerRequest = 13;
const file = open(setting('SCHEDULE'), 'b');
const count = file.byteLength / bytesPerRequest;
if (!Number.isInteger(count)) {
  throw new Error(`The schedule has ${file.byteLength} bytes, which is no multiple of ${bytesPerRequest}.`);
}

/** Its bytes, how many requests it has, and when they are due; the requests themselves are in the other file. */
export const schedule = { file, count, dueMs: new Float64Array(file, 0, count) };

export const requestLines = open(setting('REQUESTS'));

export const base = setting('BASE');
export const timeoutMs = numberSetting('TIMEOUT_MS');
export const mostInFlight = numberSetting('MOST_IN_FLIGHT');
export const leadMs = numberSetting('LEAD_MS');
export const isFresh = setting('CONNECTIONS') === 'fresh';
