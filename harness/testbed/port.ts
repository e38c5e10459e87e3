import type { Problem } from '../core/errors.ts';
import type { Plan, PlannedArm, PlannedLoad } from '../plan/plan.ts';
import type { TestbedFacts, TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';

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

export interface LiveTrial extends AsyncDisposable {
  readonly clock: TrialClock;
  /** Everything since the last call, or since the start. */
  sample(signal: AbortSignal): Promise<Sample>;
  finish(signal: AbortSignal): Promise<TrialEvidence>;
}

/** The testbed, prepared for one plan. */
export interface Stage extends AsyncDisposable {
  begin(trial: TrialRequest, signal: AbortSignal): Promise<LiveTrial>;
}

/** Where trials run. One trial loop drives every testbed (design 3.2). */
export interface Testbed {
  /** `virtual`: its time stands while the process is down, so a pause never separates two trials. */
  readonly time: 'wall' | 'virtual';
  facts(plan: Plan): Promise<TestbedFacts>;
  /** Everything that would go wrong later; changes nothing. */
  check(plan: Plan): Promise<readonly Problem[]>;
  /** Safe to call again; removes what a killed process of ours left behind. */
  prepare(plan: Plan, signal: AbortSignal): Promise<Stage>;
}
