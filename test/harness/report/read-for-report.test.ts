import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFigureData } from '../../../harness/analysis/make-figure-data.ts';
import { summarize } from '../../../harness/analysis/summarize.ts';
import { readForReport } from '../../../harness/report/read-for-report.ts';
import { readExperiment } from '../../../harness/store/recorded-experiment.ts';
import { runInRig, simPlan } from '../../rig/experiment-rig.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

test('arm by arm the same is read as of all trials at once, and the same is damaged', async () => {
  const { recorded } = await runInRig(temporaryFolder(), simPlan({ blocks: 3 }));
  const { folder, trials } = recorded.paths;
  rmSync(join(trials, '003-idle-1', 'samples.parquet'));
  writeFileSync(join(trials, '001-busy-1-1', 'trial.json'), '{}');
  const whole = await readExperiment(folder);
  const { trials: _, ...frame } = whole;
  const summary = summarize(whole);

  expect(whole.damage).toHaveLength(2);
  expect(await readForReport(folder)).toEqual({ frame, summary, figureData: makeFigureData(whole, summary) });
});
