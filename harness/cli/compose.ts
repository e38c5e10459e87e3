import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../core/clock.ts';
import { findProgram } from '../core/find-program.ts';
import { packageRoot } from '../core/package-root.ts';
import { startChild, type ProcessRunner } from '../core/process.ts';
import { unreachable } from '../core/unreachable.ts';
import type { TestbedSpec } from '../plan/plan.ts';
import type { LocalDependencies } from '../testbed/local/local-dependencies.ts';
import type { Offer } from '../testbed/local/machine-offers.ts';
import type { Testbed } from '../testbed/port.ts';
import { makeTerminal, type Terminal } from './terminal.ts';

/** The outside world, handed to everything that needs it. The only file that knows all adapters. */
export interface Composition {
  readonly clock: Clock;
  readonly runner: ProcessRunner;
  readonly terminal: Terminal;
  readonly isRoot: boolean;
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
  /** What this machine offers to the local testbed. */
  machineOffers(): Promise<readonly Offer[]>;
}

export function compose(environment: NodeJS.ProcessEnv): Composition {
  const native = join(packageRoot, 'build', 'native');
  const searchPath = environment['PATH'] ?? '';
  const world = {
    clock: systemClock,
    runner: startChild,
    terminal: makeTerminal(environment),
    isRoot: process.getuid?.() === 0,
    subtree: environment['SCALELAB_CGROUP'] ?? 'scalelab',
    programs: {
      tracer: join(native, 'scalelab-runq'),
      workload: join(native, 'scalelab-workload'),
      twin: join(native, 'scalelab-twin'),
      stress: findProgram('stress', searchPath),
      // Not part of what people have in their PATH on purpose, so it is also looked for where it always is.
      taskset: findProgram('taskset', `${searchPath}:/usr/bin:/bin`),
    },
  };
  return {
    ...world,
    machineOffers: async () => {
      const { machineOffers } = await import('../testbed/local/machine-offers.ts');
      return machineOffers({ ...localDependencies(world), searchPath, k6: environment['K6_BIN'] ?? null });
    },
  };
}

function localDependencies(world: Omit<Composition, 'machineOffers'>): LocalDependencies {
  const { clock, runner, isRoot, subtree, programs } = world;
  return { clock, runner, isRoot, subtree, pid: process.pid, temporaryFolder: tmpdir(), ...programs };
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
