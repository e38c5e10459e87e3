import {
  metricNames,
  type ApplicationSpec,
  type CanarySpec,
  type DriverSpec,
  type Hypothesis,
  type Limits,
  type Plan,
  type PlannedArm,
  type PlannedBlock,
  type PlannedLoad,
  type PlannedTrial,
  type ServiceAllocation,
  type TestbedSpec,
} from '../plan/plan.ts';
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
  type Check,
  type Shape,
} from './shape.ts';

const threadCount = anyOf(
  record<{ threads: number }>({ threads: isCount }),
  record<{ timesCores: number }>({ timesCores: isPositive }),
);

const serviceAllocationShape: Shape<ServiceAllocation> = {
  replicas: isCount,
  cpuLimitCores: nullOr(isPositive),
  memoryLimitBytes: nullOr(isPositive),
};

const kindOf = (...kinds: readonly string[]): Check => record<{ kind: string }>({ kind: oneOf(...kinds) });

const loadShape: Shape<PlannedLoad> = {
  name: isFolderName,
  rate: kindOf('constant', 'steps', 'ramp', 'sine', 'diurnal', 'spike', 'trace'),
  arrivals: kindOf('poisson', 'even', 'bursty', 'instants'),
  mix: nullOr(isText),
};

/** What the report reads of the model; the rest was valid when the plan was made, and its hash says that it is the same. */
const modelShape = {
  name: isText,
  cpuScale: isPositive,
  services: listOf(record<{ name: string; role: string }>({ name: isText, role: oneOf('front', 'service', 'store') })),
  endpoints: listOf(record<{ name: string }>({ name: isText })),
};

const applicationSpecShape: Shape<ApplicationSpec> = {
  reference: isText,
  model: record(modelShape),
  sloMs: isPositive,
  driver: record<DriverSpec>({
    name: oneOf('built-in', 'k6'),
    timeoutMs: isPositive,
    mostInFlight: isPlace,
    connections: kindOf('kept', 'fresh'),
    spanShare: isNumber,
  }),
  faults: listOf(kindOf('kill', 'stop')),
};

/** `plan.json`. `results/README.md` explains each field. */
export const planShape: Shape<Plan> = {
  format: oneOf(1),
  name: isFolderPath,
  seed: isInteger,
  aa: isFlag,
  testbed: anyOf(
    record<Extract<TestbedSpec, { kind: 'local' }>>({
      kind: oneOf('local'),
      applicationCpus: nullOr(isText),
      harnessCpus: nullOr(isText),
      port: nullOr(isPlace),
    }),
    record<{ kind: 'sim'; cores: number; workMicros: number }>({
      kind: oneOf('sim'),
      cores: isPositive,
      workMicros: isPositive,
    }),
  ),
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
