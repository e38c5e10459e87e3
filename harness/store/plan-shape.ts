import {
  metricNames,
  type CanarySpec,
  type Hypothesis,
  type Limits,
  type Plan,
  type PlannedArm,
  type PlannedBlock,
  type PlannedLoad,
  type PlannedTrial,
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
  listOf,
  nullOr,
  oneOf,
  record,
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
  testbed: anyOf(
    record<{ kind: 'local' }>({ kind: oneOf('local') }),
    record<{ kind: 'sim'; cores: number; workMicros: number }>({
      kind: oneOf('sim'),
      cores: isPositive,
      workMicros: isPositive,
    }),
  ),
  source: oneOf('auto', 'bpf', 'schedstat'),
  trialMs: isPositive,
  warmupMs: isNumber,
  sampleMs: isPositive,
  canary: nullOr(record<CanarySpec>({ ratePerSecond: isPositive, workMicros: isNumber })),
  limits: record<Limits>({ stolenShare: isNumber, clockJumpMs: isNumber, observationGapMs: isNumber }),
  arms: listOf(
    record<PlannedArm>({
      name: isFolderName,
      disturbances: record<PlannedArm['disturbances']>({ cpu: nullOr(threadCount) }),
    }),
  ),
  loads: listOf(record<PlannedLoad>({ name: isFolderName, ratePerSecond: isPositive })),
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
