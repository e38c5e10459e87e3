import { setTimeout as delay } from 'node:timers/promises';
import { $ } from 'zx/core';
import { stream } from '../harness/core/random.ts';
import { countTracingPrograms } from './other-tracers.ts';
import type { TracerArm } from './tracer-arms.ts';

const warmUpHops = 20_000;
const hops = 200_000;
const quietDeadlineMs = 600_000;

/** CPU nanoseconds of one hop: index of the round, by name of the arm. */
export type HopCosts = ReadonlyMap<string, readonly number[]>;

/** Measures every arm once a round, in an order that is drawn anew each time, so that what changes slowly hits all alike. */
export async function measureHops(
  arms: readonly TracerArm[],
  measuredCpu: number,
  rounds: number,
  progress: (line: string) => void,
): Promise<HopCosts> {
  const costs = new Map(arms.map((arm): [string, number[]] => [arm.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const arm of stream(round, 'bench/tracer/order').shuffle(arms)) {
      costs.get(arm.name)?.push(await measureUndisturbed(arm, measuredCpu));
    }
    const last = arms.map(({ name }) => `${name} ${costs.get(name)?.at(-1)?.toFixed(0) ?? '?'}`);
    progress(`round ${round + 1} of ${rounds}, ns per hop: ${last.join(', ')}`);
  }
  return costs;
}

/** Measures again if somebody else's tracer was attached right before or right after: its cost would count as the arm's. */
async function measureUndisturbed(arm: TracerArm, measuredCpu: number): Promise<number> {
  const deadline = performance.now() + quietDeadlineMs;
  for (;;) {
    if (performance.now() > deadline)
      throw new Error('Other BPF tracers were attached for ten minutes (see bpftool prog show); nothing is measured.');
    if ((await countTracingPrograms()) > 0) {
      await delay(200);
      continue;
    }
    const running = await arm.start();
    let cost: number;
    try {
      cost = await measureHop(measuredCpu);
    } finally {
      await running[Symbol.asyncDispose]();
    }
    if ((await countTracingPrograms()) === 0) return cost;
  }
}

/** CPU nanoseconds of one hop of the ping-pong: a wakeup and a context switch. */
export async function measureHop(measuredCpu: number): Promise<number> {
  const { stdout } = await $({ quiet: true })`build/native/scalelab-ping-pong ${measuredCpu} ${warmUpHops} ${hops}`;
  // Its output is fixed; it is built from this checkout.
  const result = JSON.parse(stdout) as { readonly hops: number; readonly cpuNs: number; readonly switches: number };
  // The ends of the measured stretch may fall between two of them.
  if (result.switches < result.hops * 0.999) {
    throw new Error(`Only ${result.switches} of ${result.hops} hops were context switches: they were not on one CPU.`);
  }
  return result.cpuNs / result.hops;
}
