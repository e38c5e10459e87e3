import type { FigureData } from '../analysis/figure-data.ts';
import type { Summary } from '../analysis/summary.ts';
import type { Plan } from '../plan/plan.ts';
import type { Manifest } from '../store/manifest.ts';

/** Everything a report is made from; all of it comes from the recorded files. */
export interface ReportInput {
  readonly summary: Summary;
  readonly figureData: FigureData;
  readonly manifest: Manifest;
  readonly plan: Plan;
  /** What the profile says of itself, or null. */
  readonly description: string | null;
  /** The program that `page/build.mjs` bundles. Empty, the page shows still pictures. */
  readonly pageScript: string;
}
