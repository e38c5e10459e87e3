import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { buildRequest } from '../../../harness/application/build-request.ts';
import { drawQuantity } from '../../../harness/application/draw-quantity.ts';
import { uniformDraw } from '../../../harness/application/draw.ts';
import { projectRoot, readProjectFile } from '../../guard/project-files.ts';
import { changed, loaded, smallText } from './application-text.ts';

const social = loaded(readProjectFile('deathstarbench/social-network.yaml'));
const seeds = fc.nat({ max: 0xffffffff });
const endpointNumber = (name: string): number => social.endpoints.findIndex((endpoint) => endpoint.name === name);
const quantity = (name: string, seed: number): number => {
  const number = social.quantities.findIndex((known) => known.name === name);
  const known = social.quantities[number];
  if (!known) throw new Error(`no quantity ${name}`);
  return drawQuantity(known.distribution, uniformDraw(seed, number));
};
const fieldsOf = (body: string | null): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(body ?? 'nothing'));

test('the request of a seed is always the same, and another seed has another', () => {
  fc.assert(
    fc.property(seeds, fc.nat({ max: social.endpoints.length - 1 }), (seed, endpoint) => {
      expect(buildRequest(social, endpoint, seed)).toEqual(buildRequest(social, endpoint, seed));
    }),
  );
  const bodies = new Set(
    Array.from({ length: 1000 }, (_, seed) => buildRequest(social, endpointNumber('compose'), seed).body),
  );
  expect(bodies.size).toBe(1000);
});

test('a read asks for ten posts from a start on, in the query', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const user = quantity('user', seed);
      const start = quantity('start', seed);
      expect(user).toBeLessThanOrEqual(961);
      expect(start).toBeLessThanOrEqual(100);
      expect(buildRequest(social, endpointNumber('read-home-timeline'), seed)).toEqual({
        method: 'GET',
        path: `/wrk2-api/home-timeline/read?user_id=${user}&start=${start}&stop=${start + 10}`,
        body: null,
        contentType: null,
      });
    }),
  );
});

test('a post has 256 characters, and as many mentions, addresses and media as its quantities say', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const request = buildRequest(social, endpointNumber('compose'), seed);
      const { text = '', media_ids = '', media_types = '', ...rest } = fieldsOf(request.body);
      const user = quantity('user', seed);
      const [mentions, urls, media] = ['mentions', 'urls', 'media'].map((name) => quantity(name, seed));

      expect(request).toMatchObject({
        method: 'POST',
        path: '/wrk2-api/post/compose',
        contentType: 'application/x-www-form-urlencoded',
      });
      expect(rest).toEqual({ username: `username_${user}`, user_id: String(user), post_type: '0' });
      expect(text).toMatch(
        /^[0-9a-zA-Z]{256}( @username_(\d|[1-9]\d|[1-8]\d\d|9[0-5]\d|96[01])){1,6}( http:\/\/[0-9a-zA-Z]{64}){1,6}$/,
      );
      expect(text.match(/ @username_/g)).toHaveLength(mentions ?? NaN);
      expect(text.match(/ http:/g)).toHaveLength(urls ?? NaN);
      expect(media_ids).toMatch(/^\["\d{18}"(,"\d{18}"){0,4}\]$/);
      expect(JSON.parse(media_ids)).toHaveLength(media ?? NaN);
      expect(JSON.parse(media_types)).toEqual(Array.from({ length: media ?? NaN }, () => 'png'));
    }),
  );
});

test('what is repeated is drawn anew each time', () => {
  const texts = Array.from({ length: 200 }, (_, seed) => fieldsOf(buildRequest(social, 0, seed).body)['text'] ?? '');
  const mentions = texts.map((text) => text.match(/@\w+/g) ?? []);
  const addresses = texts.flatMap((text) => text.match(/http:\S+/g) ?? []);

  expect(new Set(addresses).size).toBe(addresses.length);
  // Of six users out of 962 two are now and then the same.
  const several = mentions.filter((names) => names.length > 1);
  expect(several.filter((names) => new Set(names).size === names.length).length).toBeGreaterThan(0.9 * several.length);
});

test('random characters are spread evenly', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 400; seed++) {
    const text = (fieldsOf(buildRequest(social, 0, seed).body)['text'] ?? '').slice(0, 256);
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const expected = (400 * 256) / 62;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);

  expect(counts.size).toBe(62);
  // 61 degrees of freedom: above 105 once in 4000 runs of a fair source, and this one always gives the same.
  expect(chiSquare).toBeLessThan(105);
});

test('whatever a text holds comes out of the form as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
      const model = {
        quantities: [],
        endpoints: [
          {
            name: 'x',
            method: 'POST' as const,
            path: '/x',
            service: 'front',
            operation: 'x',
            reply: 'text' as const,
            parameters: [{ name: 'text', pieces: [{ kind: 'text' as const, text }] }],
          },
        ],
      };
      expect(fieldsOf(buildRequest(model, 0, 1).body)).toEqual({ text });
    }),
  );
});

test('an endpoint without parameters has neither query nor fields', () => {
  const bare = changed(['    parameters:\n      - { name: user_id, value: [{ quantity: user }] }\n', '']);

  expect(buildRequest(loaded(bare), 0, 1)).toEqual({ method: 'GET', path: '/ask', body: null, contentType: null });
  expect(buildRequest(loaded(bare.replace('method: GET', 'method: POST')), 0, 1)).toEqual({
    method: 'POST',
    path: '/ask',
    body: '',
    contentType: 'application/x-www-form-urlencoded',
  });
});

test('an endpoint that is not there is an error', () => {
  expect(() => buildRequest(loaded(smallText), 1, 1)).toThrow('endpoint 1 of 1');
});

test('the file runs where nothing but the language is there, as in k6, and builds the same', () => {
  const [bundle] = buildSync({
    entryPoints: [join(projectRoot, 'harness/application/build-request.ts')],
    bundle: true,
    format: 'iife',
    globalName: 'built',
    platform: 'neutral',
    target: 'es2020',
    write: false,
  }).outputFiles;
  const context = createContext({ model: JSON.stringify(social) });
  const build = 'JSON.stringify(built.buildRequest(JSON.parse(model), 0, 7))';

  expect(runInContext(`${bundle?.text ?? ''};${build}`, context)).toBe(JSON.stringify(buildRequest(social, 0, 7)));
});

test('known requests: a change of the rule changes every load ever recorded', () => {
  const pieces =
    "[{ text: 'a b' }, { quantity: user, plus: 10 }, { random: digits, length: 4 }, { repeat: words, separator: ',', pieces: [{ quantity: user }, { random: alphanumeric, length: 3 }] }]";
  const model = loaded(changed(['[{ quantity: user }]', pieces]));

  expect([0, 1, 0xffffffff].map((seed) => buildRequest(model, 0, seed).path)).toEqual([
    '/ask?user_id=a%20b1615664bPA%2C3MxR%2C7AfR',
    '/ask?user_id=a%20b1419732jED%2C0iAx%2C5ju1',
    '/ask?user_id=a%20b1591754WtM%2C9cMg%2C0jls',
  ]);
});
