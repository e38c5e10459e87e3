import { readFileSync } from 'node:fs';

/** A number as golden.json writes it: JSON has no infinity. */
export type GoldenNumber = number | 'infinity' | '-infinity';

/** What `test/fixtures/statistics/make-golden.py` wrote. */
export interface Golden {
  readonly quantiles: readonly {
    readonly values: readonly number[];
    readonly quantiles: readonly { readonly p: number; readonly value: number }[];
  }[];
  readonly wilcoxonExact: readonly {
    readonly differences: readonly number[];
    readonly statistic: number;
    readonly p: number;
  }[];
  readonly wilcoxonTied: readonly {
    readonly differences: readonly number[];
    readonly statistic: number;
    readonly pairs: number;
    readonly p: number;
  }[];
  readonly wilcoxonLarge: readonly {
    readonly differences: readonly number[];
    readonly statistic: number;
    readonly p: number;
    readonly approximateP: number;
  }[];
  readonly signFlip: readonly {
    readonly differences: readonly GoldenNumber[];
    readonly statistic: number;
    readonly p: number;
    readonly rankBiserial: number | null;
  }[];
  readonly hodgesLehmann: readonly { readonly values: readonly number[]; readonly estimate: number }[];
  readonly holm: readonly { readonly p: readonly number[]; readonly adjusted: readonly number[] }[];
  readonly medianLevels: readonly {
    readonly n: number;
    readonly atLeast: number;
    readonly k: number | null;
    readonly level: number | null;
  }[];
  readonly detectable: readonly {
    readonly blocks: number;
    readonly comparisons: number;
    readonly power: number;
    readonly difference: number;
  }[];
}

// The script that writes the file gives it this shape.
export const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/statistics/golden.json', import.meta.url), 'utf8'),
) as Golden;

export function numberOf(value: GoldenNumber): number {
  return value === 'infinity' ? Infinity : value === '-infinity' ? -Infinity : value;
}
