import { join } from 'node:path';

/** Where things are in an experiment's folder (design 3.6). `results/README.md` explains each of them. */
export interface ExperimentPaths {
  readonly folder: string;
  readonly profile: string;
  /** The files that the profile names: the model of the application, traces. */
  readonly inputs: string;
  readonly plan: string;
  readonly manifest: string;
  readonly journal: string;
  readonly log: string;
  readonly summary: string;
  readonly reportHtml: string;
  readonly reportMarkdown: string;
  readonly figures: string;
  readonly blocks: string;
  readonly trials: string;
}

export function experimentPaths(folder: string): ExperimentPaths {
  return {
    folder,
    profile: join(folder, 'profile.yaml'),
    inputs: join(folder, 'inputs.json'),
    plan: join(folder, 'plan.json'),
    manifest: join(folder, 'manifest.json'),
    journal: join(folder, 'journal.jsonl'),
    log: join(folder, 'log.jsonl'),
    summary: join(folder, 'summary.json'),
    reportHtml: join(folder, 'report.html'),
    reportMarkdown: join(folder, 'report.md'),
    figures: join(folder, 'figures'),
    blocks: join(folder, 'blocks'),
    trials: join(folder, 'trials'),
  };
}

/** What a policy did in a trial; only where there was one. */
export const decisionsFile = 'decisions.jsonl';

export interface TrialPaths {
  readonly folder: string;
  readonly record: string;
  readonly samples: string;
  readonly runqueue: string;
  readonly services: string;
  readonly replicas: string;
  readonly load: string;
  readonly requests: string;
  readonly spans: string;
  readonly decisions: string;
}

export function trialPaths(experiment: ExperimentPaths, trialId: string): TrialPaths {
  const folder = join(experiment.trials, trialId);
  return {
    folder,
    record: join(folder, 'trial.json'),
    samples: join(folder, 'samples.parquet'),
    runqueue: join(folder, 'runqueue.parquet'),
    services: join(folder, 'services.parquet'),
    replicas: join(folder, 'replicas.parquet'),
    load: join(folder, 'load.parquet'),
    requests: join(folder, 'requests.parquet'),
    spans: join(folder, 'spans.parquet'),
    decisions: join(folder, decisionsFile),
  };
}

/** The arrivals of a block. */
export function schedulePath(experiment: ExperimentPaths, block: number): string {
  return join(experiment.blocks, String(block), 'schedule.parquet');
}

/** The folder name of an attempt. Blocks have three digits or more, so that a listing is in order. */
export function trialId(block: number, arm: string, attempt: number): string {
  return `${String(block).padStart(3, '0')}-${arm}-${attempt}`;
}
