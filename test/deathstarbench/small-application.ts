import type {
  Application,
  ConnectionPool,
  Endpoint,
  Operation,
  Service,
  ServiceRole,
  Step,
} from '../../harness/application/application.ts';

/** Connections that are never dropped. */
export const lastingPool: ConnectionPool = { connections: 64, waitMs: 5000, maxAgeMs: null, maxIdleMs: null };

export function operationOf(
  name: string,
  { micros = 20, steps = [], replyBytes = 16 }: { micros?: number; steps?: readonly Step[]; replyBytes?: number } = {},
): Operation {
  const cpu = { meanMicros: micros, perItemMicros: 0, items: [], shape: 'constant', source: 'assumed' } as const;
  return { name, cpu, steps, replyBytes };
}

export function serviceOf(
  name: string,
  role: ServiceRole,
  operations: readonly Operation[],
  changes: Partial<Service> = {},
): Service {
  const memory = { baseBytes: 0, perRequestBytes: 0, keptBytes: 0 };
  return { name, role, port: 1, startUpMs: 0, mostThreads: 64, memory, pool: lastingPool, operations, ...changes };
}

export const call = (service: string, operation: string): Step => ({ kind: 'call', service, operation });

export function applicationOf(
  services: readonly Service[],
  endpoints: readonly Endpoint[],
  changes: Partial<Application> = {},
): Application {
  return {
    format: 1,
    name: 'small',
    description: 'For tests.',
    source: 'ours',
    cpuScale: 1,
    cpuFirstShare: 0.5,
    discoveryMs: 0,
    drainLimitMs: 3000,
    quantities: [],
    services,
    endpoints,
    mixes: [],
    ...changes,
  };
}

export function endpointOf(path: string, service: string, operation: string): Endpoint {
  return { name: path.slice(1), method: 'GET', path, service, operation, parameters: [], reply: 'posts' };
}

/** A front, `/ask`, that calls one service, `work`, which takes so much CPU time. */
export function frontAndWork({
  front = {},
  work = {},
  micros = 20,
  changes = {},
}: {
  readonly front?: Partial<Service>;
  readonly work?: Partial<Service>;
  readonly micros?: number;
  readonly changes?: Partial<Application>;
} = {}): Application {
  return applicationOf(
    [
      serviceOf('front', 'front', [operationOf('ask', { steps: [call('work', 'do')] })], front),
      serviceOf('work', 'service', [operationOf('do', { micros })], work),
    ],
    [endpointOf('/ask', 'front', 'ask')],
    changes,
  );
}
