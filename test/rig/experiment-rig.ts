import { join } from 'node:path';
import { systemClock, type Clock } from '../../harness/core/clock.ts';
import type { ExperimentEvent } from '../../harness/experiment/events.ts';
import { isUnfinished, knownExperiments, OpenExperiment } from '../../harness/experiment/open-experiment.ts';
import { listFolders } from '../../harness/store/list-folders.ts';
import { runExperiment, type ExperimentEnd } from '../../harness/experiment/run-experiment.ts';
import type { LoadDriver } from '../../harness/load/port.ts';
import type { StartPolicy } from '../../harness/policy/port.ts';
import { makePlan, planHash, planText } from '../../harness/plan/make-plan.ts';
import type { Plan } from '../../harness/plan/plan.ts';
import { formatDiagnostics } from '../../harness/yaml/diagnostic.ts';
import { loadProfile } from '../../harness/profile/load-profile.ts';
import { readExperiment, type RecordedExperiment } from '../../harness/store/recorded-experiment.ts';
import type { Manifest } from '../../harness/store/manifest.ts';
import { noEvidence, type TrialEvidence } from '../../harness/telemetry/evidence.ts';
import type { LiveTrial, Testbed, TrialFindings, TrialRequest } from '../../harness/testbed/port.ts';
import { SimTestbed } from '../../harness/testbed/sim/sim-testbed.ts';

export interface SimProfile {
  readonly arms?: readonly string[];
  readonly blocks?: number;
  readonly seed?: number;
  /** Fields of `trial`. */
  readonly trial?: string;
  readonly extra?: string;
}

/** A profile on the simulator: arms `idle`, `busy-1`, `busy-2`, ... with that many busy threads. */
export function simProfileText({
  arms = ['idle', 'busy-1'],
  blocks = 2,
  seed = 7,
  trial = '{ duration: 3s, warmup: 1s }',
  extra = '',
}: SimProfile = {}): string {
  const entry = (name: string): string => {
    const threads = /^busy-(\d+)$/.exec(name)?.[1];
    return `  - { name: ${name}${threads === undefined ? '' : `, disturbances: { cpu: ${threads} }`} }\n`;
  };
  const hypotheses = arms
    .slice(1)
    .map((arm) => `  - { arm: ${arm}, against: ${arms[0] ?? ''}, metric: canary-wait-p95 }\n`)
    .join('');
  return (
    `seed: ${seed}\nblocks: ${blocks}\ntestbed: { kind: sim, cores: 2 cores, work: 10ms }\n` +
    `trial: ${trial}\nloads: [{ name: low, rate: 50/s }]\n` +
    `arms:\n${arms.map(entry).join('')}hypotheses:\n${hypotheses}${extra}`
  );
}

export function simPlan(profile: SimProfile = {}): Plan {
  const loaded = loadProfile({ text: simProfileText(profile), fileName: 'sim.yaml' });
  if (!loaded.ok) throw new Error(formatDiagnostics(loaded.diagnostics));
  return makePlan(loaded.profile, 'sim');
}

/**
 * For experiments whose process is killed: blocks are so long, in a time that costs none, that no slow machine makes a pause of what it
 * takes to start again.
 */
export const planToKill = (): Plan =>
  simPlan({ blocks: 3, trial: '{ duration: 5m, warmup: 10s }', extra: 'sampleInterval: 10s\n' });

/** The simulator of a plan. */
export function simTestbed(plan: Plan): SimTestbed {
  if (plan.testbed.kind !== 'sim') throw new Error('not a plan for the simulator');
  return new SimTestbed(plan.testbed);
}

export const tracerDied: TrialEvidence = { ...noEvidence, tracerDeath: 'the tracer was ended by SIGKILL' };
export const startFailed: TrialEvidence = {
  ...noEvidence,
  disturbance: { program: 'stress', wanted: 8, started: 3, alive: 3 },
};

/** A testbed that does what another does, tells what was called, and spoils the evidence of the trials it is told to. */
export function watchedTestbed(
  testbed: Testbed,
  calls: string[],
  spoil: (trial: TrialRequest) => TrialEvidence | null = () => null,
): Testbed {
  return {
    time: testbed.time,
    facts: (plan) => testbed.facts(plan),
    capacityCores: (plan) => testbed.capacityCores(plan),
    offers: (plan) => testbed.offers(plan),
    check: (plan) => testbed.check(plan),
    prepare: async (plan, signal) => {
      calls.push('prepare');
      const stage = await testbed.prepare(plan, signal);
      return {
        begin: async (request, trialSignal): Promise<LiveTrial | TrialFindings> => {
          calls.push(`begin ${request.id}`);
          const live = await stage.begin(request, trialSignal);
          if (!('clock' in live)) return live;
          return {
            clock: live.clock,
            target: live.target,
            generatorCpus: live.generatorCpus,
            workFolder: live.workFolder,
            start: (originMs, startSignal) => live.start(originMs, startSignal),
            actuate: (decision, wantedAtMs) => live.actuate(decision, wantedAtMs),
            actions: () => live.actions(),
            events: () => live.events(),
            sample: (sampleSignal) => live.sample(sampleSignal),
            finish: async (finishSignal) => {
              calls.push(`finish ${request.id}`);
              const findings = await live.finish(finishSignal);
              return { ...findings, evidence: spoil(request) ?? findings.evidence };
            },
            [Symbol.asyncDispose]: async () => {
              calls.push(`clean ${request.id}`);
              await live[Symbol.asyncDispose]();
            },
          };
        },
        [Symbol.asyncDispose]: async () => {
          calls.push('dispose');
          await stage[Symbol.asyncDispose]();
        },
      };
    },
  };
}

export interface RigRun {
  readonly end: ExperimentEnd;
  readonly events: readonly ExperimentEvent[];
  readonly recorded: RecordedExperiment;
}

export interface RigOptions {
  readonly testbed?: Testbed;
  readonly driver?: LoadDriver;
  /** Missing where no arm has a policy. */
  readonly startPolicy?: StartPolicy;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ExperimentEvent) => void;
}

/** Runs the experiment of a plan below `results`, as `scalelab run` does: resumes the unfinished one, else starts a new one. */
export async function runInRig(results: string, plan: Plan, options: RigOptions = {}): Promise<RigRun> {
  const { clock = systemClock, testbed = simTestbed(plan), signal = new AbortController().signal } = options;
  const parent = join(results, plan.name);
  const unfinished = knownExperiments(parent).readable.find(isUnfinished);
  const text = planText(plan);
  const manifest: Manifest = {
    format: 1,
    experiment: `experiment-${listFolders(parent).length + 1}`,
    profile: plan.name,
    planHash: planHash(text),
    seed: plan.seed,
    createdAt: new Date(clock.wallMs()).toISOString(),
    rerunOf: null,
    versions: { scalelab: '0.1.0', node: '20.19.0', v8: '11.3', git: null },
    machine: { hostname: 'rig', platform: 'linux-x64', kernel: '6.18', cpuModel: 'rig', cores: 2, memoryBytes: 1e9 },
    testbed: await testbed.facts(plan),
    noise: [],
  };
  const opened = unfinished
    ? await OpenExperiment.resume(unfinished, { scalelab: '0.1.0', git: null }, clock)
    : await OpenExperiment.create(
        parent,
        { plan, planText: text, profileText: 'seed: 7\n', inputs: {}, manifest },
        clock,
      );
  const events: ExperimentEvent[] = [];
  const sink = (event: ExperimentEvent): void => {
    events.push(event);
    options.onEvent?.(event);
  };
  try {
    const { driver = null, startPolicy = () => Promise.reject(new Error('no policy was to be started')) } = options;
    const driverFor = (): Promise<LoadDriver | null> => Promise.resolve(driver);
    const end = await runExperiment(opened, { testbed, driverFor, startPolicy, clock, sink, signal });
    return { end, events, recorded: await readExperiment(opened.paths.folder) };
  } finally {
    await opened[Symbol.asyncDispose]();
  }
}
