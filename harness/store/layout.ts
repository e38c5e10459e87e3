import { join } from 'node:path';

/** Where things are in an experiment's folder (design 3.6). `results/README.md` explains each of them. */
export interface ExperimentPaths {
  readonly folder: string;
  readonly profile: string;
  readonly plan: string;
  readonly manifest: string;
  readonly journal: string;
  readonly log: string;
  readonly summary: string;
  readonly reportHtml: string;
  readonly reportMarkdown: string;
  readonly figures: string;
  readonly trials: string;
}

export function experimentPaths(folder: string): ExperimentPaths {
  return {
    folder,
    profile: join(folder, 'profile.yaml'),
    plan: join(folder, 'plan.json'),
    manifest: join(folder, 'manifest.json'),
    journal: join(folder, 'journal.jsonl'),
    log: join(folder, 'log.jsonl'),
    summary: join(folder, 'summary.json'),
    reportHtml: join(folder, 'report.html'),
    reportMarkdown: join(folder, 'report.md'),
    figures: join(folder, 'figures'),
    trials: join(folder, 'trials'),
  };
}

export interface TrialPaths {
  readonly folder: string;
  readonly record: string;
  readonly samples: string;
  readonly runqueue: string;
}

export function trialPaths(experiment: ExperimentPaths, trialId: string): TrialPaths {
  const folder = join(experiment.trials, trialId);
  return {
    folder,
    record: join(folder, 'trial.json'),
    samples: join(folder, 'samples.parquet'),
    runqueue: join(folder, 'runqueue.parquet'),
  };
}

/** The folder name of an attempt. Blocks have three digits or more, so that a listing is in order. */
export function trialId(block: number, arm: string, attempt: number): string {
  return `${String(block).padStart(3, '0')}-${arm}-${attempt}`;
}
