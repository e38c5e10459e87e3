import { verifyExperiment, type Verification } from '../../harness/analysis/verify-experiment.ts';
import type { RecordedExperiment } from '../../harness/store/recorded-experiment.ts';
import { readSchedules } from '../../harness/store/schedule.ts';

/** What `scalelab verify` finds. */
export const verified = async (recorded: RecordedExperiment): Promise<Verification> =>
  verifyExperiment(recorded, await readSchedules(recorded));
