import type { ApplicationSpec, DriverSpec, Fault, ServiceAllocation } from '../plan/plan.ts';
import {
  isCount,
  isNumber,
  isPlace,
  isPositive,
  isText,
  listOf,
  nullOr,
  oneOf,
  record,
  unionOf,
  type Shape,
} from './shape.ts';

/** What a service gets in an arm of `plan.json`. */
export const serviceAllocationShape: Shape<ServiceAllocation> = {
  replicas: isCount,
  cpuLimitCores: nullOr(isPositive),
  cpuRequestCores: nullOr(isPositive),
  memoryLimitBytes: nullOr(isPositive),
};

/** What is read of the model; the rest was valid when the plan was made, and its hash says that it is the same. */
const modelShape = {
  name: isText,
  cpuScale: isPositive,
  services: listOf(record<{ name: string; role: string }>({ name: isText, role: oneOf('front', 'service', 'store') })),
  endpoints: listOf(record<{ name: string }>({ name: isText })),
};

export const driverShape: Shape<DriverSpec> = {
  name: oneOf('built-in', 'k6'),
  timeoutMs: isPositive,
  mostInFlight: isPlace,
  connections: unionOf<DriverSpec['connections']>({ kept: { maxAgeMs: nullOr(isPositive) }, fresh: {} }),
  spanShare: isNumber,
};

export const faultShape = unionOf<Fault>({
  kill: { service: isText, atMs: isNumber },
  stop: { service: isText, atMs: isNumber, durationMs: isNumber },
});

/** The application in `plan.json`. */
export const applicationSpecShape: Shape<ApplicationSpec> = {
  reference: isText,
  model: record(modelShape),
  sloMs: isPositive,
  driver: record(driverShape),
  faults: listOf(faultShape),
};
