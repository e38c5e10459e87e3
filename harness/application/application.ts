/**
 * Model of an application: the one place where anything about it stands. Durations are as in its file, before time compression;
 * CPU demands are before `cpuScale`. `load-application.ts` reads it from YAML; what is here is valid.
 */
export interface Application {
  readonly format: 1;
  readonly name: string;
  readonly description: string;
  /** Where the structure is from. */
  readonly source: string;
  /** Factor on every CPU demand, above 0: fits the model to the machine. */
  readonly cpuScale: number;
  /** Share of an operation's own demand that it burns before its first step, 0 to 1; the rest after its last. */
  readonly cpuFirstShare: number;
  /** From a replica being ready until all callers know of it. */
  readonly discoveryMs: number;
  /** A replica that is scaled in finishes what it has, for at most this long. */
  readonly drainLimitMs: number;
  /** Whole numbers drawn once for each request, from its seed: see `build-request.ts`. At most 64. */
  readonly quantities: readonly Quantity[];
  /** In the order of the file. Calls between their operations have no cycle. */
  readonly services: readonly Service[];
  readonly endpoints: readonly Endpoint[];
  /** At least one; the first is the default. */
  readonly mixes: readonly Mix[];
}

export interface Quantity {
  readonly name: string;
  readonly distribution: Distribution;
  readonly source: string;
}

/** Of whole numbers. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  /** Both ends included. */
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  /** Rounded, and at most `most`. `sigma` is the standard deviation of the logarithm. */
  | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number; readonly most: number };

/** `front` answers HTTP, `service` and `store` framed requests. Stores are not scaled and have no CPU limit by default. */
export type ServiceRole = 'front' | 'service' | 'store';

export interface Service {
  readonly name: string;
  readonly role: ServiceRole;
  /** As in the original, where each service has a host of its own; fronts share one, so theirs differ. */
  readonly port: number;
  /** From the start of its process until it answers. */
  readonly startUpMs: number;
  /** Threads, and so connections that are served at once; more wait to be accepted. */
  readonly mostThreads: number;
  readonly memory: MemoryModel;
  /** Towards each service that it calls. */
  readonly pool: ConnectionPool;
  /** Empty: a process that is there and that nobody calls, as some stores of the original. */
  readonly operations: readonly Operation[];
}

export interface MemoryModel {
  /** Held by a replica from its start on, beside what its process needs. */
  readonly baseBytes: number;
  /** Held while a request is being answered. */
  readonly perRequestBytes: number;
  /** Held for ever after each request: what a store keeps. */
  readonly keptBytes: number;
}

export interface ConnectionPool {
  /** At most so many connections to one service. */
  readonly connections: number;
  /** How long a request waits for a free one before it fails. */
  readonly waitMs: number;
  /** Dropped when older, counted from its creation; null: never, so that replicas added later get no traffic under steady load. */
  readonly maxAgeMs: number | null;
  /** Dropped when unused for longer; null: never. */
  readonly maxIdleMs: number | null;
}

export interface Operation {
  readonly name: string;
  readonly cpu: CpuDemand;
  /** In this order. */
  readonly steps: readonly Step[];
  readonly replyBytes: number;
}

/** Thread CPU time of one execution. */
export interface CpuDemand {
  readonly meanMicros: number;
  /** In addition for each item; 0 if there are none. */
  readonly perItemMicros: number;
  /** Quantities whose sum is the number of items. */
  readonly items: readonly string[];
  /** `exponential` has the mean above; `constant` is the mean. Both include the items. */
  readonly shape: 'constant' | 'exponential';
  /** Where the number is from; `assumed` if nobody measured it. */
  readonly source: string;
}

export interface Call {
  readonly service: string;
  readonly operation: string;
}

export type Step =
  | ({ readonly kind: 'call' } & Call)
  /** All at once; the step ends when the last has answered. */
  | { readonly kind: 'parallel'; readonly calls: readonly Call[] }
  /** With probability `chance` the steps of `then`, else those of `otherwise`: a cache miss, for example. */
  | {
      readonly kind: 'choice';
      /** What decides, such as `cache miss`. */
      readonly on: string;
      readonly chance: number;
      readonly then: readonly Step[];
      readonly otherwise: readonly Step[];
    };

export interface Endpoint {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Without the query. */
  readonly path: string;
  /** The front and its operation that answer it. */
  readonly service: string;
  readonly operation: string;
  /** In the query of a GET, in the form of a POST. */
  readonly parameters: readonly Parameter[];
  /** The body of a success. */
  readonly reply: 'text' | 'posts';
}

export interface Parameter {
  readonly name: string;
  readonly pieces: readonly Piece[];
}

/** What the value of a parameter is made of, joined. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** The value of a quantity plus a constant. */
  | { readonly kind: 'quantity'; readonly quantity: string; readonly plus: number }
  /** So many random characters. */
  | { readonly kind: 'random'; readonly length: number; readonly characters: 'alphanumeric' | 'digits' }
  /** The pieces again and again, as often as the quantity says, each time with draws of their own. */
  | { readonly kind: 'repeat'; readonly times: string; readonly separator: string; readonly pieces: readonly Piece[] };

/** Shares of the endpoints. */
export interface Mix {
  readonly name: string;
  /** Above 0, in any unit; an endpoint that is missing is never asked for. */
  readonly weights: readonly { readonly endpoint: string; readonly weight: number }[];
  readonly source: string;
}
