import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { $ } from 'zx/core';

const statsSwitch = '/proc/sys/kernel/bpf_stats_enabled';

/** What the kernel measured of a BPF program. */
export interface ProgramCost {
  readonly name: string;
  readonly runs: number;
  /** Mean time of one run. */
  readonly nsPerRun: number;
}

/** Lets the kernel measure BPF programs while `body` runs. It costs two clock reads a run, which are in the numbers. */
export async function withProgramStats<T>(body: () => Promise<T>): Promise<T> {
  const before = await readFile(statsSwitch, 'utf8');
  await writeFile(statsSwitch, '1');
  try {
    return await body();
  } finally {
    await writeFile(statsSwitch, before);
  }
}

/** The programs that a process holds and that ran since the kernel measures. */
export async function programCosts(pid: number): Promise<ProgramCost[]> {
  const ids = new Set<string>();
  const folder = `/proc/${pid}/fdinfo`;
  for (const file of await readdir(folder)) {
    const id = /^prog_id:\s*(\d+)$/m.exec(await readFile(join(folder, file), 'utf8').catch(() => ''))?.[1];
    if (id !== undefined) ids.add(id);
  }
  const costs = await Promise.all([...ids].map(programCost));
  return costs.filter((cost) => cost.runs > 0).sort((a, b) => a.name.localeCompare(b.name));
}

async function programCost(id: string): Promise<ProgramCost> {
  const { stdout } = await $({ quiet: true })`PATH=$PATH:/usr/sbin bpftool -j prog show id ${id}`;
  // Fields are missing while nothing was measured.
  const program = JSON.parse(stdout) as {
    readonly name: string;
    readonly run_cnt?: number;
    readonly run_time_ns?: number;
  };
  const runs = program.run_cnt ?? 0;
  return { name: program.name, runs, nsPerRun: (program.run_time_ns ?? 0) / runs };
}
