import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { applicationOf as smallApplication, endpointOf, operationOf, serviceOf } from '../small-application.ts';
import { ask, TwinRig, whyNoTwin } from '../twin-rig.ts';

const parameters = ['user_id', 'text'].map((name) => ({ name, pieces: [] }));
const application = smallApplication(
  [
    serviceOf('front', 'front', [
      operationOf('compose', { replyBytes: 24 }),
      operationOf('read', { replyBytes: 3000 }),
      operationOf('empty', { replyBytes: 2 }),
    ]),
  ],
  [
    { ...endpointOf('/wrk2-api/post/compose', 'front', 'compose'), method: 'POST', parameters, reply: 'text' },
    { ...endpointOf('/read', 'front', 'read'), parameters: parameters.slice(0, 1) },
    endpointOf('/empty', 'front', 'empty'),
  ],
);

/** Everything that comes back on one connection, until the other side closes it. */
function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
}

const closing = 'Connection: close\r\n\r\n';
const form = 'user_id=7&text=hello @username_3 http://example.net/a';

describe.skipIf(whyNoTwin() !== null)('the front', () => {
  test('a compose gets the words of the original, and may be sent unencoded', async () => {
    const { port } = await (await TwinRig.open(application)).start('front');
    expect(await ask(port, '/wrk2-api/post/compose', { method: 'POST', body: form })).toEqual({
      status: 200,
      body: 'Successfully upload post',
    });
  });

  test('a timeline is a JSON array of posts as large as the model says, and an empty one is an object', async () => {
    const { port } = await (await TwinRig.open(application)).start('front');
    const { status, body } = await ask(port, '/read?user_id=7&start=0&stop=10');
    expect({ status, bytes: body.length }).toEqual({ status: 200, bytes: 3000 });
    const posts = JSON.parse(body) as Record<string, unknown>[];
    expect(posts).toHaveLength(10);
    expect(Object.keys(posts[0] ?? {})).toEqual([
      ...['post_id', 'creator', 'req_id', 'text', 'user_mentions', 'media', 'urls', 'timestamp', 'post_type'],
    ]);
    expect(await ask(port, '/empty')).toEqual({ status: 200, body: '{}' });
  });

  test.for([
    ['nothing', '/wrk2-api/post/compose', ''],
    ['one parameter too few', '/wrk2-api/post/compose', 'user_id=7'],
    ['an empty parameter', '/wrk2-api/post/compose', 'user_id=&text=a'],
    ['parameters in the wrong place', '/wrk2-api/post/compose?user_id=7&text=a', ''],
    ['a name that only ends like it', '/wrk2-api/post/compose', 'my_user_id=7&text=a'],
  ] as const)('%s: incomplete arguments', async ([, path, body]) => {
    const { port } = await (await TwinRig.open(application)).start('front');
    expect(await ask(port, path, { method: 'POST', body })).toEqual({ status: 400, body: 'Incomplete arguments' });
  });

  test('another path is not there, and another method is told which one is', async () => {
    const { port } = await (await TwinRig.open(application)).start('front');
    expect(await ask(port, '/wrk2-api/post')).toEqual({ status: 404, body: 'Not Found' });
    expect(await exchange(port, `GET /wrk2-api/post/compose HTTP/1.1\r\n${closing}`)).toBe(
      'HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n' +
        'Allow: POST\r\nConnection: close\r\n\r\nMethod Not Allowed',
    );
  });

  test('requests may come one behind the other before any was answered, and in any pieces', async () => {
    const { port } = await (await TwinRig.open(application)).start('front');
    const post = `POST /wrk2-api/post/compose HTTP/1.1\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
    const all = `${post}GET /empty HTTP/1.1\r\n\r\n${post}GET /empty HTTP/1.1\r\n${closing}`;
    const together = await exchange(port, all);
    expect(together.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(4);
    expect(together.match(/Successfully upload post|\{\}/g)).toEqual([
      ...['Successfully upload post', '{}', 'Successfully upload post', '{}'],
    ]);
    const inPieces = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.setEncoding('latin1').on('data', (piece: string) => {
        text += piece;
      });
      socket.on('end', () => {
        resolve(text);
      });
      socket.on('error', reject);
      const send = (from: number): void => {
        if (from < all.length) socket.write(all.slice(from, from + 7), () => setImmediate(send, from + 7));
      };
      send(0);
    });
    expect(inPieces).toBe(together);
  });

  test('the target may name the host, as the scripts of wrk2 do', async () => {
    const { port } = await (await TwinRig.open(application)).start('front');
    const answer = await exchange(port, `GET http://localhost:8080/read?user_id=7 HTTP/1.1\r\n${closing}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('HTTP/1.0 closes, and 1.1 keeps the connection', async () => {
    const { port } = await (await TwinRig.open(application)).start('front');
    expect(await exchange(port, 'GET /empty HTTP/1.0\r\n\r\n')).toContain('\r\nConnection: close\r\n');
    expect(await exchange(port, `GET /empty HTTP/1.1\r\n\r\nGET /empty HTTP/1.1\r\n${closing}`)).toContain(
      '\r\nConnection: keep-alive\r\n',
    );
  });

  test.for([
    ['chunks', 'POST /empty HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n', 411],
    ['another coding', 'POST /empty HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n', 501],
    ['a body that is too large', 'POST /empty HTTP/1.1\r\nContent-Length: 65537\r\n\r\n', 413],
    ['a length beyond any number', `POST /empty HTTP/1.1\r\nContent-Length: ${'9'.repeat(50)}\r\n\r\n`, 413],
    ['a negative length', 'POST /empty HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400],
    ['two lengths', 'POST /empty HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    ['an expectation', 'POST /empty HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n', 417],
    ['a head that is too large', `GET /empty HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`, 431],
    ['a target that is too large', `GET /${'x'.repeat(9000)} HTTP/1.1\r\n\r\n`, 431],
    ['another version', 'GET /empty HTTP/2.0\r\n\r\n', 505],
    ['no version', 'GET /empty\r\n\r\n', 400],
    ['a line that ends without CR', 'GET /empty HTTP/1.1\nHost: x\n\n', 400],
    ['a folded header', 'GET /empty HTTP/1.1\r\nA: b\r\n c\r\n\r\n', 400],
    ['a space before the colon', 'GET /empty HTTP/1.1\r\nA : b\r\n\r\n', 400],
    ['a header without a colon', 'GET /empty HTTP/1.1\r\nA\r\n\r\n', 400],
    ['a target of another scheme', 'GET ftp://host/empty HTTP/1.1\r\n\r\n', 400],
    ['a target without a path', 'GET http://host HTTP/1.1\r\n\r\n', 400],
    ['a zero in the target', 'GET /emp\0ty HTTP/1.1\r\n\r\n', 400],
    ['something else altogether', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
  ] as const)('%s: refused with its status, and the connection ends', async ([, bytes, status]) => {
    const { port } = await (await TwinRig.open(application)).start('front');
    const answer = await exchange(port, Buffer.from(bytes, 'latin1'));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*\r\nConnection: close\r\n\r\n`));
  });

  test('refusals count as errors, and have no latency', async () => {
    const replica = await (await TwinRig.open(application)).start('front');
    await ask(replica.port, '/empty');
    await ask(replica.port, '/missing');
    await exchange(replica.port, 'GET\r\n\r\n');
    const counters = await replica.counters();
    expect(counters).toMatchObject({ requests: 3, errors: 2, inFlight: 0 });
    expect(counters?.latencySlots.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});
