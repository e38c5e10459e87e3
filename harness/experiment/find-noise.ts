import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { noiseOf, type FoundNoise } from '../analysis/noise-of.ts';
import type { Plan } from '../plan/plan.ts';
import { experimentPaths } from '../store/layout.ts';
import { listFolders } from '../store/list-folders.ts';
import type { Machine } from '../store/manifest.ts';
import { readExperiment, readFrameIfAny, type RecordedExperiment } from '../store/recorded-experiment.ts';

/** How deep an experiment's folder may be below `results/`: the folders of `profiles/` are few. */
const deepest = 6;

/**
 * The newest finished A/A experiment with the same testbed, source, load, canary, trial length and machine: what difference shows by
 * accident here? null if there is none.
 */
export async function findNoise(results: string, plan: Plan, machine: Machine): Promise<FoundNoise | null> {
  const candidates = experimentFolders(results, deepest)
    .flatMap((folder) => readFrameIfAny(folder) ?? [])
    .filter((frame) => frame.plan.aa && frame.progress.status === 'complete')
    .filter((frame) => isDeepStrictEqual(conditions(frame.plan), conditions(plan)))
    .filter((frame) => isOfSource(frame, plan))
    .filter((frame) => hasPrices(frame.plan, plan))
    .filter((frame) => isDeepStrictEqual(frame.manifest.machine, machine))
    .sort((a, b) => (a.manifest.createdAt < b.manifest.createdAt ? 1 : -1));
  const newest = candidates[0];
  if (newest === undefined) return null;
  return noiseOf(await readExperiment(newest.paths.folder));
}

/** What must be the same for the noise of one plan to be that of another. */
function conditions({
  testbed,
  application,
  timeCompression,
  loads,
  canary,
  trialMs,
  warmupMs,
  sampleMs,
}: Plan): object {
  return { testbed, application, timeCompression, loads, canary, trialMs, warmupMs, sampleMs };
}

/**
 * Did the experiment use the source that the plan will use? Sources differ in what they count, and so in their noise. What `auto`
 * will take is known only when the testbed is asked; the same choice on the same machine is the best guess, and the budget names
 * the source that it was.
 */
function isOfSource(
  { plan: past, manifest }: Pick<RecordedExperiment, 'plan' | 'manifest'>,
  { source }: Plan,
): boolean {
  return source === 'auto' ? past.source === 'auto' : manifest.testbed.source === source;
}

/** A cost scatters with the prices; nothing else depends on them. */
const hasPrices = (past: Plan, { hypotheses, prices }: Plan): boolean =>
  !hypotheses.some(({ metric }) => metric === 'cost') || isDeepStrictEqual(past.prices, prices);

function experimentFolders(folder: string, depth: number): string[] {
  if (depth === 0) return [];
  if (existsSync(experimentPaths(folder).journal)) return [folder];
  return listFolders(folder).flatMap((inner) => experimentFolders(inner, depth - 1));
}
