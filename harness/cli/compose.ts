import { existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../core/clock.ts';
import { findProgram, isRunnable } from '../core/find-program.ts';
import { packageRoot } from '../core/package-root.ts';
import type { Problem } from '../core/errors.ts';
import { startChild, type ProcessRunner } from '../core/process.ts';
import { threadCpuMs } from '../core/thread-cpu.ts';
import { unreachable } from '../core/unreachable.ts';
import type { LoadDriver } from '../load/port.ts';
import type { Plan, PolicySpec, TestbedSpec } from '../plan/plan.ts';
import type { PolicyKind, StartPolicy } from '../policy/port.ts';
import type { ProcessDependencies } from '../policy/process/process-dependencies.ts';
import type { ProcessOptions } from '../policy/process/process-options.ts';
import type { Leftovers } from '../testbed/local/leftovers.ts';
import type { LocalDependencies } from '../testbed/local/local-dependencies.ts';
import type { Offer } from '../testbed/local/machine-offers.ts';
import type { TestbedFacts } from '../telemetry/evidence.ts';
import type { Testbed } from '../testbed/port.ts';
import { makeTerminal, type Terminal } from './terminal.ts';

/** The outside world, handed to everything that needs it. The only file that knows all adapters. */
export interface Composition {
  readonly clock: Clock;
  readonly runner: ProcessRunner;
  readonly terminal: Terminal;
  readonly isRoot: boolean;
  /** Is systemd the init of this machine? */
  readonly isSystemd: boolean;
  /** Name of the cgroup below which local runs make theirs. */
  readonly subtree: string;
  /** Programs built from `tracer/` and `deathstarbench/twin`; `stress` and `taskset` if they are installed. */
  readonly programs: {
    readonly tracer: string;
    readonly workload: string;
    readonly twin: string;
    readonly stress: string | null;
    readonly taskset: string | null;
  };
  /** The environment of what users start by way of a profile. */
  readonly environment: Readonly<Record<string, string>>;
  /** The PATH in which programs are looked for. */
  readonly searchPath: string;
  /** The same for `taskset` and `chrt`. */
  readonly systemPath: string;
  /** The program k6 where the user named it (`K6_BIN`), else null. */
  readonly k6: string | null;
  /** What this machine offers to the local testbed. */
  machineOffers(): Promise<readonly Offer[]>;
  /** What runs on this machine have left that were killed, and how to remove it. */
  leftovers(): Promise<{ readonly found: Leftovers; remove(): Promise<void> }>;
}

export function compose(environment: NodeJS.ProcessEnv): Composition {
  const native = join(packageRoot, 'build', 'native');
  const searchPath = environment['PATH'] ?? '';
  // What people do not have in their PATH on purpose is also looked for where it always is.
  const systemPath = `${searchPath}:/usr/bin:/bin`;
  const world = {
    clock: systemClock,
    runner: startChild,
    terminal: makeTerminal(environment),
    isRoot: process.getuid?.() === 0,
    // As sd_booted(3) tells.
    isSystemd: existsSync('/run/systemd/system'),
    subtree: environment['SCALELAB_CGROUP'] ?? 'scalelab',
    environment: Object.fromEntries(
      Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    searchPath,
    systemPath,
    // An empty variable is none.
    k6: environment['K6_BIN'] || null,
    programs: {
      tracer: join(native, 'scalelab-runq'),
      workload: join(native, 'scalelab-workload'),
      twin: join(native, 'scalelab-twin'),
      stress: findProgram('stress', searchPath),
      taskset: findProgram('taskset', systemPath),
    },
  };
  return {
    ...world,
    machineOffers: async () => {
      const { machineOffers } = await import('../testbed/local/machine-offers.ts');
      return machineOffers({ ...localDependencies(world), searchPath, k6: world.k6 });
    },
    leftovers: async () => {
      const { findLeftovers, removeAllLeftovers } = await import('../testbed/local/leftovers.ts');
      const dependencies = localDependencies(world);
      return { found: findLeftovers(dependencies), remove: () => removeAllLeftovers(dependencies) };
    },
  };
}

function localDependencies(world: Omit<Composition, 'machineOffers' | 'leftovers'>): LocalDependencies {
  const { clock, runner, isRoot, isSystemd, subtree, programs } = world;
  return { clock, runner, isRoot, isSystemd, subtree, pid: process.pid, temporaryFolder: tmpdir(), ...programs };
}

export async function testbedFor(spec: TestbedSpec, world: Composition): Promise<Testbed> {
  switch (spec.kind) {
    case 'sim': {
      const { SimTestbed } = await import('../testbed/sim/sim-testbed.ts');
      return new SimTestbed(spec);
    }
    case 'local': {
      const { LocalTestbed } = await import('../testbed/local/local-testbed.ts');
      return new LocalTestbed(localDependencies(world));
    }
    default:
      return unreachable(spec);
  }
}

/** Who sends the load; null without an application. */
export async function driverFor(
  { application, testbed }: Pick<Plan, 'application' | 'testbed'>,
  world: Composition,
): Promise<LoadDriver | null> {
  if (application === null) return null;
  if (testbed.kind === 'sim') {
    const { SimDriver } = await import('../testbed/sim/sim-driver.ts');
    return new SimDriver();
  }
  const { runner, clock, searchPath, systemPath, k6 } = world;
  const { workload } = world.programs;
  switch (application.driver.name) {
    case 'k6': {
      const { K6Driver } = await import('../load/k6/k6-driver.ts');
      return new K6Driver({
        runner,
        clock,
        k6,
        searchPath,
        systemPath,
        workload: isRunnable(workload) ? workload : null,
        cores: availableParallelism(),
      });
    }
    case 'built-in': {
      const { BuiltInDriver } = await import('../load/built-in/built-in-driver.ts');
      const cores = availableParallelism();
      return new BuiltInDriver({ runner, clock, systemPath, cores, nodeOptions: process.execArgv });
    }
    default:
      return unreachable(application.driver.name);
  }
}

/** The policies that a profile may name: those that run in the harness, and programs. */
export async function policyOffers(): Promise<readonly PolicyKind[]> {
  const { policyKinds } = await import('../policy/policy-kinds.ts');
  const { processKind } = await import('../policy/process/process-kind.ts');
  return [...policyKinds, processKind];
}

/** Starts whatever policy an arm has. */
export function policyStarter(world: Composition): StartPolicy {
  return async (policy, context, signal) => {
    const { policyKinds } = await import('../policy/policy-kinds.ts');
    const kind = policyKinds.find(({ name }) => name === policy.name);
    if (kind !== undefined) {
      const { startStepPolicy } = await import('../policy/step-controller.ts');
      return startStepPolicy(kind, policy.options, context, threadCpuMs);
    }
    const { startProcessPolicy } = await import('../policy/process/start-process-policy.ts');
    return startProcessPolicy(programOf(policy), context, programDependencies(world), signal);
  };
}

/** What keeps the policy of an arm from starting here, other than what the testbed lacks. Starts no program of the user. */
export async function checkPolicy(policy: PolicySpec, world: Composition): Promise<readonly Problem[]> {
  const { processKind } = await import('../policy/process/process-kind.ts');
  if (policy.name !== processKind.name) return [];
  const { checkProcessPolicy } = await import('../policy/process/check-process-policy.ts');
  return checkProcessPolicy(programOf(policy), programDependencies(world));
}

/**
 * What the testbed is, with the SHA-256 of every program that a policy of the plan is: the plan holds their names alone, and trials of two
 * versions of one are no trials of one arm.
 */
export async function factsOf(plan: Plan, testbed: Testbed): Promise<TestbedFacts> {
  const facts = await testbed.facts(plan);
  const { processKind } = await import('../policy/process/process-kind.ts');
  const policies = plan.arms.flatMap(({ policy }) => (policy?.name === processKind.name ? [policy] : []));
  if (policies.length === 0) return facts;
  const { programFiles } = await import('../policy/process/program-files.ts');
  const files = policies.flatMap((policy) => Object.entries(programFiles(programOf(policy), process.cwd())));
  const programs = files.map(([name, hash]) => [`program ${name}`, hash] as const);
  return { ...facts, details: { ...facts.details, ...Object.fromEntries(programs) } };
}

// The schema of its kind has made them what they are.
const programOf = ({ options }: PolicySpec): ProcessOptions => options as ProcessOptions;

function programDependencies({ runner, clock, programs, searchPath, environment }: Composition): ProcessDependencies {
  const { workload } = programs;
  return {
    ...{ runner, clock, searchPath, environment },
    workingFolder: process.cwd(),
    workload: isRunnable(workload) ? workload : null,
    node: process.execPath,
  };
}
