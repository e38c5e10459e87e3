import { readFileSync } from 'node:fs';
import type { Application } from '../../harness/application/application.ts';
import { loadApplication } from '../../harness/application/load-application.ts';
import type {
  Allocation,
  ApplicationSpec,
  Plan,
  PlannedArm,
  PlannedLoad,
  PolicySpec,
} from '../../harness/plan/plan.ts';
import type { RecordedExperiment } from '../../harness/store/recorded-experiment.ts';
import type { GeneratorEvidence } from '../../harness/telemetry/evidence.ts';
import { examplePlan, loadOf, recordedOf } from './recorded.ts';
import { simulateTrial } from './simulated-trial.ts';

export function modelNamed(name: 'social-network' | 'echo'): Application {
  const file = new URL(`../../deathstarbench/${name}.yaml`, import.meta.url);
  const loaded = loadApplication({ text: readFileSync(file, 'utf8'), fileName: `${name}.yaml` });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  return loaded.application;
}

const limit = (cores: number | null) => ({ cpuLimitCores: cores, cpuRequestCores: cores });

/** The same for every service, but that stores have no CPU limit. */
export function allocationOf(model: Application, cpuLimitCores: number): Allocation {
  return Object.fromEntries(
    model.services.map(({ name, role }) => [
      name,
      { replicas: 1, ...limit(role === 'store' ? null : cpuLimitCores), memoryLimitBytes: 64 * 1024 ** 2 },
    ]),
  );
}

export const applicationOf = (model: Application, changes: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  reference: model.name,
  model,
  sloMs: 50,
  driver: {
    ...{ name: 'built-in', timeoutMs: 2000, mostInFlight: 1000 },
    ...{ connections: { kind: 'kept', maxAgeMs: null }, spanShare: 0.1 },
  },
  faults: [],
  ...changes,
});

export const cleanGenerator: GeneratorEvidence = {
  ...{ driver: 'built-in', version: '0.1.0', cpuCores: 0.12, capacityCores: 1 },
  ...{ priority: 'real-time', priorityNote: null, death: null, scheduleSha256: '' },
};

export interface ApplicationExample {
  readonly model?: 'social-network' | 'echo';
  /** CPU limit of every service by arm; the first is compared with the last. */
  readonly arms?: Readonly<Record<string, number>>;
  /** By arm; the others have none. The arms of policies begin with what `simulated-control.ts` gives. */
  readonly policies?: Readonly<Record<string, PolicySpec>>;
  readonly blocks?: number;
  readonly loads?: readonly PlannedLoad[];
  readonly plan?: Partial<Plan>;
  readonly application?: Partial<ApplicationSpec>;
  readonly generator?: Partial<GeneratorEvidence>;
}

/** A finished experiment with an application, as its folder would tell it. */
export function recordedApplication({
  model: modelName = 'social-network',
  arms: limits = { tight: 0.1, ample: 1 },
  blocks = 6,
  loads = [loadOf('steady', 100)],
  ...changes
}: ApplicationExample = {}): RecordedExperiment {
  const model = modelNamed(modelName);
  const application = applicationOf(model, changes.application);
  const arms = Object.entries(limits).map(([name, cores]): PlannedArm => ({
    ...{ name, disturbances: { cpu: null }, assumedDemand: 1, allocation: allocationOf(model, cores) },
    ...{ policy: changes.policies?.[name] ?? null, overrides: {} },
  }));
  const [arm = '', against = ''] = [Object.keys(limits)[0], Object.keys(limits).at(-1)];
  const plan = examplePlan({
    ...{ name: 'social-network-fixed', application, arms, loads, canary: null, blockCount: blocks },
    ...{
      trialMs: 30_000,
      warmupMs: 10_000,
      hypotheses: [{ arm, against, metric: 'latency-p95', margin: null }],
      ...changes.plan,
    },
  });
  const recorded = recordedOf(
    plan,
    plan.blocks.map(({ load, trials }) => ({
      ...(load === null ? {} : { load }),
      attempts: trials.map((trial) => [trial.arm, 1e-3] as const),
    })),
    { status: 'complete' },
  );
  const trials = [...recorded.trials].map(([id, trial]) => {
    const block = plan.blocks[trial.record.block - 1];
    const [ofTrial, load] = [
      arms.find(({ name }) => name === trial.record.arm),
      loads.find(({ name }) => name === block?.load),
    ];
    if (block === undefined || ofTrial === undefined || load === undefined) throw new Error(`no plan for ${id}`);
    const { scheduleSha256, control, ...data } = simulateTrial(plan, application, ofTrial, load, [
      block.number,
      block.seed,
    ]);
    const generator = { ...cleanGenerator, scheduleSha256, ...changes.generator };
    const evidence = {
      ...trial.record.evidence,
      canary: null,
      generator,
      application: { events: [], startFailure: null },
      policy: control?.evidence ?? null,
    };
    const record = { ...trial.record, load: load.name, evidence };
    return [id, { ...trial, ...data, control: control?.log ?? null, record }] as const;
  });
  const { testbed } = recorded.manifest;
  const details = { applicationCpus: '0', harnessCpus: '1', cpuBinding: 'cpuset' };
  const manifest = { ...recorded.manifest, profile: plan.name, testbed: { ...testbed, details } };
  return { ...recorded, manifest, trials: new Map(trials) };
}
