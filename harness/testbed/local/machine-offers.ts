import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { findProgram, isRunnable } from '../../core/find-program.ts';
import { ownCpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import type { LocalDependencies } from './local-dependencies.ts';
import { probeCgroups, probeTracer } from './probe.ts';
import { ownSubtrees } from './subtree.ts';

/** One thing this machine has or lacks. `missing`: the local testbed cannot do without it; `optional`: something else can be used. */
export interface Offer {
  readonly what: string;
  readonly state: 'there' | 'optional' | 'missing';
  readonly text: string;
  /** What to do about it, or null. */
  readonly remedy: string | null;
}

export interface OfferDependencies extends LocalDependencies {
  /** The PATH in which programs are looked for. */
  readonly searchPath: string;
  /** The program k6 where the user named it, else null. */
  readonly k6: string | null;
}

/** What this machine offers, one line each. Loads the tracer once, since nothing else tells whether the kernel accepts it. */
export async function machineOffers(world: OfferDependencies): Promise<readonly Offer[]> {
  return [
    there('node', process.versions.node),
    kernel(),
    btf(),
    cgroups(world),
    limits(world),
    await tracer(world),
    workload(world),
    twin(world),
    program(world, 'taskset', world.taskset, 'needed where an application runs', 'apt-get install util-linux'),
    program(world, 'stress', world.stress, 'our own spinner is used', 'apt-get install stress'),
    program(
      world,
      'k6',
      world.k6,
      'needed by the k6 load driver only',
      'https://grafana.com/docs/k6/latest/set-up/install-k6/',
    ),
    browser(world),
  ];
}

const there = (what: string, text: string): Offer => ({ what, state: 'there', text, remedy: null });

function kernel(): Offer {
  if (process.platform === 'linux') return there('kernel', `Linux ${release()}, ${process.arch}`);
  const remedy = 'the local testbed and the tracer need Linux; the simulator runs here';
  return { what: 'kernel', state: 'missing', text: `${process.platform} ${release()}`, remedy };
}

function btf(): Offer {
  const file = '/sys/kernel/btf/vmlinux';
  if (existsSync(file)) return there('BTF', file);
  const remedy = 'use a kernel with CONFIG_DEBUG_INFO_BTF=y; without it schedstat gives means';
  return { what: 'BTF', state: 'optional', text: 'none', remedy };
}

function cgroups(world: OfferDependencies): Offer {
  const hierarchy = ownCpuHierarchy();
  const [problem] = probeCgroups(world);
  if (problem) return { what: 'cgroups', state: 'missing', text: problem.message, remedy: problem.hint };
  const [own] = ownSubtrees(world).subtrees;
  const unit = own?.unit ?? null;
  const whose = unit === null ? '' : `, the systemd unit ${unit}`;
  const text = `v${hierarchy?.version ?? '?'} at ${hierarchy?.mountPoint ?? '?'}, writable; ours below ${own?.path ?? '?'}${whose}`;
  return there('cgroups', text);
}

function limits(world: OfferDependencies): Offer {
  const { lacks } = ownSubtrees(world);
  if (lacks.length === 0) return there('limits', 'CPU, CPU sets and memory of an application');
  const remedy = 'needed where an application runs; have them delegated, or run as root';
  return { what: 'limits', state: 'optional', text: `no controller for ${lacks.join(', ')}`, remedy };
}

async function tracer(world: OfferDependencies): Promise<Offer> {
  const probe = await probeTracer(world);
  if (!probe.ok) {
    return { what: 'tracer', state: 'optional', text: probe.error.message, remedy: probe.error.hint ?? null };
  }
  const { causeRule, capabilities } = probe.hello;
  return there('tracer', `loads and attaches; throttling by ${causeRule}; capabilities kept: ${capabilities}`);
}

function workload({ workload: file }: OfferDependencies): Offer {
  if (isRunnable(file)) return there('canary', 'built');
  return { what: 'canary', state: 'missing', text: 'not built', remedy: 'node setup.mjs (needs gcc and make)' };
}

function twin({ twin: file }: OfferDependencies): Offer {
  if (isRunnable(file)) return there('twin', 'built');
  const text = 'not built, needed where an application runs';
  return { what: 'twin', state: 'optional', text, remedy: 'node setup.mjs (needs gcc and make)' };
}

function program(
  { searchPath }: OfferDependencies,
  name: string,
  known: string | null,
  without: string,
  remedy: string,
): Offer {
  const file = known ?? findProgram(name, searchPath);
  return file === null ? { what: name, state: 'optional', text: `not found, ${without}`, remedy } : there(name, file);
}

function browser({ searchPath }: OfferDependencies): Offer {
  const file = ['chromium', 'chromium-browser', 'google-chrome']
    .map((name) => findProgram(name, searchPath))
    .find(Boolean);
  if (file) return there('browser', file);
  const text = 'not found, needed by the tests only';
  return { what: 'browser', state: 'optional', text, remedy: 'apt-get install chromium' };
}
