// Runs a script as k6 does: in a world with what the language has, what k6 gives, and nothing of Node; each part of it from the
// beginning of the script, since every virtual user has a copy of its own. It needs `node --experimental-vm-modules`.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { dirname, resolve } from 'node:path';
import vm from 'node:vm';

/** Codes of k6 by those of Node; anything else is 1000. */
const errorCodes = { ECONNREFUSED: 1212, ECONNRESET: 1220, ENOTFOUND: 1101 };

/** How much too early a timer may fire, as those of k6 sometimes do: every seventh does here. */
const earlyMs = 20;

export async function runScript(file, outer) {
  const startedMs = performance.now();
  const clock = () => performance.now() - startedMs;
  const pending = new Set();
  const world = { ...outer, clock, pending, isInterrupted: false };
  outer.onInterrupt(() => {
    world.isInterrupted = true;
    for (const giveUp of pending) giveUp();
  });
  const load = () => loadScript(file, world);

  const first = await load();
  const data = JSON.parse(JSON.stringify((await first.exports.setup?.()) ?? null));
  const second = await load();
  try {
    await second.exports.default(data);
  } catch (cause) {
    throw Object.assign(new Error('the iteration failed', { cause }), { isScript: true, isIteration: true });
  }
}

async function loadScript(file, world) {
  const options = {};
  let timers = 0;
  const context = vm.createContext({
    __ENV: world.env,
    console: { log: (text) => world.say(String(text)) },
    open: (path, mode) => (mode === 'b' ? bytesOf(path) : readFileSync(path, 'utf8')),
    setTimeout: (step, ms) => {
      timers++;
      const early = timers % 7 === 0 ? earlyMs : 0;
      const run = () => {
        // Its loop of events is over then.
        if (!world.isInterrupted) step();
      };
      return Number(setTimeout(run, Math.max(0, ms - early)));
    },
  });
  const given = {
    'k6/crypto': {
      sha256: (bytes, encoding) =>
        createHash('sha256')
          .update(typeof bytes === 'string' ? bytes : Buffer.from(bytes))
          .digest(encoding),
    },
    'k6/execution': {
      instance: {
        get currentTestRunDuration() {
          return world.clock();
        },
      },
    },
    'k6/http': { asyncRequest: requester(options, world) },
  };
  const modules = new Map();
  const find = (specifier, referrer) => {
    const key = specifier.startsWith('.') ? resolve(dirname(referrer), specifier) : specifier;
    const known = modules.get(key);
    if (known) return known;
    const made = specifier.startsWith('.') ? sourceModule(key, context) : givenModule(specifier, given, context);
    modules.set(key, made);
    return made;
  };
  try {
    const script = sourceModule(file, context);
    await script.link((specifier, referrer) => find(specifier, referrer.identifier));
    await script.evaluate();
    const exports = script.namespace;
    Object.assign(options, JSON.parse(JSON.stringify(exports.options ?? {})));
    if (exports.default === undefined) throw new Error("function 'default' not found in exports");
    return { exports };
  } catch (cause) {
    throw Object.assign(new Error('the script cannot be loaded', { cause }), { isScript: true });
  }
}

function sourceModule(path, context) {
  return new vm.SourceTextModule(readFileSync(path, 'utf8'), { context, identifier: path });
}

function givenModule(name, given, context) {
  const value = given[name];
  if (!value) throw new Error(`unknown modules ["${name}"] were tried to be loaded, but couldn't`);
  const names = Object.keys(value);
  return new vm.SyntheticModule(
    ['default', ...names],
    function fill() {
      this.setExport('default', value);
      for (const each of names) this.setExport(each, value[each]);
    },
    { context, identifier: name },
  );
}

function bytesOf(path) {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

function requester(options, { counted, pending, clock, log }) {
  let agent = null;
  return (method, url, body, params) =>
    new Promise((resolve) => {
      agent ??= new http.Agent({
        keepAlive: options.noConnectionReuse !== true,
        maxSockets: Infinity,
        maxFreeSockets: options.batchPerHost,
      });
      const startedMs = clock();
      let connectedMs = startedMs;
      const request = http.request(url, { method, agent, headers: params.headers });
      const finish = (status, code, headers, isCounted = true) => {
        if (!pending.delete(giveUp)) return;
        clearTimeout(timer);
        if (isCounted) counted();
        const timings = { blocked: connectedMs - startedMs, duration: clock() - connectedMs };
        resolve({ status, error_code: code, headers, timings, body: null });
      };
      const fail = (code, error) => {
        if (pending.has(giveUp)) log('warning', 'Request Failed', { error: `${method} "${url}": ${error}` });
        finish(0, code, {});
        request.destroy();
      };
      const giveUp = () => finish(0, 1000, {}, false);
      const timer = setTimeout(() => fail(1050, 'request timeout'), params.timeout);
      pending.add(giveUp);
      request.on('socket', (socket) => {
        const note = () => (connectedMs = clock());
        if (socket.connecting) socket.once('connect', note);
        else note();
      });
      request.on('error', (error) => fail(errorCodes[error.code] ?? 1000, error.message));
      request.on('response', (response) => {
        const { statusCode } = response;
        // Go writes the names of headers its own way.
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [
            name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase()),
            value,
          ]),
        );
        response.resume();
        response.on('error', (error) => fail(1000, error.message));
        response.on('end', () => finish(statusCode, statusCode >= 400 ? 1000 + statusCode : 0, headers));
      });
      request.end(body ?? undefined);
    });
}
