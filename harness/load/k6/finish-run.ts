import type { ChildExit } from '../../core/process.ts';
import { plural } from '../../core/plural.ts';
import type { LoadOrder, LoadOutcome } from '../port.ts';
import { abnormalEnd } from './k6-end.ts';
import type { K6Plan } from './k6-plan.ts';
import type { K6Run } from './k6-run.ts';
import { summarizedRequests } from './k6-summary.ts';
import { lastWords } from './last-words.ts';

/** Longer than the script gives itself, so that it says by itself what kept it. */
const patienceMs = 60_000;

/** Waits for the end of a run, and judges it: k6 can end with status 0 and have sent nothing. */
export async function finishRun(run: K6Run, order: LoadOrder, plan: K6Plan, signal: AbortSignal): Promise<LoadOutcome> {
  const exit = await waitForEnd(run, order, signal);
  const { record } = run;
  const { program, launcher } = plan;
  return {
    log: record.finish(),
    generator: {
      driver: 'k6',
      version: program.version,
      cpuCores: run.cpuCores(),
      capacityCores: plan.capacityCores,
      priority: launcher.priority,
      priorityNote: launcher.priorityNote,
      death: await deathOf(run, exit, plan),
      scheduleSha256: record.read?.sha256 ?? '',
    },
  };
}

/** @returns null if it did not end in time, and was stopped */
async function waitForEnd(run: K6Run, order: LoadOrder, signal: AbortSignal): Promise<ChildExit | null> {
  const lastDueMs = order.schedule.dueMs.at(-1) ?? 0;
  try {
    const exit = await run.end(lastDueMs + order.timeoutMs + patienceMs, signal);
    if (exit !== null) return exit;
    await run.stop();
    return null;
  } catch (error) {
    await run.stop();
    throw error;
  }
}

async function deathOf(run: K6Run, exit: ChildExit | null, { files }: K6Plan): Promise<string | null> {
  const { record } = run;
  const fault = exit === null ? 'k6 did not end in time' : await faultOf(run, exit, files.summary);
  if (fault === null) return null;
  const words = lastWords(files.log, exit?.stderrTail ?? '');
  const { length } = record.log.dueMs;
  return [
    fault,
    record.isComplete ? '' : `It had sent ${record.sentCount} of ${plural(length, 'request')}`,
    record.odd === null
      ? ''
      : `${plural(record.odd.count, 'line')} of its script could not be used, first: ${record.odd.first}`,
    words === '' ? '' : `It said: ${words}`,
  ]
    .filter((part) => part !== '')
    .join('. ');
}

async function faultOf({ record }: K6Run, exit: ChildExit, summaryFile: string): Promise<string | null> {
  const abnormal = abnormalEnd(exit);
  if (abnormal !== null) return `k6 ${abnormal}`;
  if (!record.isComplete) return `k6 ended with status ${exit.exitCode ?? 0} before the end of the schedule`;
  if (record.impossible !== null) {
    return `k6 could not make ${plural(record.impossible.count, 'request')}, first: ${record.impossible.first}`;
  }
  const lost = record.unansweredCount;
  if (lost > 0) return `k6 came to its end, but of ${plural(lost, 'request')} nobody knows what became of them`;
  const summarized = await summarizedRequests(summaryFile);
  if (typeof summarized === 'string') return `k6 ended with status ${exit.exitCode ?? 0}, but ${summarized}`;
  if (summarized === record.sentCount) return null;
  return `k6 counts ${plural(summarized, 'request')}, but its script told of ${record.sentCount}`;
}
