import { readFileSync } from 'node:fs';

/** `run-<process id>-<its start>`: says whom a run belongs to, so that left-overs can be told from a run that goes on. */
export function runName(pid: number): string {
  return `run-${pid}-${startTicks(pid) ?? 0}`;
}

/** The process that a run of that name belongs to, or `gone`; null if that is no name of a run. */
export function runOwner(name: string): number | 'gone' | null {
  const number = /^run-(\d+)-\d+$/.exec(name)?.[1];
  if (number === undefined) return null;
  const pid = Number(number);
  return startTicks(pid) !== null && name === runName(pid) ? pid : 'gone';
}

/** Start of a process in clock ticks since boot: with its id, its name for all time until the next boot. Null if it is gone. */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command, may hold anything; what follows its closing parenthesis does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, even if its parent never asks about it.
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
