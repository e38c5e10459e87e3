import { simulateArm } from '../../../bench/policy-figures/simulate-arm.ts';
import type { Action } from '../../../harness/telemetry/action.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { readProjectFile } from '../../guard/project-files.ts';
import { simulatedPlan } from '../testbed/sim/simulated-plan.ts';

export interface LoopOptions {
  readonly policy: Readonly<Record<string, unknown>>;
  /** As in a profile. */
  readonly rate: unknown;
  readonly arrivals?: string;
  /** What the trial begins with; each has one core. */
  readonly replicas: number;
  /** Bounds of replicas. */
  readonly least?: number;
  readonly most?: number;
  readonly timeCompression: number;
  /** As the clock of the load goes: before time compression. */
  readonly minutes: number;
  /** Every request takes 10 ms, instead of as long on average. */
  readonly isSteady?: boolean;
  readonly seed?: number;
}

export interface Loop {
  readonly samples: readonly Sample[];
  /** What changed something, in order. */
  readonly changes: readonly Action[];
  /** Replicas wanted at the end of each minute of the load's clock. */
  readonly replicas: readonly number[];
  /** Latency at p95 in each minute of the load's clock. */
  readonly p95Ms: readonly number[];
}

/** A policy and the application `one-service` on the simulator. A replica carries at most 100 requests per second. */
export async function closeLoop(options: LoopOptions): Promise<Loop> {
  const { policy, rate, arrivals = 'poisson', replicas, least = 1, most = 20, minutes, timeCompression } = options;
  const plan = simulatedPlan(
    {
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      testbed: { kind: 'sim', cores: '64 cores' },
      application: './model.yaml',
      timeCompression,
      trial: { duration: `${(60 * minutes) / timeCompression}s`, warmup: '2s' },
      bounds: { default: { replicas: { least, most }, memory: { least: '8 MiB', most: '64 MiB' } } },
      arms: [
        { name: 'policy', policy, allocation: { default: { cpu: '1 core', memory: '64 MiB', replicas } } },
        { name: 'static', policy: 'static', allocation: { default: { cpu: '1 core', memory: '64 MiB', replicas } } },
      ],
      loads: [{ name: 'load', rate, arrivals }],
      hypotheses: [{ arm: 'policy', against: 'static', metric: 'latency-p95' }],
      driver: { spans: '0 %' },
    },
    { './model.yaml': modelText(options.isSteady ?? false) },
  );
  const { samples, control, evidence } = await simulateArm(plan, 'policy');
  if (control === null || evidence.policy === null) throw new Error('the policy did not run');
  if (evidence.policy.failure !== null) throw new Error(evidence.policy.failure);
  const perMinute = Math.round(60_000 / timeCompression / plan.sampleMs);
  const minutesOf = Array.from({ length: minutes }, (_, minute) =>
    samples.slice(minute * perMinute, (minute + 1) * perMinute),
  );
  return {
    samples,
    changes: control.actions.filter(({ state }) => state !== 'unchanged'),
    replicas: minutesOf.map((minute) => minute.at(-1)?.services?.[0]?.wanted ?? NaN),
    p95Ms: minutesOf.map((minute) => {
      const latencies = minute.map(({ load }) => load?.total.p95Ms ?? 0);
      return latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length;
    }),
  };
}

function modelText(isSteady: boolean): string {
  const text = readProjectFile('deathstarbench/one-service.yaml');
  return isSteady ? text.replace('shape: exponential', 'shape: constant') : text;
}

/** How often the direction of the changes turned. */
export function reversals(replicas: readonly number[]): number {
  const signs = replicas.slice(1).flatMap((count, index) => {
    const change = Math.sign(count - (replicas[index] ?? count));
    return change === 0 ? [] : [change];
  });
  return signs.filter((sign, index) => index > 0 && sign !== signs[index - 1]).length;
}
