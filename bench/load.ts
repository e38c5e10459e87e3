import { availableParallelism } from 'node:os';
import { $ } from 'zx/core';
import { stream } from '../harness/core/random.ts';
import { dispersion } from '../harness/load/dispersion.ts';
import { rateCurve } from '../harness/load/rate-shape.ts';
import { defaultLimits } from '../harness/profile/default-limits.ts';
import { hostReading, readHostCounters } from '../harness/testbed/local/host-counters.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { loadArms, type LoadArm, type LoadTask } from './load-arms.ts';
import { formatLoad, loadBudgets, type LoadMeasurements, type LoadRun } from './load-report.ts';
import { startLoadTarget } from './load-target.ts';
import { describeMachine } from './machine.ts';

const defaultRounds = 10;
const seconds = 5;
/** Of a tool that takes all of two cores. */
const secondsAtFullSpeed = 2;
const rates = [500, 1000, 2000];
/** As for a trial: with more stolen CPU time a measurement broke down, and is made again. */
const mostStolen = defaultLimits.stolenShare;
const mostRepeats = 5;

/** What the built-in load driver costs and how late it is, beside the tools that people use today. */
export const loadBench: Bench = { run: runLoadBench };

async function runLoadBench({ rounds: wantedRounds, progress }: BenchOptions): Promise<BenchResult> {
  const rounds = wantedRounds ?? defaultRounds;
  const machine = await describeMachine();
  await $({ quiet: true })`make -s -C bench`;
  // The generator has the last one: interrupts and housekeeping prefer the first, where the server is.
  const cpu = availableParallelism() - 1;
  const looked = await Promise.all(loadArms().map(async (arm) => ({ arm, why: await arm.missing() })));
  const arms = looked.flatMap(({ arm, why }) => (why === null ? [arm] : []));
  const missing = looked.flatMap(({ why }) => (why === null ? [] : [why]));
  for (const line of missing) progress(`left out: ${line}`);
  const random = stream(1, 'order');
  const runs: LoadRun[] = [];
  let repeats = 0;
  for (let round = 1; round <= rounds; round++) {
    // What a tool without a rate does is the same at all of them.
    const cells = arms.flatMap((arm) => (arm.hasRate ? rates : [NaN]).map((perSecond) => ({ arm, perSecond })));
    progress(`round ${round} of ${rounds}`);
    for (const { arm, perSecond } of random.shuffle(cells)) {
      const task = { perSecond, seconds: arm.hasRate ? seconds : secondsAtFullSpeed, seed: round, cpu };
      let run = await measureRun(arm, task);
      for (let again = 0; run.stolenShare > mostStolen && again < mostRepeats; again++) {
        repeats++;
        run = await measureRun(arm, task);
      }
      runs.push(run);
    }
  }
  const measured: LoadMeasurements = { rounds, seconds, secondsAtFullSpeed, rates, arms, runs, missing, repeats };
  return {
    markdown: formatLoad(measured, machine),
    met: loadBudgets(measured).every(({ outcome }) => outcome !== 'missed'),
  };
}

async function measureRun(arm: LoadArm, task: Omit<LoadTask, 'url'>): Promise<LoadRun> {
  const cpus = [0, task.cpu];
  const target = await startLoadTarget(0);
  try {
    const [before, beganMs] = [readHostCounters(cpus), performance.now()];
    const cost = await arm.measure({ ...task, url: target.url });
    const elapsedSeconds = (performance.now() - beganMs) / 1000;
    const host = hostReading(before, readHostCounters(cpus), cpus.length, elapsedSeconds);
    const arrivalsMs = await target.stop();
    const durationMs = (arrivalsMs.at(-1) ?? 0) + 1;
    const curve = rateCurve({ kind: 'constant', perSecond: (1000 * arrivalsMs.length) / durationMs });
    return {
      arm: arm.name,
      perSecond: arm.hasRate ? task.perSecond : null,
      ...cost,
      stolenShare: host.stolenSeconds / host.capacitySeconds,
      requests: arrivalsMs.length,
      achievedPerSecond: (1000 * arrivalsMs.length) / durationMs,
      dispersion: dispersion(arrivalsMs, durationMs, 10, curve).aroundMean,
    };
  } catch (error) {
    await target.stop();
    throw error;
  }
}
