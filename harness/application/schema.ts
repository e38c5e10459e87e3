import { z } from 'zod';
import {
  choice,
  count,
  expecting,
  isName,
  mapping,
  name,
  quantity,
  wholeBytes,
  wholeMicroseconds,
  wholeMilliseconds,
  type Help,
} from '../yaml/fields.ts';

/**
 * What a person writes in an application's file. One schema for validation and for the editor's JSON Schema. All bounds are such that
 * the twin, which reads a compiled form in C, holds every number in 32 bits.
 */

const source = (what: string): z.ZodType<string, string> =>
  z
    .string(expecting(`where ${what} is from, or assumed`))
    .min(1, expecting(`where ${what} is from, or assumed`))
    .max(500, expecting('at most 500 characters'))
    .meta({ title: 'Source', description: `Where ${what} is from; \`assumed\` if nobody measured it.` });

/** For the length of a list. */
const listed = (expected: string): { error: (issue: { readonly input?: unknown }) => string } => ({
  error: ({ input }) =>
    `found ${Array.isArray(input) && input.length > 0 ? input.length : 'none'}, expected ${expected}`,
});

function list<Item extends z.ZodType>(item: Item, what: string, help: Help, from: number, to: number) {
  return z
    .array(item, expecting(`a list of ${what}`))
    .min(from, listed(`at least ${from} ${what}`))
    .max(to, listed(`at most ${to} ${what}`))
    .meta({ ...help });
}

const text = (most: number, help: Help, least = 0): z.ZodType<string, string> =>
  z
    .string(expecting('a text'))
    .min(least, 'nothing in it, expected a text')
    .max(most, {
      error: ({ input }) =>
        `found ${typeof input === 'string' ? input.length : 0} characters, expected at most ${most}`,
    })
    .meta({ ...help });

function number(help: Help, from: number, to: number): z.ZodType<number, number> {
  const expected = expecting(`a number from ${from} to ${to}`);
  return z
    .number(expected)
    .min(from, expected)
    .max(to, expected)
    .meta({ ...help });
}

const milliseconds = (help: Help, from: string, to: string): z.ZodType<number, string> =>
  quantity('duration', help, { from, to, whole: wholeMilliseconds });
const microseconds = (help: Help, from: string, to: string): z.ZodType<number, string> =>
  quantity('duration', help, { from, to, whole: wholeMicroseconds });
const bytes = (help: Help, from: string, to: string): z.ZodType<number, string> =>
  quantity('bytes', help, { from, to, whole: wholeBytes });

const callRule = 'a service and one of its operations, such as text-service/compose-text';
/** `service/operation`. */
const call = z
  .string(expecting(callRule))
  .refine((written) => written.split('/').length === 2 && written.split('/').every(isName), expecting(callRule))
  .meta({ title: 'Call', description: `A call: ${callRule}.`, examples: ['text-service/compose-text'] });

const quantityName = z
  .string(expecting('the name of a quantity'))
  .meta({ title: 'Quantity', description: 'One of `quantities`.', examples: ['mentions'] });

/** A mapping that is one of several kinds, told by which of its keys is there. */
function oneKind(
  kinds: Readonly<Record<string, readonly string[]>>,
): (context: z.core.ParsePayload<Readonly<Record<string, unknown>>>) => void {
  const words = Object.keys(kinds);
  return ({ value, issues }) => {
    const refuse = (message: string, path: string[] = []): void => {
      issues.push({ code: 'custom', message, path, input: value });
    };
    const there = words.filter((word) => value[word] !== undefined);
    const [kind] = there;
    if (kind === undefined || there.length > 1) {
      refuse(`found ${there.length === 0 ? 'none' : there.join(' and ')}, expected one of ${words.join(', ')}`);
      return;
    }
    for (const key of Object.keys(value)) {
      if (value[key] === undefined || key === kind || kinds[kind]?.includes(key)) continue;
      const known = kinds[kind]?.length === 0 ? 'nothing else' : `only ${kinds[kind]?.join(', ')}`;
      refuse(`does not belong to ${kind}, expected ${known} beside it`, [key]);
    }
  };
}

export interface ParsedStep {
  readonly call?: string | undefined;
  readonly parallel?: readonly string[] | undefined;
  readonly choice?: string | undefined;
  readonly chance?: number | undefined;
  readonly then?: readonly ParsedStep[] | undefined;
  readonly otherwise?: readonly ParsedStep[] | undefined;
}
interface WrittenStep extends Omit<ParsedStep, 'chance' | 'then' | 'otherwise'> {
  readonly chance?: string | undefined;
  readonly then?: readonly WrittenStep[] | undefined;
  readonly otherwise?: readonly WrittenStep[] | undefined;
}

const steps: z.ZodType<readonly ParsedStep[], readonly WrittenStep[]> = z.lazy(() =>
  list(
    step,
    'steps',
    { title: 'Steps', description: 'What an operation does, in this order. Empty: it calls nobody.' },
    0,
    64,
  ),
);

const step: z.ZodType<ParsedStep, WrittenStep> = mapping({
  call: call.optional(),
  parallel: list(
    call,
    'calls',
    { title: 'Parallel', description: 'Calls at the same time; the step ends when the last has answered.' },
    2,
    16,
  ).optional(),
  choice: text(80, {
    title: 'Choice',
    description: 'What decides between `then` and `otherwise`.',
    examples: ['cache miss'],
  }).optional(),
  chance: quantity(
    'share',
    { title: 'Chance', description: 'Of `then`.', examples: ['5 %'] },
    { from: '0 %', to: '100 %' },
  ).optional(),
  then: steps.optional().meta({ title: 'Then', description: 'Steps with probability `chance`.' }),
  otherwise: steps.optional().meta({ title: 'Otherwise', description: 'Steps if not. One of both may be missing.' }),
}).check(oneKind({ call: [], parallel: [], choice: ['chance', 'then', 'otherwise'] }), ({ value, issues }) => {
  if (value.choice === undefined) return;
  if (value.chance === undefined) {
    issues.push({ code: 'custom', message: 'missing, expected a share such as 2 %', path: ['chance'], input: value });
  }
  if ((value.then ?? []).length + (value.otherwise ?? []).length > 0) return;
  issues.push({
    code: 'custom',
    message: 'chooses between nothing, expected steps in then or otherwise',
    input: value,
  });
});

export interface ParsedPiece {
  readonly text?: string | undefined;
  readonly quantity?: string | undefined;
  readonly plus?: number | undefined;
  readonly random?: 'alphanumeric' | 'digits' | undefined;
  readonly length?: number | undefined;
  readonly repeat?: string | undefined;
  readonly separator?: string | undefined;
  readonly pieces?: readonly ParsedPiece[] | undefined;
}
interface WrittenPiece extends Omit<ParsedPiece, 'random' | 'pieces'> {
  readonly random?: string | undefined;
  readonly pieces?: readonly WrittenPiece[] | undefined;
}

const pieces: z.ZodType<readonly ParsedPiece[], readonly WrittenPiece[]> = z.lazy(() =>
  list(piece, 'pieces', { title: 'Pieces', description: 'What the value is made of, joined.' }, 1, 16),
);

/** Text that a URL can hold: half of a surrogate pair has no encoding. */
const encodable = <Text extends z.ZodType<string, string>>(schema: Text): Text =>
  schema.refine((written) => !/\p{Surrogate}/u.test(written), {
    error: 'holds half of a character, expected text that can be sent',
  });

const piece: z.ZodType<ParsedPiece, WrittenPiece> = mapping({
  text: encodable(text(500, { title: 'Text', description: 'As it is.', examples: ['username_'] }, 1)).optional(),
  quantity: quantityName.optional(),
  plus: count({ title: 'Plus', description: 'Added to the quantity.', examples: [10] }, 0, 1_000_000).optional(),
  random: choice('kind of characters', ['alphanumeric', 'digits'], {
    title: 'Random',
    description: 'Random characters, `length` of them.',
    examples: ['alphanumeric'],
  }).optional(),
  length: count({ title: 'Length', description: 'In characters.', examples: [256] }, 1, 4096).optional(),
  repeat: quantityName.optional(),
  separator: encodable(
    text(20, { title: 'Separator', description: 'Between two of them.', examples: [','] }),
  ).optional(),
  pieces: pieces
    .optional()
    .meta({ title: 'Repeated pieces', description: 'Of each repetition, with draws of its own.' }),
}).check(
  oneKind({ text: [], quantity: ['plus'], random: ['length'], repeat: ['separator', 'pieces'] }),
  ({ value, issues }) => {
    const needed = value.random !== undefined ? 'length' : value.repeat !== undefined ? 'pieces' : null;
    if (needed === null || value[needed] !== undefined) return;
    const message = `missing, expected ${needed === 'length' ? 'a number of characters' : 'a list of pieces'}`;
    issues.push({ code: 'custom', message, path: [needed], input: value });
  },
);

const quantityHelp = {
  name: name({ title: 'Name of the quantity', description: 'Unique.', examples: ['mentions'] }),
  source: source('the distribution'),
};
const mostQuantity = 1_000_000_000;
const whole = (title: string, description: string, from = 0): z.ZodType<number, number> =>
  count({ title, description }, from, mostQuantity);

const kind = <Kind extends 'constant' | 'uniform' | 'lognormal'>(word: Kind): z.ZodLiteral<Kind> =>
  z.literal(word).meta({ title: 'Kind', description: 'Of the distribution.', examples: [word] });

const drawn = z.discriminatedUnion(
  'kind',
  [
    mapping({ ...quantityHelp, kind: kind('constant'), value: whole('Value', 'Always this.') }),
    mapping({
      ...quantityHelp,
      kind: kind('uniform'),
      low: whole('Low', 'Smallest value.'),
      high: whole('High', 'Largest value, included.'),
    }),
    mapping({
      ...quantityHelp,
      kind: kind('lognormal'),
      median: number({ title: 'Median', description: 'Before rounding.' }, 0.001, mostQuantity),
      sigma: number({ title: 'Sigma', description: 'Standard deviation of the logarithm.' }, 0, 5),
      most: whole('Most', 'Larger values become this.', 1),
    }),
  ],
  {
    error: ({ input }) => {
      if (typeof input !== 'object' || input === null || Array.isArray(input)) {
        return expecting('a mapping such as { name: user, kind: uniform, low: 0, high: 961, source: assumed }').error({
          input,
        });
      }
      return expecting('constant, uniform or lognormal').error({ input: 'kind' in input ? input.kind : undefined });
    },
  },
);

const cpu = mapping({
  mean: microseconds(
    { title: 'Mean', description: 'CPU time of one execution, before cpuScale.', examples: ['450us'] },
    '1us',
    '100s',
  ),
  perItem: microseconds(
    { title: 'Per item', description: 'In addition for each item.', examples: ['20us'] },
    '1us',
    '1s',
  ).optional(),
  items: list(
    quantityName,
    'names of quantities',
    { title: 'Items', description: 'Quantities whose sum is the number of items.', examples: [['followers']] },
    1,
    8,
  ).optional(),
  shape: choice('shape', ['constant', 'exponential'], {
    title: 'Shape',
    description: 'Distribution of the demand around its mean.',
    examples: ['exponential'],
  }).prefault('exponential'),
  source: source('the demand'),
})
  .check(({ value, issues }) => {
    const missing = value.perItem === undefined ? 'perItem' : value.items === undefined ? 'items' : null;
    if (missing === null || (value.perItem === undefined && value.items === undefined)) return;
    const message = `missing, expected ${missing === 'items' ? 'what is counted' : 'the time for each item'}`;
    issues.push({ code: 'custom', message, path: [missing], input: value });
  })
  .meta({ title: 'CPU', description: 'Thread CPU time of one execution, without what it calls.' });

const operation = mapping({
  name: name({ title: 'Name of the operation', description: 'Unique in its service.', examples: ['read-posts'] }),
  cpu,
  steps: steps
    .prefault([])
    .meta({ title: 'Steps of the operation', description: 'What it calls, in this order. Missing: nobody.' }),
  reply: bytes({ title: 'Reply', description: 'Size of the answer.', examples: ['100 B'] }, '0 B', '16 MiB'),
}).meta({ title: 'Operation', description: 'Something that a service can be asked to do.' });

const memory = mapping({
  base: bytes(
    { title: 'Base', description: 'Held by a replica from its start on.', examples: ['16 MiB'] },
    '0 B',
    '2 GiB',
  ),
  perRequest: bytes(
    { title: 'Per request', description: 'Held while a request is answered.', examples: ['64 KiB'] },
    '0 B',
    '64 MiB',
  ).prefault('0 B'),
  kept: bytes(
    { title: 'Kept', description: 'Held for ever after each request.', examples: ['1 kB'] },
    '0 B',
    '1 MiB',
  ).prefault('0 B'),
}).meta({ title: 'Memory', description: 'Of one replica.' });

const age = (title: string, description: string) =>
  milliseconds({ title, description }, '1ms', '24h')
    .nullable()
    .meta({ title, description, examples: ['10s', null] });

const pool = mapping({
  connections: count(
    { title: 'Connections', description: 'At most so many to one service.', examples: [512] },
    1,
    10_000,
  ),
  wait: milliseconds(
    {
      title: 'Wait',
      description: 'How long a request waits for a free connection before it fails.',
      examples: ['10s'],
    },
    '1ms',
    '10min',
  ),
  maxAge: age('Maximum age', 'Dropped when older, counted from its creation. `null`: never.'),
  maxIdle: age('Maximum idle time', 'Dropped when unused for longer. `null`: never.'),
}).meta({ title: 'Connection pool', description: 'Towards each service that it calls. Needed by whoever calls.' });

const service = mapping({
  name: name({ title: 'Name of the service', description: 'Unique.', examples: ['text-service'] }),
  role: choice('role', ['front', 'service', 'store'], {
    title: 'Role',
    description: '`front` answers HTTP; `service` and `store` are called. A store is not scaled.',
    examples: ['service'],
  }),
  port: count(
    { title: 'Port', description: 'As in the original. Those of fronts differ.', examples: [9090] },
    1,
    65535,
  ),
  startUp: milliseconds(
    { title: 'Start-up', description: 'From the start of its process until it answers.', examples: ['1s'] },
    '0s',
    '10min',
  ),
  threads: count(
    { title: 'Threads', description: 'Connections that are served at once; more wait.', examples: [512] },
    1,
    10_000,
  ),
  memory,
  pool: pool.optional(),
  operations: list(
    operation,
    'operations',
    { title: 'Operations', description: 'Empty: a process that is there and that nobody calls.' },
    0,
    64,
  ),
}).meta({ title: 'Service', description: 'A scalable component, or a store.' });

const parameter = mapping({
  name: z
    .string(expecting('a name of letters, digits and underscores'))
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,39}$/, expecting('a name of letters, digits and underscores'))
    .meta({ title: 'Name of the parameter', description: 'As the original has it.', examples: ['user_id'] }),
  value: pieces,
});

const pathRule = 'a path such as /wrk2-api/post/compose, without a query';
const endpoint = mapping({
  name: name({ title: 'Name of the endpoint', description: 'Unique.', examples: ['compose'] }),
  method: choice('method', ['GET', 'POST'], { title: 'Method', description: 'Of HTTP.', examples: ['GET'] }),
  path: z
    .string(expecting(pathRule))
    .regex(/^\/[A-Za-z0-9._~/-]{0,199}$/, expecting(pathRule))
    .meta({ title: 'Path', description: 'Without the query.', examples: ['/wrk2-api/post/compose'] }),
  call,
  parameters: list(
    parameter,
    'parameters',
    { title: 'Parameters', description: 'In the query of a GET, in the form of a POST.' },
    0,
    32,
  ).prefault([]),
  reply: choice('reply', ['text', 'posts'], {
    title: 'Reply',
    description: 'The body of a success: a sentence, or a JSON array of posts.',
    examples: ['text'],
  }),
}).meta({ title: 'Endpoint', description: 'What a client can ask for.' });

const mix = mapping({
  name: name({ title: 'Name of the mix', description: 'Unique.', examples: ['original'] }),
  weights: list(
    mapping({
      endpoint: z
        .string(expecting('the name of an endpoint'))
        .meta({ title: 'Endpoint', description: 'One of `endpoints`.', examples: ['compose'] }),
      weight: number({ title: 'Weight', description: 'In any unit.', examples: [10] }, 0.000001, 1_000_000),
    }),
    'weights',
    { title: 'Weights', description: 'Shares of the endpoints; one that is missing is never asked for.' },
    1,
    255,
  ),
  source: source('the mix'),
}).meta({ title: 'Mix', description: 'Shares of the endpoints in the load.' });

export const applicationSchema = mapping({
  format: z.literal(1, expecting('format 1')).meta({ title: 'Format', description: 'Of this file.', examples: [1] }),
  name: name({ title: 'Name of the application', description: 'Shown in reports.', examples: ['social-network'] }),
  description: text(2000, { title: 'Description', description: 'What it is, for the reader of a report.' }),
  source: source('the structure'),
  cpuScale: number(
    { title: 'CPU scale', description: 'Factor on every CPU demand: fits the model to the machine.', examples: [1] },
    0.001,
    1000,
  ),
  cpuFirstShare: quantity(
    'share',
    {
      title: 'First share of CPU',
      description: 'Share of its own demand that an operation burns before its first step; the rest after its last.',
      examples: ['50 %'],
    },
    { from: '0 %', to: '100 %' },
  ),
  discovery: milliseconds(
    { title: 'Discovery', description: 'From a replica being ready until all callers know it.', examples: ['1s'] },
    '0s',
    '10min',
  ),
  drainLimit: milliseconds(
    { title: 'Drain limit', description: 'A replica that is scaled in has so long to finish.', examples: ['5s'] },
    '0s',
    '10min',
  ),
  quantities: list(
    drawn,
    'quantities',
    { title: 'Quantities', description: 'Whole numbers drawn once for each request.' },
    0,
    64,
  ),
  services: list(service, 'services', { title: 'Services', description: 'In the order of reports.' }, 1, 255),
  endpoints: list(endpoint, 'endpoints', { title: 'Endpoints', description: 'What clients ask for.' }, 1, 255),
  mixes: list(mix, 'mixes', { title: 'Mixes', description: 'The first is the default.' }, 1, 64),
}).meta({
  title: 'Scalelab application',
  description: 'Model of an application: services, calls, demands, endpoints.',
});

export type ParsedApplication = z.output<typeof applicationSchema>;
export type ParsedService = z.output<typeof service>;
export type ParsedOperation = z.output<typeof operation>;
export type ParsedQuantity = z.output<typeof drawn>;
