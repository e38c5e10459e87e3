import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import { summarize } from './summarize.ts';

/** `summary.json`, byte for byte. The status is what the journal says, or is about to say. */
export function summaryText(recorded: RecordedExperiment, status = recorded.progress.status): string {
  return `${JSON.stringify(summarize(recorded, status), null, 2)}\n`;
}
