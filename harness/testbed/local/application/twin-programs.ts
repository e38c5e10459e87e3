import type { Application } from '../../../application/application.ts';
import type { Span } from '../../../telemetry/span.ts';
import type { LocalDependencies } from '../local-dependencies.ts';
import type { Twins } from './context.ts';

export interface TwinOptions {
  readonly model: Application;
  readonly timeCompression: number;
  /** Factor on the CPU demands whose source is `assumed`. */
  readonly assumedDemand: number;
  /** Share of requests that leave spans. */
  readonly spanShare: number;
  /** Of the trial. */
  readonly folder: string;
}

export interface TwinPrograms extends Twins {
  /** @param originSeconds start of the trial, on the kernel's monotonic clock */
  readSpans(originSeconds: number): Promise<readonly Span[]>;
}

export function twinPrograms(_options: TwinOptions, _dependencies: LocalDependencies): TwinPrograms {
  throw new Error('not yet');
}
