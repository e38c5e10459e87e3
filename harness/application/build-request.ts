import type { Endpoint, Piece, Quantity } from './application.ts';
import { drawQuantity } from './draw-quantity.ts';
import { deriveDraw, uniformDraw } from './draw.ts';

/** What a request is made of: the seed of the schedule draws the quantities, and the endpoint puts them in their places. */
export interface RequestModel {
  readonly quantities: readonly Quantity[];
  /** By the index that the schedule holds. */
  readonly endpoints: readonly Endpoint[];
}

export interface BuiltRequest {
  readonly method: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  /** Form fields, percent-encoded; null for a GET. */
  readonly body: string | null;
  readonly contentType: string | null;
}

/** Numbers from here on seed the parts under a seed; those below draw its quantities, of which there are at most so many. */
const firstPart = 64;

/**
 * The request of one arrival: the same text for the same seed, whoever sends it.
 *
 * Quantity `i` of the model is `drawQuantity(its distribution, uniformDraw(seed, i))`; the twin does the same. The rest is for texts alone,
 * which no other program has to make again. Under any seed `s`, part `j` has the seed `deriveDraw(s, 64 + j)`: parameter `j` of the
 * endpoint under the request's seed, piece `j` under its parameter's, repetition `j` under its piece's. Character `k` of a random text with
 * the seed `s` is the one at `floor(uniformDraw(s, k) * how many there are)` of digits, lower-case and upper-case letters, in this order.
 * A repetition is a scope of its own: in it quantity `i` is `uniformDraw(its seed, i)`, so that each mention names another user.
 *
 * @param endpointIndex in `endpoints`
 * @param payloadSeed 32 bits without sign
 */
export function buildRequest(model: RequestModel, endpointIndex: number, payloadSeed: number): BuiltRequest {
  const endpoint = model.endpoints[endpointIndex];
  if (!endpoint) throw new RangeError(`endpoint ${endpointIndex} of ${model.endpoints.length}`);
  const { method, path, parameters } = endpoint;
  const form = parameters
    .map(({ name, pieces }, number) => {
      const value = joinPieces(model, pieces, payloadSeed, deriveDraw(payloadSeed, firstPart + number));
      return `${name}=${encodeURIComponent(value)}`;
    })
    .join('&');
  return method === 'GET'
    ? { method, path: form === '' ? path : `${path}?${form}`, body: null, contentType: null }
    : { method, path, body: form, contentType: 'application/x-www-form-urlencoded' };
}

/** @param scope the seed of the quantities @param seed the seed of the pieces */
function joinPieces(model: RequestModel, pieces: readonly Piece[], scope: number, seed: number): string {
  return pieces.map((piece, number) => pieceText(model, piece, scope, deriveDraw(seed, firstPart + number))).join('');
}

function pieceText(model: RequestModel, piece: Piece, scope: number, seed: number): string {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'quantity':
      return String(quantityOf(model, piece.quantity, scope) + piece.plus);
    case 'random':
      return randomText(piece.characters === 'digits' ? 10 : characters.length, piece.length, seed);
    case 'repeat': {
      const texts: string[] = [];
      const times = quantityOf(model, piece.times, scope);
      for (let number = 0; number < times; number++) {
        const own = deriveDraw(seed, firstPart + number);
        texts.push(joinPieces(model, piece.pieces, own, own));
      }
      return texts.join(piece.separator);
    }
  }
}

function quantityOf({ quantities }: RequestModel, name: string, scope: number): number {
  for (let number = 0; number < quantities.length; number++) {
    const quantity = quantities[number];
    if (quantity?.name === name) return drawQuantity(quantity.distribution, uniformDraw(scope, number));
  }
  throw new RangeError(`no quantity ${name}`);
}

const characters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function randomText(choices: number, length: number, seed: number): string {
  let text = '';
  for (let number = 0; number < length; number++) {
    text += characters.charAt(Math.floor(uniformDraw(seed, number) * choices));
  }
  return text;
}
