import type { Problem } from '../core/errors.ts';
import type { Plan, PlannedArm, PlannedLoad } from '../plan/plan.ts';
import type { TestbedFacts, TrialEvidence } from '../telemetry/evidence.ts';
import type { Target } from '../load/port.ts';
import type { Action, Decision, DecisionKind } from '../telemetry/action.ts';
import type { PolicyInput } from '../policy/port.ts';
import type { ReplicaEvent } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { Span } from '../telemetry/span.ts';

/** One attempt at one trial. */
export interface TrialRequest {
  /** Folder name of the attempt: `<block>-<arm>-<attempt>`. */
  readonly id: string;
  readonly arm: PlannedArm;
  readonly load: PlannedLoad | null;
  readonly seed: number;
  /** Root of what all arms of a block share: their arrivals. */
  readonly blockSeed: number;
}

/** The clock of a trial: sleeps on a real testbed, runs the event queue on the simulator. Milliseconds from its start. */
export interface TrialClock {
  /** Returns at `atMs` or as soon after it as possible. */
  advanceTo(atMs: number, signal: AbortSignal): Promise<void>;
}

/** A trial whose application and tracer are up and whose time has not begun. */
export interface LiveTrial extends AsyncDisposable {
  readonly clock: TrialClock;
  /** Where the load goes; null without an application that takes one. */
  readonly target: Target | null;
  /** CPUs for the load generator, such as `1`; null to leave that to the system. */
  readonly generatorCpus: string | null;
  /** For files of the load driver: can be made there, and goes with what the run leaves behind. Null without an application. */
  readonly workFolder: string | null;
  /**
   * Begins the trial's time. @param originMs the instant from which it counts, on the monotonic clock of the harness (`Clock.nowMs`),
   * at most a second from now; null for now
   */
  start(originMs: number | null, signal: AbortSignal): Promise<void>;
  /** Everything since the last call, or since the start. Its `load` is null: the trial loop adds it. */
  sample(signal: AbortSignal): Promise<Sample>;
  /**
   * Carries a decision out, which has been looked at: a service that may be scaled, within the bounds. Never waits for it to be effective, and
   * never throws for what this testbed cannot do: the ticket says it.
   */
  actuate(decision: Decision, wantedAtMs: number): Action;
  /** All tickets so far, as they stand now, in the order of their numbers. */
  actions(): readonly Action[];
  /** What has happened to replicas so far. */
  events(): readonly ReplicaEvent[];
  /** After the last sample, when every request was answered: evidence, and the spans that sampled requests left. */
  finish(signal: AbortSignal): Promise<TrialFindings>;
}

/** What the testbed found out by the end of a trial. Its evidence has no `generator`: the trial loop adds it. */
export interface TrialFindings {
  readonly evidence: TrialEvidence;
  readonly spans: readonly Span[];
}

/** The testbed, prepared for one plan. */
export interface Stage extends AsyncDisposable {
  /** Findings instead of a trial: the application could not be started with the allocation of the arm, which is an outcome. */
  begin(trial: TrialRequest, signal: AbortSignal): Promise<LiveTrial | TrialFindings>;
}

/** Where trials run. One trial loop drives every testbed (design 3.2). */
export interface Testbed {
  /** `virtual`: its time stands while the process is down, so a pause never separates two trials. */
  readonly time: 'wall' | 'virtual';
  facts(plan: Plan): Promise<TestbedFacts>;
  /** Cores that the services can have together, as policies see them; null without an application. */
  capacityCores(plan: Plan): number | null;
  /** What policies can see here, under this plan, and what they can do. */
  offers(plan: Plan): Promise<{ readonly inputs: readonly PolicyInput[]; readonly acts: readonly DecisionKind[] }>;
  /** Everything that would go wrong later; changes nothing. */
  check(plan: Plan): Promise<readonly Problem[]>;
  /** Safe to call again; removes what a killed process of ours left behind. */
  prepare(plan: Plan, signal: AbortSignal): Promise<Stage>;
}
