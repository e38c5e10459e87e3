import { z } from 'zod';
import { choice, count, expecting, mapping, name } from '../yaml/fields.ts';
import { call, list, oneKind, quantityName, text } from './schema-fields.ts';

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
export interface WrittenPiece extends Omit<ParsedPiece, 'random' | 'pieces'> {
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

const parameter = mapping({
  name: z
    .string(expecting('a name of letters, digits and underscores'))
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,39}$/, expecting('a name of letters, digits and underscores'))
    .meta({ title: 'Name of the parameter', description: 'As the original has it.', examples: ['user_id'] }),
  value: pieces,
});

const pathRule = 'a path such as /wrk2-api/post/compose, without a query';
export const endpoint = mapping({
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
