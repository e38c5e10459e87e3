import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { ProcessRunner } from '../../core/process.ts';
import { whyCommandFails } from '../../core/why-command-fails.ts';
import { Cgroup } from './cgroup.ts';
import { hasRuns } from './run-group.ts';
import { unitSlice, type Subtree } from './subtree.ts';

/**
 * The cgroup of the only process of a unit, which sleeps: a unit without processes ends, and a cgroup that hands controllers down may
 * hold none itself. It also tells our unit from somebody else's of that name.
 */
const holderName = 'scalelab-holder';

const heldWithinMs = 5000;
/** For a start that has failed: another run may just be starting the same unit. */
const foundWithinMs = 1000;

/**
 * Starts the systemd units whose cgroups our subtrees are, if they are not there yet.
 * @throws HarnessError `testbed-failed` if systemd does not do it
 */
export async function startUnits(
  subtrees: readonly Subtree[],
  { runner, clock }: { readonly runner: ProcessRunner; readonly clock: Clock },
  signal?: AbortSignal,
): Promise<void> {
  for (const { path, unit } of subtrees) {
    if (unit === null || isHeld(path)) continue;
    const why = await whyCommandFails(runner, startCommand(path, unit));
    const deadlineMs = clock.nowMs() + (why === null ? heldWithinMs : foundWithinMs);
    while (!isHeld(path)) {
      if (clock.nowMs() > deadlineMs)
        throw didNot('start', unit, why ?? `there is no process in ${path}/${holderName}`);
      await clock.sleep(10, signal);
    }
  }
}

/**
 * Stops those in which there is no run.
 * @throws HarnessError `testbed-failed` if systemd does not do it
 */
export async function stopUnits(subtrees: readonly Subtree[], runner: ProcessRunner): Promise<void> {
  for (const subtree of subtrees) {
    const { path, unit } = subtree;
    if (unit === null || !isHeld(path) || hasRuns(subtree)) continue;
    const why = await whyCommandFails(runner, ['systemctl', 'stop', unit]);
    if (why !== null && isHeld(path)) throw didNot('stop', unit, why);
  }
}

/** Those that are there. */
export function unitsOf(subtrees: readonly Subtree[]): readonly string[] {
  return subtrees.flatMap(({ path, unit }) => (unit !== null && isHeld(path) ? [unit] : []));
}

function isHeld(path: string): boolean {
  return Cgroup.existing(join(path, holderName)).processes().length > 0;
}

/**
 * A replica that is killed at its memory limit is no reason to end all others, which a service manager may think; nor is there a limit on
 * their threads. Written as 0, the shell names itself: systemd would take a dollar sign for a variable of its own.
 */
function startCommand(path: string, unit: string): readonly string[] {
  const holder = `'${join(path, holderName).replaceAll("'", `'\\''`)}'`;
  return [
    ...['systemd-run', '--quiet', '--collect', `--unit=${unit}`, `--slice=${unitSlice}`],
    '--description=Cgroups of the runs of Scalelab',
    ...['Type=exec', 'Delegate=yes', 'OOMPolicy=continue', 'TasksMax=infinity'].flatMap((property) => ['-p', property]),
    ...['/bin/sh', '-c', `mkdir ${holder} && echo 0 > ${holder}/cgroup.procs && exec sleep infinity`],
  ];
}

function didNot(verb: 'start' | 'stop', unit: string, why: string): HarnessError {
  const message = `systemd did not ${verb} the unit ${unit}, in which our cgroups are: ${why.replace(/\.$/, '')}.`;
  const hint = `Run \`systemctl status ${unit}\`; if it is not ours, set SCALELAB_CGROUP to another name.`;
  return new HarnessError('testbed-failed', message, { hint });
}
