import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkProcessPolicy } from '../../../../harness/policy/process/check-process-policy.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import {
  busyService,
  failureOf,
  never,
  optionsOf,
  sampleOf,
  startPolicy,
  toldContext,
  windowOf,
  worldIn,
} from './example.ts';

const aWindow = windowOf(sampleOf(500, busyService('nginx', 2, 0.25)));

/** Starts a policy that is a file of this text. */
async function start(text: string, { name = 'policy.ts', written = {} } = {}) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), text);
  return startPolicy({ file: name, ...written }, worldIn(folder));
}

/** A policy whose step is this text. */
const policyWith = (step: string): string => `
import type { Policy, PolicyContext } from 'scalelab';

export function createPolicy(options: { factor?: number }, context: PolicyContext): Policy {
  return {
    name: 'mine',
    intervalMs: context.compressed(15),
    step(window) {
      ${step}
    },
  };
}
`;

/** Lines are those of the file; columns are those of what was made of it, here and there. */
const withoutColumns = (message: string): string => message.replaceAll(/(\.ts:\d+):\d+/g, '$1');

describe('a policy that is a file', () => {
  test('is given options, context and windows as the policies of the harness are', async () => {
    const controller = await start(
      policyWith(
        'return [{ options, context, random: context.random.uniform(), window, isSame: context.compressed(30) }];',
      ),
      { written: { options: { factor: 2 } } },
    );
    const { decisions } = await controller.step(aWindow, never);

    expect(decisions).toEqual([
      {
        options: { factor: 2 },
        context: { ...toldContext, random: expect.anything() as unknown },
        random: expect.any(Number) as number,
        window: { ...aWindow, samples: aWindow.samples },
        isSame: 15_000,
      },
    ]);
    expect(controller.intervalMs).toBe(7500);
  });

  test.each(['policy.ts', 'policy.mts', 'policy.js', 'policy.mjs'])('may be called %s', async (name) => {
    const text = `export const createPolicy = () => ({ name: 'mine', intervalMs: 7500, step: () => ['${name}'] });`;
    const controller = await start(text, { name });
    expect(await controller.step(aWindow, never)).toEqual({ decisions: [name], cpuMs: null });
  });

  test('may be a class, import what stands beside it and what Scalelab exports, and print', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'count.ts'), 'export enum Start { At = 40 }\n');
    const text = `
      import { median } from 'scalelab';
      import { Start } from './count';
      console.log('a log of its own');
      process.stdout.write('and another one\\n');
      class Mine {
        readonly name = 'mine';
        readonly intervalMs = 7500;
        #count = Start.At;
        step() { console.log('step'); return [(this.#count += 1), median([1, 2, 9])]; }
      }
      export const createPolicy = (): Mine => new Mine();`;
    writeFileSync(join(folder, 'policy.ts'), text);
    const controller = await startPolicy({ file: './policy.ts' }, worldIn(folder));
    expect((await controller.step(aWindow, never)).decisions).toEqual([41, 2]);
    expect((await controller.step(aWindow, never)).decisions).toEqual([42, 2]);
  });

  test('may take its time to begin and to answer', async () => {
    const text = `
      const factor = await Promise.resolve(3);
      export const createPolicy = async () =>
        ({ name: 'mine', intervalMs: 7500, step: async () => [await Promise.resolve(factor)] });`;
    expect((await (await start(text)).step(aWindow, never)).decisions).toEqual([3]);
  });

  test('has its numbers that JSON lacks told by name', async () => {
    const controller = await start(policyWith('return [{ replicas: 0 / 0 }, { replicas: -1 / 0 }] as never;'));
    expect((await controller.step(aWindow, never)).decisions).toEqual([{ replicas: 'NaN' }, { replicas: '-Infinity' }]);
  });

  test('need not let go of its timers to end', async () => {
    const controller = await start(`setInterval(() => undefined, 1000);\n${policyWith('return [];')}`);
    await controller.step(aWindow, never);
    await controller[Symbol.asyncDispose]();
  });
});

describe('a file that fails', () => {
  const failure = async (text: string): Promise<string> => {
    const step = async (): Promise<unknown> => (await start(text)).step(aWindow, never);
    const { code, message } = await failureOf(step());
    expect(code).toBe('policy-failed');
    return withoutColumns(message);
  };

  test('in its step names file and line', async () => {
    expect(await failure(policyWith('const x: number[] = [];\n      return x.first.second as never;'))).toBe(
      'The policy policy.ts ended with exit status 1 before it answered step 1. ' +
        "Its last words: policy.ts:10: TypeError: Cannot read properties of undefined (reading 'second')",
    );
  });

  test('outside its step too', async () => {
    const step = `setTimeout(() => { throw new Error('later'); }, 0);\n      return new Promise(() => undefined) as never;`;
    expect(await failure(policyWith(step))).toBe(
      'The policy policy.ts ended with exit status 1 before it answered step 1. Its last words: policy.ts:9: later',
    );
  });

  test('in a file that it imports names that one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'beside.ts'), '\n\nthrow new RangeError("no such thing");\n');
    writeFileSync(join(folder, 'policy.ts'), "import './beside.ts';\n");
    const { message } = await failureOf(startPolicy({ file: 'policy.ts' }, worldIn(folder)));
    expect(withoutColumns(message)).toBe(
      'The policy policy.ts ended with exit status 1 before it answered hello. ' +
        'Its last words: beside.ts:3: RangeError: no such thing',
    );
  });

  test.each([
    [
      'nothing to export',
      'const a = 1;',
      'policy.ts: it exports nothing, expected a function createPolicy(options, context)',
    ],
    [
      'another export',
      'export default function createPolicy() {}\nexport const policy = {};',
      'policy.ts: it exports default, policy, expected a function createPolicy(options, context)',
    ],
    ['no policy', 'export const createPolicy = () => 7;', 'policy.ts: createPolicy gave 7, expected a policy'],
    [
      'no step',
      "export const createPolicy = () => ({ name: 'x', intervalMs: 5 });",
      'policy.ts: createPolicy gave an object without a function step(window)',
    ],
    [
      'no interval',
      "export const createPolicy = () => ({ name: 'x', intervalMs: '15s', step: () => [] });",
      'policy.ts: createPolicy gave intervalMs 15s, expected milliseconds: context.compressed(15)',
    ],
    [
      'no name',
      'export const createPolicy = () => ({ intervalMs: 15, step: () => [] });',
      'policy.ts: createPolicy gave name undefined, expected text',
    ],
    ['a mistake of syntax', 'export const a = 1;\nexport const = 2;\n', 'policy.ts:2: ParseError: Unexpected token'],
  ])('with %s says so', async (_, text, words) => {
    expect(await failure(text)).toBe(
      `The policy policy.ts ended with exit status 1 before it answered hello. Its last words: ${words}`,
    );
  });

  test('by answering no list', async () => {
    expect(await failure(policyWith('return 7 as never;'))).toBe(
      'The policy policy.ts ended with exit status 1 before it answered step 1. ' +
        'Its last words: policy.ts: step(window) gave number, expected a list of decisions',
    );
  });

  test('by another interval than that of the profile', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'policy.ts'), policyWith('return [];'));
    const { message } = await failureOf(startPolicy({ file: 'policy.ts', interval: '20s' }, worldIn(folder)));
    expect(message).toBe('The policy policy.ts steps every 15 s, and the profile says every 20 s.');
  });

  test('by a step without an end', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'policy.ts'), policyWith('for (;;);'));
    const world = worldIn(folder, { limits: { readyMs: 60_000, answerMs: 300 } });
    const controller = await startPolicy({ file: 'policy.ts' }, world);
    expect((await failureOf(controller.step(aWindow, never))).message).toBe(
      'The policy policy.ts did not answer step 1 within 0.3 s.',
    );
  });
});

describe('before the start', () => {
  const problemsOf = (folder: string, written: object, changes = {}): ReturnType<typeof checkProcessPolicy> =>
    checkProcessPolicy(optionsOf(written), worldIn(folder, changes));
  const folderWith = (text: string): string => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'policy.ts'), text);
    return folder;
  };

  test('a file that can be used has no problem', async () => {
    expect(await problemsOf(folderWith(policyWith('return [];')), { file: 'policy.ts' })).toEqual([]);
  });

  test('a file that cannot be used is refused', async () => {
    expect(await problemsOf(folderWith('export const createPolicy = {\n'), { file: 'policy.ts' })).toEqual([
      {
        severity: 'error',
        code: 'policy-unusable',
        message: 'The policy policy.ts cannot be used: policy.ts:2:0: ParseError: Unexpected token.',
        hint: 'It has to export createPolicy(options, context), as profiles/policies/headroom.ts does.',
      },
    ]);
  });

  test('a file that hangs is refused', async () => {
    const limits = { readyMs: 300, answerMs: 300 };
    expect(await problemsOf(folderWith('for (;;);'), { file: 'policy.ts' }, { limits })).toMatchObject([
      { message: 'The policy policy.ts cannot be used: importing it took longer than 0.3 s.' },
    ]);
  });

  test('what is missing is refused, with the folder from which it was looked for', async () => {
    const folder = temporaryFolder();
    const hint = `Relative paths are seen from the folder in which Scalelab is started, which is ${folder}.`;
    const problem = (message: string): object => ({ severity: 'error', code: 'policy-missing', message, hint });
    const missing = `ENOENT: no such file or directory, stat '${folder}`;

    expect(await problemsOf(folder, { file: 'gone.ts' })).toEqual([
      problem(`The policy gone.ts cannot be read: ${missing}/gone.ts'.`),
    ]);
    expect(await problemsOf(folder, { command: ['no-such-program', 'x'] })).toEqual([
      problem('The policy `no-such-program x` has no program: no-such-program is not on PATH.'),
    ]);
    expect(await problemsOf(folder, { command: ['./gone'] })).toEqual([
      problem('The policy `./gone` has no program: ./gone cannot be run.'),
    ]);
    expect(await problemsOf(folder, { command: ['sh', 'sub/gone.sh', '1'] })).toEqual([
      problem(`The policy \`sh sub/gone.sh 1\` has no program: sub/gone.sh cannot be read: ${missing}/sub/gone.sh'.`),
    ]);
    expect(await problemsOf(folder, { command: ['sh', './'] })).toEqual([
      problem('The policy `sh ./` has no program: ./ cannot be read: it is not an ordinary file.'),
    ]);
  });

  test.each([['-c', 'exit 0'], ['run'], ['http://127.0.0.1:80/x.py'], ['4.5']])(
    'an argument that is no file is left to the program: %s',
    async (...args) => {
      expect(await problemsOf(temporaryFolder(), { command: ['sh', ...args] })).toEqual([]);
    },
  );
});
