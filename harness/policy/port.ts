import type { z } from 'zod';
import type { ServiceRole } from '../application/application.ts';
import type { Random } from '../core/random.ts';
import type { Allocation, Bounds, JsonObject, PolicySpec, PublishedResult } from '../plan/plan.ts';
import type { Action, Decision, DecisionKind } from '../telemetry/action.ts';
import type { Sample } from '../telemetry/sample.ts';

/** What a policy may need to see. A testbed that cannot give it is refused before the start. */
export const policyInputs = {
  'cpu-usage': 'CPU time of each replica',
  'cpu-request': 'a CPU request of each replica',
  'cpu-throttling': 'throttled periods of each replica',
  'memory-usage': 'memory of each replica',
  'oom-kills': 'kills by the memory limit',
  'wait-histogram': 'run-queue wait of each replica as a histogram',
  'wait-sum': 'run-queue wait of each replica as a sum',
  'network-usage': 'network traffic of each replica',
  'request-rate': 'requests of each replica',
  latency: 'latency of each service',
} as const satisfies Record<string, string>;
export type PolicyInput = keyof typeof policyInputs;

/** All that happened since the last step (design 3.1). */
export interface Window {
  /** Milliseconds from the start of the trial: the end of the last sample. */
  readonly nowMs: number;
  /** In order; at least one. */
  readonly samples: readonly Sample[];
  /** Actions that are in progress. */
  readonly pending: readonly Action[];
  /** Actions of this policy that have ended since its last step: effective, superseded, refused or unchanged. */
  readonly settled: readonly Action[];
}

/** A step function: no timers, no I/O. Same context, same windows, same decisions. */
export interface Policy {
  readonly name: string;
  /** How often `step` is called, after time compression. */
  readonly intervalMs: number;
  step(window: Window): readonly Decision[];
}

/** A service that a policy may scale, or that one which it may scale depends on. */
export interface PolicyService {
  readonly name: string;
  readonly role: ServiceRole;
  /** False for stores: decisions about them are refused. */
  readonly isScalable: boolean;
  /** Services that its operations call, without repeats, in the order of the model. */
  readonly calls: readonly string[];
  /** After time compression: from the start of a replica until callers know of it. */
  readonly startUpMs: number;
}

export interface PolicyContext {
  /** In the order of the model: fronts first. */
  readonly services: readonly PolicyService[];
  /** What the trial begins with. */
  readonly allocation: Allocation;
  readonly bounds: Bounds;
  /** Cores that all services have together. */
  readonly capacityCores: number;
  /** After time compression. */
  readonly sampleMs: number;
  readonly timeCompression: number;
  /** Latency that the profile asks for. */
  readonly objectiveMs: number;
  readonly random: Random;
  /** A published time constant in seconds, as the milliseconds that it takes in this trial: divided by the time compression. */
  compressed(seconds: number): number;
}

/** What one set of options asks of a trial, before there is one. */
export interface PolicyDemands {
  /** Of its shortest loop, as published. */
  readonly intervalSeconds: number;
  /** Of all its windows, as published: a trial takes at least twice as long, compressed (design 4.8). */
  readonly longestWindowSeconds: number;
  readonly needs: readonly PolicyInput[];
  readonly acts: readonly DecisionKind[];
}

/** What `scalelab policies NAME` and the report tell of a policy. */
export interface PolicyDescription {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** The paper or the source that it follows; null for our own. */
  readonly source: string | null;
  /** Where the source leaves room, and which reading the options choose; one sentence each. */
  readonly variants: readonly string[];
  /** Numbers that its authors published. They stand beside measured ones, never as a target (design 4.10). */
  readonly published: readonly PublishedResult[];
}

export type { PublishedResult } from '../plan/plan.ts';

/** A kind of policy, of which arms have one each. `Options` are JSON: they stand in the plan, defaults filled in. */
export interface PolicyKind<Options extends JsonObject = JsonObject> extends PolicyDescription {
  /** From what a person writes to options; mistakes are shown with line and column. */
  readonly options: z.ZodType<Options>;
  demands(options: Options): PolicyDemands;
}

/** A kind that runs in the harness. */
export interface StepPolicyKind<Options extends JsonObject = JsonObject> extends PolicyKind<Options> {
  create(options: Options, context: PolicyContext): Policy;
}

/** A policy in a running trial, wherever it runs. */
export interface Controller extends AsyncDisposable {
  readonly intervalMs: number;
  /**
   * What it answers is not looked at yet: whoever calls does not trust it.
   * @throws HarnessError `policy-failed` with its last words if it throws, ends, or answers what is no answer
   */
  step(
    window: Window,
    signal: AbortSignal,
  ): Promise<{ readonly decisions: readonly unknown[]; readonly cpuMs: number | null }>;
  /** So far. */
  usage(): { readonly cpuSeconds: number | null; readonly residentBytes: number | null };
}

/** Starts the policy of an arm for one trial. @throws HarnessError `policy-failed` if it does not begin */
export type StartPolicy = (policy: PolicySpec, context: PolicyContext, signal: AbortSignal) => Promise<Controller>;
