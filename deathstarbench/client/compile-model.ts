import type {
  Application,
  Call,
  ConnectionPool,
  Distribution,
  Endpoint,
  Operation,
  Service,
  Step,
} from '../../harness/application/application.ts';
import { HarnessError } from '../../harness/core/errors.ts';
import { unreachable } from '../../harness/core/unreachable.ts';

/**
 * The model as the twin reads it: one line for each thing, names resolved to indices, CPU demands multiplied by `cpuScale`. The lines are
 * explained in `deathstarbench/twin/README.md`.
 * @throws HarnessError `application-invalid` for a name that is none in a file of words, or a call that leads nowhere: what
 * `load-application.ts` gave has neither
 */
export function compileModel(application: Application): string {
  const names = new ModelNames(application);
  const { cpuFirstShare, drainLimitMs, quantities, services, endpoints } = application;
  return [
    'scalelab-model 1',
    `cpu-first-share ${cpuFirstShare}`,
    `drain-limit-ms ${drainLimitMs}`,
    `quantities ${quantities.length}`,
    ...quantities.map(({ name, distribution }) => `quantity ${word(name)} ${distributionWords(distribution)}`),
    `services ${services.length}`,
    ...services.flatMap((service) => serviceLines(names, service, application.cpuScale)),
    `endpoints ${endpoints.length}`,
    ...endpoints.flatMap((endpoint) => endpointLines(names, endpoint)),
    'end',
    '',
  ].join('\n');
}

function distributionWords(distribution: Distribution): string {
  switch (distribution.kind) {
    case 'constant':
      return `constant ${distribution.value}`;
    case 'uniform':
      return `uniform ${distribution.low} ${distribution.high}`;
    case 'lognormal':
      return `lognormal ${distribution.median} ${distribution.sigma} ${distribution.most}`;
    default:
      return unreachable(distribution);
  }
}

function serviceLines(names: ModelNames, service: Service, cpuScale: number): readonly string[] {
  const { memory, operations } = service;
  return [
    `service ${word(service.name)} ${service.role}`,
    `start-up-ms ${service.startUpMs}`,
    `threads ${service.mostThreads}`,
    `memory ${memory.baseBytes} ${memory.perRequestBytes} ${memory.keptBytes}`,
    `pool ${poolWords(service.pool)}`,
    `operations ${operations.length}`,
    ...operations.flatMap((operation) => operationLines(names, operation, cpuScale)),
  ];
}

function poolWords({ connections, waitMs, maxAgeMs, maxIdleMs }: ConnectionPool): string {
  return `${connections} ${waitMs} ${maxAgeMs ?? '-'} ${maxIdleMs ?? '-'}`;
}

function operationLines(names: ModelNames, operation: Operation, cpuScale: number): readonly string[] {
  const { name, cpu, steps, replyBytes } = operation;
  const items = cpu.items.map((quantity) => names.quantity(quantity));
  return [
    `operation ${word(name)} ${cpu.shape} ${cpu.meanMicros * cpuScale} ${cpu.perItemMicros * cpuScale} ${replyBytes}`,
    ['items', ...items].join(' '),
    `steps ${steps.length}`,
    ...steps.flatMap((step) => stepLines(names, step)),
  ];
}

/** A choice is followed by the steps of its two sides. */
function stepLines(names: ModelNames, step: Step): readonly string[] {
  switch (step.kind) {
    case 'call':
      return [`step calls ${names.call(step)}`];
    case 'parallel':
      return [`step calls ${step.calls.map((call) => names.call(call)).join(' ')}`];
    case 'choice':
      return [
        `step choice ${step.chance} ${step.then.length} ${step.otherwise.length}`,
        ...[...step.then, ...step.otherwise].flatMap((inner) => stepLines(names, inner)),
      ];
    default:
      return unreachable(step);
  }
}

function endpointLines(names: ModelNames, endpoint: Endpoint): readonly string[] {
  const { name, method, path, parameters, reply } = endpoint;
  return [
    `endpoint ${word(name)} ${method} ${word(path)} ${names.call(endpoint)} ${reply}`,
    ...(reply === 'text' ? [`words ${replyWords(endpoint)}`] : []),
    ['parameters', ...parameters.map((parameter) => word(parameter.name))].join(' '),
  ];
}

/** What the Lua scripts of the original say. */
function replyWords({ path }: Endpoint): string {
  return path.endsWith('/post/compose') ? 'Successfully upload post' : 'Success!';
}

/** Indices of what the model names. */
class ModelNames {
  readonly #quantities: ReadonlyMap<string, number>;
  readonly #calls: ReadonlyMap<string, string>;

  constructor({ quantities, services }: Application) {
    this.#quantities = new Map(quantities.map(({ name }, index) => [name, index]));
    this.#calls = new Map(
      services.flatMap(({ name, operations }, service) =>
        operations.map((operation, index) => [`${name}/${operation.name}`, `${service} ${index}`] as const),
      ),
    );
  }

  quantity(name: string): number {
    return this.#quantities.get(name) ?? missing(`quantity ${name}`);
  }

  /** Service and operation. */
  call({ service, operation }: Call): string {
    return this.#calls.get(`${service}/${operation}`) ?? missing(`operation ${service}/${operation}`);
  }
}

function missing(what: string): never {
  throw new HarnessError('application-invalid', `The application has no ${what}.`);
}

function word(name: string): string {
  if (/^[!-~]+$/.test(name)) return name;
  throw new HarnessError('application-invalid', `\`${name}\` is no name: it must be printable ASCII without spaces.`);
}
