import type { ArmPoint } from '../../analysis/application-figure-data.ts';
import type { Spread } from '../../analysis/summary.ts';
import type { ApplicationSpec } from '../../plan/plan.ts';

/** A row of small multiples. */
export interface Measure {
  /** Name of its data set. */
  readonly key: string;
  readonly name: string;
  /** What stands above the row, with the unit. */
  readonly title: string;
  readonly perUnit: number;
  readonly isLogarithmic: boolean;
  /** A Vega expression that writes a tick; logarithmic ones are times. */
  readonly label: string;
  /** Counts and limits jump. */
  readonly interpolate: 'linear' | 'step';
  /** Where a dashed line lies, in the unit of the measure; null without one. */
  readonly rule: number | null;
  /** The first is drawn in the colour of the arm. */
  readonly lines: readonly { readonly name: string; readonly spread: (point: ArmPoint) => Spread | null }[];
}

const plain = {
  perUnit: 1,
  isLogarithmic: false,
  interpolate: 'linear' as const,
  label: "format(datum.value, '~g')",
  rule: null,
};

/** From what was asked for to what came of it. */
export function measures({ sloMs }: Pick<ApplicationSpec, 'sloMs'>): readonly Measure[] {
  const one = (spread: Measure['lines'][number]['spread']): Measure['lines'] => [{ name: 'value', spread }];
  return [
    {
      ...{ ...plain, key: 'offered', name: 'offered load', title: 'Offered load, requests per second' },
      lines: one(({ offered }) => offered),
    },
    {
      ...{ ...plain, key: 'replicas', name: 'replicas', title: 'Replicas', interpolate: 'step' },
      lines: one(({ replicas }) => replicas),
    },
    {
      ...{ ...plain, key: 'cores', name: 'CPU', title: 'CPU limit (dashed) and use, cores', interpolate: 'step' },
      lines: [
        { name: 'used', spread: ({ usedCores }) => usedCores },
        { name: 'limit', spread: ({ limitCores }) => limitCores },
      ],
    },
    {
      ...{ ...plain, key: 'waits', name: 'run-queue wait', title: 'p95 run-queue wait (logarithmic scale)' },
      ...{ perUnit: 1e6, isLogarithmic: true },
      lines: one(({ waitP95Seconds }) => waitP95Seconds),
    },
    {
      ...{ ...plain, key: 'latencies', name: 'latency', title: 'p99 latency (logarithmic scale)' },
      ...{ perUnit: 1000, isLogarithmic: true, rule: sloMs },
      lines: one(({ p99Ms }) => p99Ms),
    },
    {
      ...{ ...plain, key: 'violations', name: 'violations', title: 'Violations, percent of requests', perUnit: 100 },
      lines: one(({ violationShare }) => violationShare),
    },
  ];
}
