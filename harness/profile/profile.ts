import type { Application } from '../application/application.ts';
import type { Allocation } from './allocation.ts';
import type { Bounds } from './bounds.ts';
import type { Load } from './load.ts';
import type { MetricName } from './metric.ts';
import type { PolicySpec } from './policy-spec.ts';

export type { Load } from './load.ts';

/** How many busy threads a CPU disturbance runs: a number, or a multiple of the machine's cores, known only on the testbed. */
export type ThreadCount = { readonly threads: number } | { readonly timesCores: number };

/** What takes resources on purpose while a trial runs. */
export interface Disturbances {
  readonly cpu: ThreadCount | null;
}

export interface Arm {
  /** Unique, and safe as part of a folder name. */
  readonly name: string;
  readonly disturbances: Disturbances;
  /** What each service gets; null without an application. */
  readonly allocation: Allocation | null;
  /** Factor on the CPU demands whose source is `assumed`; 1 leaves them alone. */
  readonly assumedDemand: number;
  /** What scales the application in this arm; null without an application, and for an allocation that stays as it is. */
  readonly policy: PolicySpec | null;
  /** Where this arm differs from the fields of the profile; fields that it does not name are as there. */
  readonly overrides: Overrides;
}

/** Fields of the profile that an arm may have otherwise. What blocks, pairs and times are made of is the same for all. */
export interface Overrides {
  readonly source?: SourceChoice;
  readonly driver?: DriverSpec;
  readonly canary?: CanarySpec | null;
  readonly faults?: readonly Fault[];
}

/** The application, and what it is judged by. */
export interface ApplicationSpec {
  /** As the profile names it. */
  readonly reference: string;
  readonly model: Application;
  /** Latency above which an answer violates the objective. */
  readonly sloMs: number;
  readonly driver: DriverSpec;
  /** A replica that is killed, or halted, on purpose in every trial. */
  readonly faults: readonly Fault[];
}

export interface DriverSpec {
  readonly name: 'built-in' | 'k6';
  readonly timeoutMs: number;
  readonly mostInFlight: number;
  /** Connections to the front: a new one for each request, or kept, at most so long. */
  readonly connections: { readonly kind: 'kept'; readonly maxAgeMs: number | null } | { readonly kind: 'fresh' };
  /** Share of requests that leave spans, 0 to 1. */
  readonly spanShare: number;
}

/** `kill` ends one replica with SIGKILL; `stop` halts a replica with SIGSTOP for a while. */
export type Fault =
  | { readonly kind: 'kill'; readonly service: string; readonly atMs: number }
  | { readonly kind: 'stop'; readonly service: string; readonly atMs: number; readonly durationMs: number };

export type TestbedSpec =
  | {
      readonly kind: 'local';
      /** CPUs of the application, and of harness, generator and tracer, such as `0` and `1-3`; null to share them out. */
      readonly applicationCpus: string | null;
      readonly harnessCpus: string | null;
      /** Of the front on 127.0.0.1; null takes one that is free. */
      readonly port: number | null;
    }
  | {
      readonly kind: 'sim';
      readonly cores: number;
      /** Mean CPU demand of an arrival, exponentially distributed. */
      readonly workMicros: number;
    };

/** A thread that wakes at a fixed rate in every arm, in a group of its own: the same population everywhere. */
export interface CanarySpec {
  readonly ratePerSecond: number;
  /** CPU time burned at each wake-up. */
  readonly workMicros: number;
}

/** Grounds on which a trial is invalid (design 4.6). Shares are 0 to 1. */
export interface Limits {
  readonly stolenShare: number;
  readonly clockJumpMs: number;
  /** Samples late or missing for longer than this are an observation gap. */
  readonly observationGapMs: number;
  /** Requests not sent for the generator's own reasons, of those offered. */
  readonly notSentShare: number;
  /** p99 of send instant minus due instant; null: the smaller of 5 ms and 5 % of the objective. */
  readonly latenessP99Ms: number | null;
  /** CPU of the generator, of what it could use. */
  readonly generatorCpuShare: number;
}

/**
 * Which source of run-queue wait to use: `auto` takes BPF, or schedstat if neither the hypotheses nor the policies need a histogram; `none` measures
 * no waits at all.
 */
export const sourceChoices = ['auto', 'bpf', 'schedstat', 'none'] as const;
export type SourceChoice = (typeof sourceChoices)[number];

/** What resources cost, in any currency. */
export interface Prices {
  /** For one core, reserved for an hour. */
  readonly coreHour: number;
  /** For 10^9 bytes, reserved for an hour. */
  readonly gigabyteHour: number;
}

/** Within which a difference does not matter: a share of the level of `against`, or a number in the unit of the metric. */
export type Margin =
  { readonly kind: 'share'; readonly share: number } | { readonly kind: 'value'; readonly value: number };

/** A primary hypothesis, named before the run: is the metric of `arm` different from that of `against`? */
export interface Hypothesis {
  readonly arm: string;
  readonly against: string;
  readonly metric: MetricName;
  /** Named before the run, or null: then equality is never claimed. */
  readonly margin: Margin | null;
}

/** A profile as it takes effect: validated, `--set` applied, matrices expanded, defaults filled in. */
export interface Profile {
  readonly description: string | null;
  /** Root of all random streams; any safe integer. */
  readonly seed: number;
  /** Blocks planned for each load; 1 to 1000. */
  readonly blocks: number;
  /** True if the two arms are one treatment, run to see what difference appears by accident. */
  readonly aa: boolean;
  readonly testbed: TestbedSpec;
  readonly source: SourceChoice;
  readonly application: ApplicationSpec | null;
  /** Time compression k (design 4.8): divides times of the application, of loads and faults, and the sample interval; 1 is real time. */
  readonly timeCompression: number;
  /** Length of a trial, as it takes place; its first `warmupMs` are not used. Both are whole multiples of `sampleMs`. */
  readonly trialMs: number;
  readonly warmupMs: number;
  /** Before time compression. */
  readonly sampleMs: number;
  readonly canary: CanarySpec | null;
  /** Between what policies may choose; null without an application. */
  readonly bounds: Bounds | null;
  /** Null: cost is not computed. */
  readonly prices: Prices | null;
  /** At least two. */
  readonly arms: readonly Arm[];
  readonly loads: readonly Load[];
  /** At least one. */
  readonly hypotheses: readonly Hypothesis[];
  readonly limits: Limits;
}
