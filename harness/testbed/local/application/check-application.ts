import { totalmem } from 'node:os';
import { mostSocketPathBytes } from '../../../../deathstarbench/client/run-folder.ts';
import { isRunnable } from '../../../core/find-program.ts';
import type { Problem } from '../../../core/errors.ts';
import type { ApplicationSpec, Plan } from '../../../plan/plan.ts';
import { splitCpus } from '../cpu-split.ts';
import type { LocalDependencies } from '../local-dependencies.ts';
import { isWritable, type Controller } from '../subtree.ts';
import { isPortFree, portHolder } from './port-holder.ts';

/** Groups of ours that are no service. */
const takenNames = ['canary', 'disturbance', 'all'];

export interface CheckedMachine {
  /** CPUs that we may use, ascending. */
  readonly cpus: readonly number[];
  /** Controllers that we have to do without. */
  readonly lacks: readonly Controller[];
}

/** What keeps the application of a plan from running here, or the reader of its results must know. */
export async function checkApplication(
  plan: Plan,
  spec: ApplicationSpec,
  dependencies: LocalDependencies,
  { cpus, lacks }: CheckedMachine,
): Promise<Problem[]> {
  const { testbed } = plan;
  if (testbed.kind !== 'local') return [];
  return [
    ...checkPrograms(dependencies),
    ...checkFolder(spec, dependencies),
    ...splitCpus(cpus, testbed).problems,
    ...checkBinding(dependencies, cpus, lacks),
    ...checkLimits(plan, lacks),
    ...checkNames(spec),
    ...(testbed.port === null ? [] : await checkPort(testbed.port)),
  ];
}

function checkPrograms({ twin }: LocalDependencies): Problem[] {
  if (isRunnable(twin)) return [];
  const hint = 'Run `node setup.mjs`.';
  return [{ severity: 'error', code: 'twin-missing', message: `${twin} is not there.`, hint }];
}

/** What a run adds to the path of the folder, beside the name of a replica: its own folder, that of the trial, and the end of the name. */
const addedBytes = '/scalelab-run-4194304-99999999999/tXXXXXX/'.length + '-9999.sock'.length;

function checkFolder({ model }: ApplicationSpec, { temporaryFolder }: LocalDependencies): Problem[] {
  const hint = 'Set TMPDIR to another folder, such as /tmp.';
  if (!isWritable(temporaryFolder)) {
    const message = `The folder ${temporaryFolder} for what replicas share is not writable.`;
    return [{ severity: 'error', code: 'temporary-folder-not-writable', message, hint }];
  }
  const longestName = Math.max(...model.services.map(({ name }) => name.length));
  if (Buffer.byteLength(temporaryFolder) + addedBytes + longestName <= mostSocketPathBytes) return [];
  const message = `The path of the folder ${temporaryFolder} is too long: sockets lie in it, with at most ${mostSocketPathBytes} bytes.`;
  return [{ severity: 'error', code: 'temporary-folder-too-long', message, hint }];
}

function checkBinding(
  { taskset }: LocalDependencies,
  cpus: readonly number[],
  lacks: readonly Controller[],
): Problem[] {
  const problems: Problem[] = [];
  if (taskset === null && cpus.length > 1) {
    const message = '`taskset` is not installed: the harness cannot be kept off the CPUs of the application.';
    problems.push({ severity: 'error', code: 'taskset-missing', message, hint: 'apt-get install util-linux' });
  }
  if (lacks.includes('cpuset')) {
    const message =
      'There is no cpuset controller for us: replicas are bound to their CPUs by affinity, which they may change.';
    problems.push({ severity: 'warning', code: 'cpuset-missing', message, hint: delegateHint('cpuset') });
  }
  return problems;
}

function checkLimits({ arms }: Plan, lacks: readonly Controller[]): Problem[] {
  return arms.flatMap(({ name, allocation }): Problem[] => {
    const shares = Object.entries(allocation ?? {});
    const problems: Problem[] = [];
    const limited = shares.find(([, { memoryLimitBytes }]) => memoryLimitBytes !== null);
    if (limited !== undefined && lacks.includes('memory')) {
      const message = `The arm ${name} limits the memory of ${limited[0]}, but there is no memory controller for us.`;
      problems.push({ severity: 'error', code: 'memory-controller-missing', message, hint: delegateHint('memory') });
    }
    const sumBytes = shares.reduce((sum, [, share]) => sum + share.replicas * (share.memoryLimitBytes ?? 0), 0);
    if (sumBytes > totalmem()) {
      const message = `The memory limits of the arm ${name} add up to ${mebibytes(sumBytes)}; this machine has ${mebibytes(totalmem())}.`;
      const hint = 'A machine that runs out of memory ends processes of its own choice, which makes the trial invalid.';
      problems.push({ severity: 'warning', code: 'memory-overcommitted', message, hint });
    }
    return problems;
  });
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

function delegateHint(controller: string): string {
  return `Run as root, or have it delegated: systemd-run --user --scope -p Delegate=yes hands down what \`cat cgroup.controllers\` shows; ${controller} must be there.`;
}

function checkNames({ model }: ApplicationSpec): Problem[] {
  return model.services
    .filter(({ name }) => takenNames.includes(name))
    .map(({ name }) => ({
      ...{ severity: 'error', code: 'service-name-taken' },
      message: `A service of the application is called ${name}, as a group of our own.`,
      hint: 'Call it otherwise.',
    }));
}

async function checkPort(port: number): Promise<Problem[]> {
  if (await isPortFree(port)) return [];
  const holder = portHolder(port);
  const who = holder === null ? 'a process that we cannot see' : `${holder.name} (process ${holder.pid})`;
  const message = `Port ${port} of 127.0.0.1 is in use by ${who}.`;
  const hint = 'End it, name another with `testbed: { kind: local, port: N }`, or leave it out.';
  return [{ severity: 'error', code: 'port-in-use', message, hint }];
}
