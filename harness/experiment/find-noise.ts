import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { measure } from '../analysis/measure.ts';
import type { Noise } from '../plan/budget.ts';
import { metricNames, type MetricName, type Plan } from '../plan/plan.ts';
import { rootMeanSquare } from '../statistics/root-mean-square.ts';
import { experimentPaths } from '../store/layout.ts';
import { listFolders } from '../store/list-folders.ts';
import type { Machine } from '../store/manifest.ts';
import { countedAttempt, isComplete } from '../store/progress.ts';
import { readExperiment, readFrameIfAny, type RecordedExperiment } from '../store/recorded-experiment.ts';

/** How deep an experiment's folder may be below `results/`: the folders of `profiles/` are few. */
const deepest = 6;

/**
 * The newest finished A/A experiment with the same testbed, source, load, canary, trial length and machine: what difference shows by
 * accident here? null if there is none.
 */
export async function findNoise(results: string, plan: Plan, machine: Machine): Promise<Noise | null> {
  const candidates = experimentFolders(results, deepest)
    .flatMap((folder) => readFrameIfAny(folder) ?? [])
    .filter((frame) => frame.plan.aa && frame.progress.status === 'complete')
    .filter((frame) => isDeepStrictEqual(conditions(frame.plan), conditions(plan)))
    .filter((frame) => isOfSource(frame, plan))
    .filter((frame) => isDeepStrictEqual(frame.manifest.machine, machine))
    .sort((a, b) => (a.manifest.createdAt < b.manifest.createdAt ? 1 : -1));
  const newest = candidates[0];
  if (newest === undefined) return null;
  const { source } = newest.manifest.testbed;
  return {
    experiment: newest.id,
    source,
    standardDeviation: deviations(await readExperiment(newest.paths.folder)),
  };
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

function experimentFolders(folder: string, depth: number): string[] {
  if (depth === 0) return [];
  if (existsSync(experimentPaths(folder).journal)) return [folder];
  return listFolders(folder).flatMap((inner) => experimentFolders(inner, depth - 1));
}

function deviations({ plan, progress, trials }: RecordedExperiment): Noise['standardDeviation'] {
  const [a, b] = plan.arms;
  if (a === undefined || b === undefined) return {};
  const pairs = progress.blocks
    .filter((block) => isComplete(block, plan.arms))
    .flatMap((block) => {
      const [first, second] = [a, b].map(({ name }) => trials.get(countedAttempt(block, name)?.trial ?? ''));
      return first && second ? [[measure(plan, first).values, measure(plan, second).values] as const] : [];
    });
  const known = metricNames.flatMap((metric): [MetricName, number][] => {
    const differences = pairs.flatMap(([x, y]) => {
      const [of, against] = [x[metric], y[metric]];
      return of === null || against === null ? [] : [of - against];
    });
    const deviation = rootMeanSquare(differences);
    return deviation === null ? [] : [[metric, deviation]];
  });
  return Object.fromEntries(known);
}
