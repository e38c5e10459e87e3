import { systemClock } from '../../harness/core/clock.ts';
import { threadCpuMs } from '../../harness/core/thread-cpu.ts';
import { blockSchedule } from '../../harness/experiment/block-schedule.ts';
import { policyContext } from '../../harness/experiment/policy-context.ts';
import { runTrial, type TrialOutcome } from '../../harness/experiment/run-trial.ts';
import { trialLoad } from '../../harness/experiment/trial-load.ts';
import type { Plan } from '../../harness/plan/plan.ts';
import { policyKinds } from '../../harness/policy/policy-kinds.ts';
import type { StartPolicy } from '../../harness/policy/port.ts';
import { startStepPolicy } from '../../harness/policy/step-controller.ts';
import { SimDriver } from '../../harness/testbed/sim/sim-driver.ts';
import { SimTestbed } from '../../harness/testbed/sim/sim-testbed.ts';

const start: StartPolicy = ({ name, options }, context) => {
  const kind = policyKinds.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`no policy ${name}`);
  return Promise.resolve(startStepPolicy(kind, options, context, threadCpuMs));
};

/** The trial of an arm in the first block of a plan for the simulator, as `scalelab run` would run it, without a record on the disk. */
export async function simulateArm(plan: Plan, armName: string): Promise<TrialOutcome> {
  const { signal } = new AbortController();
  const { testbed: spec, application } = plan;
  const [block] = plan.blocks;
  const arm = plan.arms.find(({ name }) => name === armName);
  const seed = block?.trials.find((trial) => trial.arm === armName)?.seed;
  if (spec.kind !== 'sim' || application === null || block === undefined || arm === undefined || seed === undefined)
    throw new Error(`the plan ${plan.name} has no arm ${armName} on the simulator`);
  const testbed = new SimTestbed(spec);
  const [problem] = await testbed.check(plan);
  if (problem !== undefined) throw new Error(problem.message);
  const load = plan.loads.find(({ name }) => name === block.load) ?? null;
  const schedule = blockSchedule(plan, load, block.seed);
  if (schedule === null) throw new Error(`the plan ${plan.name} has no load`);
  await using stage = await testbed.prepare(plan);
  const context = arm.policy && policyContext(plan, arm, seed, spec.cores);
  return await runTrial(
    plan,
    stage,
    { id: `1-${armName}-1`, arm, load, seed, blockSeed: block.seed },
    {
      load: trialLoad(application, schedule, new SimDriver()),
      policy: arm.policy && context && { spec: arm.policy, context, start, time: testbed.time, clock: systemClock },
      onSample: () => undefined,
    },
    signal,
  );
}
