import type {
  Application,
  Call,
  ConnectionPool,
  CpuDemand,
  Distribution,
  Piece,
  Service,
  Step,
} from './application.ts';
import type { ParsedPiece } from './endpoint-schema.ts';
import type { ParsedQuantity } from './quantity-schema.ts';
import type { ParsedApplication } from './schema.ts';
import type { ParsedService } from './service-schema.ts';
import type { ParsedStep } from './step-schema.ts';

/** The one place where the words of the file become the fields of the model. The file has passed its schema and its cross-checks. */
export function toApplication(parsed: ParsedApplication): Application {
  return {
    format: parsed.format,
    name: parsed.name,
    description: parsed.description,
    source: parsed.source,
    cpuScale: parsed.cpuScale,
    cpuFirstShare: parsed.cpuFirstShare,
    discoveryMs: parsed.discovery,
    drainLimitMs: parsed.drainLimit,
    quantities: parsed.quantities.map((quantity) => ({
      name: quantity.name,
      distribution: toDistribution(quantity),
      source: quantity.source,
    })),
    services: parsed.services.map(toService),
    endpoints: parsed.endpoints.map(({ name, method, path, call, parameters, reply }) => ({
      name,
      method,
      path,
      ...toCall(call),
      parameters: parameters.map((parameter) => ({ name: parameter.name, pieces: parameter.value.map(toPiece) })),
      reply,
    })),
    mixes: parsed.mixes.map(({ name, weights, source }) => ({ name, weights, source })),
  };
}

function toDistribution(quantity: ParsedQuantity): Distribution {
  switch (quantity.kind) {
    case 'constant':
      return { kind: 'constant', value: quantity.value };
    case 'uniform':
      return { kind: 'uniform', low: quantity.low, high: quantity.high };
    case 'lognormal':
      return { kind: 'lognormal', median: quantity.median, sigma: quantity.sigma, most: quantity.most };
  }
}

/** Of a service that calls nobody. */
const noPool: ConnectionPool = { connections: 1, waitMs: 1000, maxAgeMs: null, maxIdleMs: null };

function toService(parsed: ParsedService): Service {
  const { memory, pool } = parsed;
  return {
    name: parsed.name,
    role: parsed.role,
    port: parsed.port,
    startUpMs: parsed.startUp,
    mostThreads: parsed.threads,
    memory: { baseBytes: memory.base, perRequestBytes: memory.perRequest, keptBytes: memory.kept },
    pool: pool
      ? { connections: pool.connections, waitMs: pool.wait, maxAgeMs: pool.maxAge, maxIdleMs: pool.maxIdle }
      : noPool,
    operations: parsed.operations.map(({ name, cpu, steps, reply }) => ({
      name,
      cpu: toDemand(cpu),
      steps: steps.map(toStep),
      replyBytes: reply,
    })),
  };
}

function toDemand(cpu: ParsedService['operations'][number]['cpu']): CpuDemand {
  const { mean, perItem = 0, items = [], shape, source } = cpu;
  return { meanMicros: mean, perItemMicros: perItem, items, shape, source };
}

/** `service/operation` in its two parts. */
export function toCall(written: string): Call {
  const [service = '', operation = ''] = written.split('/');
  return { service, operation };
}

function toStep(parsed: ParsedStep): Step {
  if (parsed.call !== undefined) return { kind: 'call', ...toCall(parsed.call) };
  if (parsed.parallel !== undefined) return { kind: 'parallel', calls: parsed.parallel.map(toCall) };
  const { choice = '', chance = 0, then = [], otherwise = [] } = parsed;
  return { kind: 'choice', on: choice, chance, then: then.map(toStep), otherwise: otherwise.map(toStep) };
}

function toPiece(parsed: ParsedPiece): Piece {
  if (parsed.text !== undefined) return { kind: 'text', text: parsed.text };
  if (parsed.quantity !== undefined) return { kind: 'quantity', quantity: parsed.quantity, plus: parsed.plus ?? 0 };
  if (parsed.random !== undefined) return { kind: 'random', length: parsed.length ?? 0, characters: parsed.random };
  const { repeat: times = '', separator = '', pieces = [] } = parsed;
  return { kind: 'repeat', times, separator, pieces: pieces.map(toPiece) };
}
