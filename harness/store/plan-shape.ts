import {
  metricNames,
  type CanarySpec,
  type Hypothesis,
  type Limits,
  type Plan,
  type PlannedArm,
  type PlannedBlock,
  type PlannedTrial,
  type TestbedSpec,
} from '../plan/plan.ts';
import { applicationSpecShape, serviceAllocationShape } from './application-shape.ts';
import { loadShape } from './load-shape.ts';
import {
  anyOf,
  isCount,
  isFlag,
  isFolderName,
  isFolderPath,
  isInteger,
  isNumber,
  isPlace,
  isPositive,
  isText,
  listOf,
  mapOf,
  nullOr,
  oneOf,
  record,
  unionOf,
  type Shape,
} from './shape.ts';

const threadCount = anyOf(
  record<{ threads: number }>({ threads: isCount }),
  record<{ timesCores: number }>({ timesCores: isPositive }),
);

/** `plan.json`. `results/README.md` explains each field. */
export const planShape: Shape<Plan> = {
  format: oneOf(1),
  name: isFolderPath,
  seed: isInteger,
  aa: isFlag,
  testbed: unionOf<TestbedSpec>({
    local: { applicationCpus: nullOr(isText), harnessCpus: nullOr(isText), port: nullOr(isPlace) },
    sim: { cores: isPositive, workMicros: isPositive },
  }),
  source: oneOf('auto', 'bpf', 'schedstat'),
  application: nullOr(record(applicationSpecShape)),
  timeCompression: isPositive,
  trialMs: isPositive,
  warmupMs: isNumber,
  sampleMs: isPositive,
  canary: nullOr(record<CanarySpec>({ ratePerSecond: isPositive, workMicros: isNumber })),
  limits: record<Limits>({
    stolenShare: isNumber,
    clockJumpMs: isNumber,
    observationGapMs: isNumber,
    notSentShare: isNumber,
    latenessP99Ms: nullOr(isNumber),
    generatorCpuShare: isNumber,
  }),
  arms: listOf(
    record<PlannedArm>({
      name: isFolderName,
      disturbances: record<PlannedArm['disturbances']>({ cpu: nullOr(threadCount) }),
      allocation: nullOr(mapOf(record(serviceAllocationShape))),
      assumedDemand: isPositive,
    }),
  ),
  loads: listOf(record(loadShape)),
  hypotheses: listOf(record<Hypothesis>({ arm: isFolderName, against: isFolderName, metric: oneOf(...metricNames) })),
  blocks: listOf(
    record<PlannedBlock>({
      number: isPlace,
      load: nullOr(isFolderName),
      seed: isInteger,
      trials: listOf(record<PlannedTrial>({ arm: isFolderName, seed: isInteger })),
    }),
  ),
};
