import type { ApplicationFigureData } from './application-figure-data.ts';

/** Populations whose waits are drawn; `application` is all replicas of it. */
export const drawnGroups = ['canary', 'application', 'all'] as const;
export type DrawnGroup = (typeof drawnGroups)[number];

/** What the figures draw, made from the recorded Parquet files of the counted valid trials. */
export interface FigureData {
  readonly histograms: readonly WaitHistogram[];
  readonly series: readonly SeriesPoint[];
  /** Null without an application. */
  readonly application: ApplicationFigureData | null;
}

/** Share of switch-ins by log2 slot of their wait, over the trials of one arm. All causes together. */
export interface WaitHistogram {
  readonly group: DrawnGroup;
  readonly arm: string;
  readonly trials: number;
  readonly slots: readonly {
    /** The slot is [lowerMicros, upperMicros). The first also takes everything below. */
    readonly lowerMicros: number;
    readonly upperMicros: number;
    readonly medianShare: number;
    readonly lowShare: number;
    readonly highShare: number;
  }[];
}

/** The waits that ended in one sample of one trial; in several, if a trial has very many. */
export interface SeriesPoint {
  readonly group: DrawnGroup;
  readonly arm: string;
  readonly block: number;
  /** End of the last of them, from the start of the trial. */
  readonly atMs: number;
  readonly warmup: boolean;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly p99Seconds: number | null;
}
