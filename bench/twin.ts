import { availableParallelism } from 'node:os';
import { $ } from 'zx/core';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { describeMachine } from './machine.ts';
import { measureHopOverhead } from './twin-chain.ts';
import { measureIdleGraph } from './twin-graph.ts';
import { measureMixCost } from './twin-mix.ts';
import { formatTwin, twinBudgets } from './twin-report.ts';
import type { TwinMeasurements } from './twin-report.ts';

const defaultRounds = 10;
const idleSeconds = 20;

/** What the replicas of the local testbed cost beside what the model asks of them. */
export const twinBench: Bench = { run: runTwinBench };

async function runTwinBench({ rounds: wantedRounds, progress }: BenchOptions): Promise<BenchResult> {
  const rounds = wantedRounds ?? defaultRounds;
  const machine = await describeMachine();
  await $({ quiet: true })`make -s -C bench`;
  // The last one: interrupts and housekeeping prefer the first.
  const cpu = availableParallelism() - 1;
  const hops = await measureHopOverhead(cpu, rounds, progress);
  const mix = await measureMixCost(cpu, rounds, progress);
  progress(`the idle social network, twice ${idleSeconds} s`);
  const graph = await measureIdleGraph(cpu, idleSeconds);
  const measured: TwinMeasurements = { rounds, hops, mix, graph };
  return {
    markdown: formatTwin(measured, machine),
    met: twinBudgets(measured).every(({ outcome }) => outcome !== 'missed'),
  };
}
