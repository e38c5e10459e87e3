import { availableParallelism } from 'node:os';
import { $ } from 'zx/core';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { measureHelper } from './helper-cost.ts';
import { measureHop, measureHops } from './hop-cost.ts';
import { describeMachine } from './machine.ts';
import { programCosts, withProgramStats } from './program-cost.ts';
import { formatMeasurements, tracerBudgets } from './tracer-report.ts';
import type { TracerMeasurements } from './tracer-report.ts';
import { tracerArms } from './tracer-arms.ts';
import type { TracerArm } from './tracer-arms.ts';
import { measureAccuracy } from './wait-accuracy.ts';

const defaultRounds = 24;
const helperCgroups = 30;
const helperSeconds = 30;
const accuracySeconds = 10;

/** What the run-queue tracer costs, beside the tools that people use today. Needs root. */
export const tracerBench: Bench = { run: runTracerBench };

async function runTracerBench({ rounds: wantedRounds, progress }: BenchOptions): Promise<BenchResult> {
  const rounds = wantedRounds ?? defaultRounds;
  const machine = await describeMachine();
  await $({ quiet: true })`make -s -C bench`;
  // The last one: interrupts and housekeeping prefer the first.
  const measuredCpu = availableParallelism() - 1;
  const otherCpus = Array.from({ length: measuredCpu }, (_, cpu) => cpu);
  const { present, missing } = await lookForArms(tracerArms(measuredCpu, otherCpus));
  for (const line of missing) progress(`left out: ${line}`);
  const hops = await measureHops(present, measuredCpu, rounds, progress);
  progress('kernel time of each program');
  const programs = await measurePrograms(present, measuredCpu);
  progress(`user space of the helper, ${helperSeconds} s`);
  const helper = await measureHelper(helperCgroups, helperSeconds);
  progress(`its sums against the kernel's, ${accuracySeconds} s`);
  const accuracy = await measureAccuracy(2 * availableParallelism(), accuracySeconds);
  const measured: TracerMeasurements = { rounds, hops, programs, helper, accuracy, missing };
  return {
    markdown: formatMeasurements(measured, machine),
    met: tracerBudgets(measured).every(({ outcome }) => outcome !== 'missed'),
  };
}

async function lookForArms(
  arms: readonly TracerArm[],
): Promise<{ readonly present: readonly TracerArm[]; readonly missing: readonly string[] }> {
  const looked = await Promise.all(arms.map(async (arm) => ({ arm, why: await arm.missing() })));
  return {
    present: looked.flatMap(({ arm, why }) => (why === null ? [arm] : [])),
    missing: looked.flatMap(({ why }) => (why === null ? [] : [why])),
  };
}

async function measurePrograms(
  arms: readonly TracerArm[],
  measuredCpu: number,
): Promise<TracerMeasurements['programs']> {
  const programs: { arm: string; costs: Awaited<ReturnType<typeof programCosts>> }[] = [];
  for (const arm of arms) {
    const running = await arm.start();
    try {
      const { pid } = running;
      if (pid === null) continue;
      const costs = await withProgramStats(async () => {
        await measureHop(measuredCpu);
        return programCosts(pid);
      });
      // Tracers without BPF have none.
      if (costs.length > 0) programs.push({ arm: arm.name, costs });
    } finally {
      await running[Symbol.asyncDispose]();
    }
  }
  return programs;
}
