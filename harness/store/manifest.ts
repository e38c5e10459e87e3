import { metricNames } from '../plan/plan.ts';
import type { TestbedFacts } from '../telemetry/evidence.ts';
import { waitSources } from '../telemetry/sample.ts';
import type { NoiseFloor } from './noise-floor.ts';
import {
  anyOf,
  isCount,
  isFlag,
  isFolderName,
  isFolderPath,
  isInstant,
  isInteger,
  isNumber,
  isText,
  listOf,
  mapOf,
  nullOr,
  oneOf,
  orMissing,
  record,
  type Check,
  type Shape,
} from './shape.ts';

/** Everything needed to know what ran, on what, and to run it again. Written as `manifest.json`. */
export interface Manifest {
  readonly format: 1;
  readonly experiment: string;
  /** Path of the profile under `profiles/`, without its extension. */
  readonly profile: string;
  readonly planHash: string;
  readonly seed: number;
  readonly createdAt: string;
  /** Experiment this one is a rerun of, or null. */
  readonly rerunOf: string | null;
  readonly versions: Versions;
  readonly machine: Machine;
  readonly testbed: TestbedFacts;
  /**
   * What the metrics of the hypotheses show here by accident, as it was known when the experiment was created: a report is made from its own
   * folder alone. Empty without an A/A experiment.
   */
  readonly noise: readonly NoiseFloor[];
}

export interface Versions {
  readonly scalelab: string;
  readonly node: string;
  readonly v8: string;
  /** Commit of the source tree, with `-dirty` if files differ from it; null outside a checkout. */
  readonly git: string | null;
}

export interface Machine {
  readonly hostname: string;
  readonly platform: string;
  readonly kernel: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

export const versionsShape: Shape<Versions> = { scalelab: isText, node: isText, v8: isText, git: nullOr(isText) };

export const machineShape: Shape<Machine> = {
  hostname: isText,
  platform: isText,
  kernel: isText,
  cpuModel: isText,
  cores: isCount,
  memoryBytes: isCount,
};

export const testbedFactsShape: Shape<TestbedFacts> = {
  kind: oneOf('sim', 'local'),
  cores: isNumber,
  source: oneOf(...waitSources),
  details: mapOf(nullOr(anyOf(isText, isNumber, isFlag))),
  notes: listOf(isText),
};

const isExtended: Check = anyOf(isNumber, oneOf('infinity', '-infinity'));
const noiseShape: Shape<NoiseFloor> = {
  metric: oneOf(...metricNames),
  low: isExtended,
  high: isExtended,
  blocks: isCount,
  experiment: isText,
};

/** As it stands in the file: those that were written before there was `noise` have none. */
export type WrittenManifest = Omit<Manifest, 'noise'> & Partial<Pick<Manifest, 'noise'>>;

export const manifestShape: Shape<WrittenManifest> = {
  format: oneOf(1),
  experiment: isFolderName,
  profile: isFolderPath,
  planHash: isText,
  seed: isInteger,
  createdAt: isInstant,
  rerunOf: nullOr(isText),
  versions: record(versionsShape),
  machine: record(machineShape),
  testbed: record(testbedFactsShape),
  noise: orMissing(listOf(record(noiseShape))),
};
