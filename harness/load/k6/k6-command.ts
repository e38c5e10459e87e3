import { join } from 'node:path';
import { packageRoot } from '../../core/package-root.ts';
import type { LoadOrder } from '../port.ts';

/** From the start of k6's own clock to the origin of the schedule: time to hear of it before it comes. */
const leadMs = 400;

/** The files that a run reads and writes. */
export interface K6Files {
  readonly schedule: string;
  readonly requests: string;
  /** Where the script says what it does. */
  readonly console: string;
  readonly log: string;
  /** Written at the end. */
  readonly summary: string;
}

export function filesIn(folder: string): K6Files {
  return {
    schedule: join(folder, 'schedule.bin'),
    requests: join(folder, 'requests.txt'),
    console: join(folder, 'k6-console.jsonl'),
    log: join(folder, 'k6-log.jsonl'),
    summary: join(folder, 'k6-summary.json'),
  };
}

export const replayScript = join(packageRoot, 'deathstarbench', 'k6', 'replay.js');

/** The arguments of k6 for an order. */
export function k6Arguments(order: LoadOrder, files: K6Files, script: string = replayScript): readonly string[] {
  const settings = {
    SCHEDULE: files.schedule,
    REQUESTS: files.requests,
    BASE: order.target.url.replace(/\/+$/, ''),
    TIMEOUT_MS: order.timeoutMs,
    MOST_IN_FLIGHT: order.mostInFlight,
    CONNECTIONS: order.connections.kind,
    LEAD_MS: leadMs,
  };
  return [
    'run',
    ...['--no-usage-report', '--no-color', '--quiet'],
    ...['--log-format', 'json', '--log-output', `file=${files.log}`],
    ...['--console-output', files.console],
    // Releases differ in which of the two forms is the default.
    ...['--new-machine-readable-summary=true', '--summary-export', files.summary],
    ...Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    script,
  ];
}

/**
 * The whole environment of k6, which obeys every K6_ variable: nothing inherited but the search path; no network but the load; no
 * configuration of the user.
 */
export function k6Environment(folder: string, searchPath: string): Readonly<Record<string, string>> {
  return { PATH: searchPath, HOME: folder, K6_AUTO_EXTENSION_RESOLUTION: 'false' };
}
