/** A load: how many requests arrive when, and what they ask for. Times are from the start of the trial, before time compression. */
export interface Load {
  /** Unique, and safe as part of a folder name. */
  readonly name: string;
  readonly rate: RateShape;
  readonly arrivals: ArrivalProcess;
  /** A mix of the application's model; null for its default, or without an application. */
  readonly mix: string | null;
}

/** Mean arrivals per second over time. Rates are not negative. */
export type RateShape =
  | { readonly kind: 'constant'; readonly perSecond: number }
  /** One after the other; the last one goes on. */
  | { readonly kind: 'steps'; readonly steps: readonly { readonly perSecond: number; readonly durationMs: number }[] }
  /** Straight from one rate to the other, which goes on. */
  | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number; readonly durationMs: number }
  /** `mean + amplitude sin(2 pi t / period)`; the amplitude is at most the mean. */
  | {
      readonly kind: 'sine';
      readonly meanPerSecond: number;
      readonly amplitudePerSecond: number;
      readonly periodMs: number;
    }
  /** Two humps in a day, the evening's higher, and a quiet night: see `load/rate-shape.ts`. */
  | {
      readonly kind: 'diurnal';
      readonly lowPerSecond: number;
      readonly highPerSecond: number;
      readonly dayMs: number;
    }
  | {
      readonly kind: 'spike';
      readonly basePerSecond: number;
      readonly peakPerSecond: number;
      readonly atMs: number;
      readonly riseMs: number;
      readonly holdMs: number;
      readonly fallMs: number;
    }
  /**
   * From a CSV file: a rate for each `stepMs`, which is a second before time compression; the last one goes on. `file` as written, for
   * messages.
   */
  | {
      readonly kind: 'trace';
      readonly file: string;
      readonly perSecond: readonly number[];
      readonly scale: number;
      readonly stepMs: number;
    };

export type ArrivalProcess =
  | { readonly kind: 'poisson' }
  /** Evenly spaced in operational time: the k-th when the expected number of arrivals is k - 1/2. */
  | { readonly kind: 'even' }
  /**
   * Markov-modulated Poisson process of two states: in a burst the rate is `burstFactor` times that outside of one, and so that the mean
   * is that of the shape. Both dwell times are exponential.
   */
  | { readonly kind: 'bursty'; readonly burstFactor: number; readonly burstMs: number; readonly calmMs: number }
  /** From a file: the instants themselves; the rate shape is then what they show. */
  | { readonly kind: 'instants'; readonly file: string; readonly atMs: readonly number[] };
