import {
  metricNames,
  sourceChoices,
  type CanarySpec,
  type Hypothesis,
  type Limits,
  type Margin,
  type Overrides,
  type Plan,
  type PlannedArm,
  type PlannedBlock,
  type PlannedTrial,
  type PolicySpec,
  type PublishedResult,
  type Prices,
  type Range,
  type ServiceBounds,
  type TestbedSpec,
} from '../plan/plan.ts';
import { applicationSpecShape, driverShape, faultShape, serviceAllocationShape } from './application-shape.ts';
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
  orMissing,
  record,
  unionOf,
  type Shape,
} from './shape.ts';

const threadCount = anyOf(
  record<{ threads: number }>({ threads: isCount }),
  record<{ timesCores: number }>({ timesCores: isPositive }),
);

const canary = record<CanarySpec>({ ratePerSecond: isPositive, workMicros: isNumber });
const range = record<Range>({ least: isNumber, most: isNumber });
const margin = unionOf<Margin>({ share: { share: isPositive }, value: { value: isPositive } });

const publishedShape: Shape<PublishedResult> = {
  ...{ claim: isText, against: isText, setUp: isText, source: isText },
  comparable: orMissing(record({ metric: oneOf(...metricNames), against: isText })),
};

const policyShape: Shape<PolicySpec> = {
  name: isFolderName,
  written: mapOf(() => true),
  options: mapOf(() => true),
  demands: record<PolicySpec['demands']>({
    intervalSeconds: isNumber,
    longestWindowSeconds: isNumber,
    needs: listOf(isText),
    acts: listOf(isText),
  }),
  published: orMissing(listOf(record(publishedShape))),
};

const anyOverrides = record<Overrides>({
  source: orMissing(oneOf(...sourceChoices)),
  driver: orMissing(record(driverShape)),
  canary: orMissing(nullOr(canary)),
  faults: orMissing(listOf(faultShape)),
});

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
  source: oneOf(...sourceChoices),
  application: nullOr(record(applicationSpecShape)),
  timeCompression: isPositive,
  trialMs: isPositive,
  warmupMs: isNumber,
  sampleMs: isPositive,
  canary: nullOr(canary),
  bounds: nullOr(mapOf(record<ServiceBounds>({ replicas: range, cpuCores: range, memoryBytes: range }))),
  prices: nullOr(record<Prices>({ coreHour: isNumber, gigabyteHour: isNumber })),
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
      policy: nullOr(record(policyShape)),
      overrides: anyOverrides,
    }),
  ),
  loads: listOf(record(loadShape)),
  hypotheses: listOf(
    record<Hypothesis>({
      arm: isFolderName,
      against: isFolderName,
      metric: oneOf(...metricNames),
      margin: nullOr(margin),
    }),
  ),
  blocks: listOf(
    record<PlannedBlock>({
      number: isPlace,
      load: nullOr(isFolderName),
      seed: isInteger,
      trials: listOf(record<PlannedTrial>({ arm: isFolderName, seed: isInteger })),
    }),
  ),
};
