import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startChild, type Child } from '../../../../harness/core/process.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import {
  busyService,
  exampleContext,
  failureOf,
  never,
  nothing,
  optionsOf,
  sampleOf,
  shellPolicy,
  startPolicy,
  toldContext,
  windowOf,
  worldIn,
  writeProgram,
} from './example.ts';
import { startProcessPolicy } from '../../../../harness/policy/process/start-process-policy.ts';

const aWindow = windowOf(sampleOf(500, busyService('nginx', 1, 0.25)));

/** A program that runs in a folder of its own. */
async function start(text: string, changes: Parameters<typeof worldIn>[1] = {}) {
  const folder = temporaryFolder();
  writeProgram(folder, 'policy', text);
  return startPolicy({ command: ['./policy'], interval: '15s' }, worldIn(folder, changes));
}

describe('a program that behaves', () => {
  test('is told the context and its options, then every window, and is asked to stop', async () => {
    const folder = temporaryFolder();
    const heard = join(folder, 'heard');
    writeProgram(folder, 'policy', `#!/bin/sh\ntee heard | ${sh(shellPolicy(nothing))}`);
    const written = { command: ['./policy'], interval: '15s', options: { target: 0.5, names: ['a', null] } };
    const controller = await startPolicy(written, worldIn(folder));

    expect(controller.intervalMs).toBe(7500);
    expect(await controller.step(aWindow, never)).toEqual({ decisions: [], cpuMs: null });
    await controller[Symbol.asyncDispose]();
    const [hello, window, stop, ...rest] = linesOf(heard);
    expect(hello).toEqual({
      ...{ type: 'hello', protocol: 1, options: written.options },
      context: { ...toldContext, intervalSeconds: 15, intervalMs: 7500, seed: expect.any(Number) as number },
    });
    expect(window).toMatchObject({ type: 'window', step: 1, nowMs: 500, pending: [], settled: [] });
    expect([stop, ...rest]).toEqual([{ type: 'stop' }]);
  });

  test('gets another seed in another trial, and the same one when a trial is repeated', async () => {
    const folder = temporaryFolder();
    writeProgram(folder, 'policy', `#!/bin/sh\ntee -a heard | ${sh(shellPolicy(nothing))}`);
    const { random } = exampleContext();
    for (const context of [
      exampleContext(),
      exampleContext(),
      exampleContext({ random }),
      exampleContext({ random }),
    ]) {
      const controller = await startPolicy({ command: ['./policy'] }, worldIn(folder), context);
      await controller[Symbol.asyncDispose]();
    }

    const seeds = linesOf(join(folder, 'heard')).flatMap((line) => {
      const { context } = line as { context?: { seed: number } };
      return context === undefined ? [] : [context.seed];
    });
    expect(seeds).toHaveLength(4);
    expect(new Set(seeds.slice(0, 3)).size).toBe(1);
    expect(seeds[3]).not.toBe(seeds[2]);
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  });

  test('may answer anything as a decision, also numbers that JSON lacks', async () => {
    const answer = `echo '{"type":"decisions","step":1,"decisions":[{"replicas":NaN,"rule":"NaN \\"Infinity"},-Infinity,7]}'`;
    const controller = await start(shellPolicy(answer));

    const { decisions } = await controller.step(aWindow, never);
    expect(decisions).toEqual([{ replicas: 'NaN', rule: 'NaN "Infinity' }, '-Infinity', 7]);
  });

  test('may leave lines empty, end them as on Windows, and send fields that nobody knows', async () => {
    const answer = `printf '\\r\\n\\n{"type":"decisions","step":%d,"decisions":[],"mood":"good"}\\r\\n\\n' $step`;
    const controller = await start(shellPolicy(answer));

    expect(await controller.step(aWindow, never)).toEqual({ decisions: [], cpuMs: null });
    expect(await controller.step(aWindow, never)).toEqual({ decisions: [], cpuMs: null });
  });

  test('may write as much to standard error as it likes', async () => {
    const controller = await start(shellPolicy(`head -c 300000 /dev/zero >&2; ${nothing}`));

    expect(await controller.step(aWindow, never)).toEqual({ decisions: [], cpuMs: null });
  });

  test('has the environment that was handed in, and runs where Scalelab was started', async () => {
    const folder = temporaryFolder();
    writeProgram(folder, 'policy', shellPolicy(`env > environment; ${nothing}`));
    const environment = { PATH: '/usr/bin:/bin', HOME: '/nowhere' };
    const controller = await startPolicy({ command: ['./policy'] }, worldIn(folder, { environment }));
    await controller.step(aWindow, never);

    // What a shell sets by itself is not ours.
    const seen = readFileSync(join(folder, 'environment'), 'utf8').split('\n').filter(Boolean);
    expect(seen.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).sort()).toEqual([
      'HOME=/nowhere',
      'PATH=/usr/bin:/bin',
    ]);
  });

  describe.skipIf(process.platform !== 'linux')('is charged with CPU time and memory', () => {
    const awk = `awk 'BEGIN { for (i = 0; i < 6000000; i++) x += i; print x }' >&2`;
    const loop = 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done';
    test.each([
      ['of what it starts', awk],
      ['of itself', loop],
      ['of what goes on behind it', `mkfifo done; (${loop}; echo yes > done; exec sleep 1000) & read -r x < done`],
    ])('%s', async (_, burn) => {
      const controller = await start(shellPolicy(`${burn}; ${nothing}`));
      const before = controller.usage();
      await controller.step(aWindow, never);
      await controller[Symbol.asyncDispose]();

      const { cpuSeconds, residentBytes } = controller.usage();
      expect(cpuSeconds).toBeGreaterThan((before.cpuSeconds ?? 0) + 0.05);
      expect(residentBytes).toBeGreaterThan(100_000);
      // It has ended; what it used is still known.
      expect(controller.usage()).toEqual({ cpuSeconds, residentBytes });
    });
  });
});

describe('a program that fails', () => {
  const documented = 'docs/policies/process.md describes what a program has to answer.';
  const failsWith = async (
    text: string,
    message: string,
    changes: Parameters<typeof worldIn>[1] = {},
    hint = documented,
  ) => {
    const step = async (): Promise<unknown> => (await start(text, changes)).step(aWindow, never);
    expect(await failureOf(step())).toEqual({ code: 'policy-failed', message, hint });
  };

  test('by an exit status is told with its last words', () =>
    failsWith(
      shellPolicy(`printf 'one\\ntwo\\n  three\\n    ^~~\\nKeyError: 4\\n' >&2; exit 3`),
      'The policy `./policy` ended with exit status 3 before it answered step 1. Its last words: two; three; KeyError: 4',
    ));

  test('by an exception of Python is told with the place and the exception', async () => {
    const folder = temporaryFolder();
    const program = [
      'import json, sys',
      'sys.stdin.readline()',
      'print(json.dumps({"type": "ready", "protocol": 1, "name": "x"}), flush=True)',
      'def step(window):',
      '    return window["nothing"]',
      'step(json.loads(sys.stdin.readline()))',
    ];
    writeProgram(folder, 'policy.py', program.join('\n'));
    const controller = await startPolicy({ command: ['python3', 'policy.py'] }, worldIn(folder));
    const { message } = await failureOf(controller.step(aWindow, never));
    expect(message.replace(/File ".*policy/, 'File ".../policy')).toBe(
      'The policy `python3 policy.py` ended with exit status 1 before it answered step 1. Its last words: ' +
        `File ".../policy.py", line 5, in step; return window["nothing"]; KeyError: 'nothing'`,
    );
  });

  test('by an end that nobody asked for, although with exit status 0', () =>
    failsWith(
      '#!/bin/sh\nread -r line\nexit 0\n',
      'The policy `./policy` ended with exit status 0 before it answered hello.',
    ));

  test('by a signal', () =>
    failsWith(shellPolicy('kill -9 $$'), 'The policy `./policy` was killed by SIGKILL before it answered step 1.'));

  test('by an end between two steps', async () => {
    const controller = await start(shellPolicy(`${nothing}; exit 0`));
    await controller.step(aWindow, never);
    // The end and the question may meet on the way.
    expect((await failureOf(controller.step(aWindow, never))).message).toMatch(
      /^The policy `\.\/policy` ended with exit status 0 (after step 1|before it answered step 2)\.$/,
    );
  });

  test('by silence', () =>
    failsWith(
      shellPolicy('echo "thinking about it" >&2; sleep 1000'),
      'The policy `./policy` did not answer step 1 within 0.3 s. Its last words: thinking about it',
      { limits: { readyMs: 60_000, answerMs: 300 } },
      'Does it flush its output after each line?',
    ));

  test('by silence from its start, and although it does not listen to SIGTERM', () =>
    failsWith(
      `#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.05; done\n`,
      'The policy `./policy` did not answer hello within 0.2 s.',
      { limits: { readyMs: 200, answerMs: 200 } },
      'Does it flush its output after each line?',
    ));

  test('by garbage', () =>
    failsWith(
      shellPolicy(
        'echo "Processing window 1 of many, as a policy does that was written to be run by hand, not by a program"',
      ),
      'The policy `./policy` answered step 1 with what is no JSON: ' +
        '"Processing window 1 of many, as a policy does that was written to be run by hand...".',
    ));

  test('by JSON that is no answer', () =>
    failsWith(
      shellPolicy(`echo '{"type":"decisions","step":1,"decisions":{}}'`),
      'The policy `./policy` answered step 1 with "{\\"type\\":\\"decisions\\",\\"step\\":1,\\"decisions\\":{}}", ' +
        'expected {"type":"decisions","step":1, ...} (decisions: Invalid input: expected array, received object).',
    ));

  test('by a null', () =>
    failsWith(
      shellPolicy('echo null'),
      'The policy `./policy` answered step 1 with "null", expected {"type":"decisions","step":1, ...}.',
    ));

  test('by the answer to another step', () =>
    failsWith(
      shellPolicy(`echo '{"type":"decisions","step":7,"decisions":[]}'`),
      'The policy `./policy` answered step 7 when it was asked for step 1.',
    ));

  test('by more decisions than anybody can want', async () => {
    const answer = `printf '{"type":"decisions","step":1,"decisions":[0'; yes ,0 | head -n 1000 | tr -d '\\n'; echo ']}'`;
    const controller = await start(shellPolicy(answer));
    expect((await failureOf(controller.step(aWindow, never))).message).toMatch(
      / \(decisions: Too big: expected array to have <=1000 items\)\.$/,
    );
  });

  test.each([2, '"1.1"'])('by another protocol version: %s', (version) =>
    failsWith(
      `#!/bin/sh\nread -r line\necho '{"type":"ready","protocol":${version},"name":"x"}'\nread -r line\n`,
      `The policy \`./policy\` speaks protocol ${String(version).replaceAll('"', '')}; this Scalelab speaks 1.`,
    ),
  );

  test('by a line without an end', () =>
    failsWith(
      shellPolicy('yes | tr -d "\\n"'),
      'The policy `./policy` printed a line longer than 1048576 characters after step 1.',
    ));

  test('by talking out of turn, without end, also while nobody listens', async () => {
    // In one piece with its answer: on its way for longer, it would be taken for the next one.
    const answer = `printf '{"type":"decisions","step":1,"decisions":[]}\\nhello?\\n'; yes`;
    const controller = await start(shellPolicy(answer));
    await controller.step(aWindow, never);
    expect((await failureOf(controller.step(aWindow, never))).message).toBe(
      'The policy `./policy` printed a line that nobody asked for, after step 1: "hello?".',
    );
  });

  test('stays failed, for the same reason, and lets itself be ended', async () => {
    const controller = await start(shellPolicy('exit 4'));
    const first = await failureOf(controller.step(aWindow, never));
    expect(await failureOf(controller.step(aWindow, never))).toEqual(first);
    expect(first.message).toBe('The policy `./policy` ended with exit status 4 before it answered step 1.');
    await controller[Symbol.asyncDispose]();
    await controller[Symbol.asyncDispose]();
  });
});

describe('what program and profile say must agree', () => {
  const startWith = (own: object, written: object): Promise<unknown> => {
    const folder = temporaryFolder();
    const ready = JSON.stringify({ type: 'ready', protocol: 1, name: 'x', ...own });
    writeProgram(folder, 'policy', `#!/bin/sh\nread -r line\necho '${ready}'\nread -r line\n`);
    return failureOf(startPolicy({ command: ['./policy'], ...written }, worldIn(folder)));
  };
  const written = { interval: '15s', needs: ['cpu-usage'], acts: ['cpu'] };

  test('a program that says the same begins', async () => {
    const own = { intervalSeconds: 15.000000001, needs: ['cpu-usage'], acts: ['cpu'] };
    expect(await startWith(own, written)).toMatchObject({ message: 'it did not fail' });
  });

  test('another interval is refused', async () => {
    expect(await startWith({ intervalSeconds: 30 }, written)).toEqual({
      code: 'policy-failed',
      message: 'The policy `./policy` steps every 30 s, and the profile says every 15 s.',
      hint: 'Write in the profile what the program goes by, or the other way round.',
    });
  });

  test('what the testbed was not asked for is refused', async () => {
    expect(await startWith({ needs: ['cpu-usage', 'latency'], acts: ['cpu', 'replicas'] }, written)).toMatchObject({
      message: 'The policy `./policy` goes by what the profile does not say: needs: [latency], acts: [replicas].',
    });
  });
});

describe('the end', () => {
  test('of a trial that is interrupted comes at once, with its reason', async () => {
    const controller = await start(shellPolicy('sleep 1000'));
    const interruption = new AbortController();
    const step = failureOf(controller.step(aWindow, interruption.signal));
    interruption.abort(new Error('enough'));
    expect((await step).message).toBe('enough');
    await controller[Symbol.asyncDispose]();
  });

  test('before the program was ready leaves nothing behind', async () => {
    const folder = temporaryFolder();
    writeProgram(folder, 'policy', '#!/bin/sh\nsleep 1000\n');
    let child: Child | null = null;
    const runner: typeof startChild = async (...args) => (child = await startChild(...args));
    const interruption = new AbortController();
    const world = worldIn(folder, { runner });
    const starting = startProcessPolicy(
      optionsOf({ command: ['./policy'] }),
      exampleContext(),
      world,
      interruption.signal,
    );
    interruption.abort(new Error('enough'));
    expect((await failureOf(starting)).message).toBe('enough');
    expect(await (child as Child | null)?.exited).toMatchObject({ exitCode: null });
  });

  test('of the program is asked for: it may tidy up when its input closes', async () => {
    const folder = temporaryFolder();
    writeProgram(folder, 'policy', shellPolicy(nothing).replace('exit 0', 'break').concat('echo tidy > tidied\n'));
    const controller = await startPolicy({ command: ['./policy'] }, worldIn(folder));
    await controller[Symbol.asyncDispose]();
    expect(readFileSync(join(folder, 'tidied'), 'utf8')).toBe('tidy\n');
  });
});

test('a program that cannot be started is told', async () => {
  const folder = temporaryFolder();
  writeProgram(folder, 'policy', '#!/no/such/interpreter\n');
  expect(await failureOf(startPolicy({ command: ['./policy'] }, worldIn(folder, { workload: null })))).toMatchObject({
    code: 'policy-failed',
    message: expect.stringMatching(/^The policy `\.\/policy` cannot be started: spawn .*policy ENOENT\.$/) as string,
  });
});

/** A script as one word of a shell. */
const sh = (script: string): string => `sh -c '${script.replaceAll("'", `'\\''`)}'`;

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));
