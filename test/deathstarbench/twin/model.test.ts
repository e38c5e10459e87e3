import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../../deathstarbench/client/compile-model.ts';
import type { Application, Service } from '../../../harness/application/application.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import {
  applicationOf as small,
  call,
  endpointOf,
  frontAndWork,
  operationOf,
  serviceOf,
} from '../small-application.ts';
import { applicationOf, twinProgram, whyNoTwin } from '../twin-rig.ts';

/** What the twin says about a model: nothing if it can be used. */
function check(text: string): string {
  const file = join(temporaryFolder(), 'model');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(twinProgram, ['check', '--model', file], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: stderr === '' ? 0 : 3, stdout: '' });
  return stderr.replace(`scalelab-twin: ${file}: `, '').trimEnd();
}

const text = compileModel(
  frontAndWork({
    changes: { quantities: [{ name: 'words', distribution: { kind: 'uniform', low: 1, high: 6 }, source: '' }] },
  }),
);
const withServices = (services: readonly Service[], application: Application = frontAndWork()): string =>
  compileModel({ ...application, services, endpoints: [] });

describe.skipIf(whyNoTwin() !== null)('a model', () => {
  test.for(['deathstarbench/social-network.yaml', 'deathstarbench/echo.yaml'])('%s can be used', (file) => {
    expect(check(compileModel(applicationOf(file)))).toBe('');
  });

  test('says the same in every unit of JavaScript', () => {
    const application = frontAndWork({ work: { startUpMs: 1e-7 }, micros: 1e10, changes: { cpuFirstShare: 1 / 3 } });
    expect(check(compileModel(application))).toBe('');
  });

  test.for([
    ['', 'line 1: the file ends here'],
    ['scalelab-model 2', 'line 1: the line is cut'],
    [text.replace('model 1', 'model 2'), 'line 1: 2 is not within 1 and 1'],
    [text.replace('cpu-first-share 0.5', 'cpu-share 0.5'), 'line 2: expected `cpu-first-share`, not `cpu-share 0.5`'],
    [text.replace('0.5', '1.5'), 'line 2: 1.5 is not within 0 and 1'],
    [text.replace('0.5', '0x1'), 'line 2: `0x1` is not a number'],
    [text.replace('0.5', 'nan'), 'line 2: `nan` is not a number'],
    [text.replace('0.5', '1e-1.5'), 'line 2: `1e-1.5` is not a number'],
    [text.replace('0.5', '-1'), 'line 2: `-1` is not a number'],
    [text.replace('0.5', '0.5 '), 'line 2: more than one space between two words, or one at the end'],
    [text.replace('share 0.5', 'share  0.5'), 'line 2: more than one space between two words, or one at the end'],
    [text.replace('0.5', '0.5\r'), 'line 2: a character that is not printable ASCII'],
    [text.replace('0.5', '0.5 0.5'), 'line 2: `cpu-first-share` with 2 words behind it'],
    [text.replace('3000', '1e9'), 'line 3: 1e9 is not within 0 and 1e+08'],
    [text.replace('quantities 1', 'quantities 65'), 'line 4: 65 is not within 0 and 64'],
    [
      text.replace('quantities 1', 'quantities 99999999999999999999'),
      'line 4: `99999999999999999999` is not a whole number',
    ],
    [text.replace('quantities 1', 'quantities 2'), 'line 6: expected `quantity`, not `services 2`'],
    [text.replace('uniform 1 6', 'uniform 6 1'), 'line 5: 1 is not within 6 and 1000000000'],
    [text.replace('uniform 1 6', 'uniform 1'), 'line 5: `quantity` with 3 words behind it'],
    [text.replace('uniform 1 6', 'zipf 1 6'), 'line 5: `zipf` is unknown here'],
    [
      text.replace('quantity words', `quantity ${'w'.repeat(64)}`),
      `line 5: \`${'w'.repeat(40)}...\` is longer than 63 characters`,
    ],
    [text.replace('front front', 'front back'), 'line 7: `back` is unknown here'],
    [text.replace('threads 64', 'threads 0'), 'line 9: 0 is not within 1 and 10000'],
    [text.replace('calls 1 0', 'calls 1'), 'line 16: a service without its operation'],
    [text.replace('step calls 1 0', 'step calls 1 0 1'), 'line 16: a service without its operation'],
    [text.replace('step calls 1 0', 'step calls 2 0'), 'line 16: there is no service 2'],
    [text.replace('step calls 1 0', 'step calls 1 1'), 'front/ask calls an operation that is not there'],
    [text.replace('step calls 1 0', 'step calls 0 0'), 'front/ask calls a front'],
    [text.replace('step calls 1 0', 'step choice 0.5 1'), 'line 16: `step choice` with 2 words behind it'],
    [text.replace('items', 'items 1'), 'line 14: there is no quantity 1'],
    [text.replace('posts', 'page'), 'line 27: `page` is unknown here'],
    [text.replace('GET /ask 0', 'GET /ask 1'), 'line 27: an endpoint that no front answers'],
    [text.replace('GET /ask 0 0', 'GET /ask 0 1'), 'line 27: there is no such operation'],
    [text.replace('posts', 'text'), 'line 28: expected `words`, not `parameters`'],
    [text.replace('end\n', ''), 'line 29: the file ends here'],
    [`${text}more\n`, 'line 29: there is more behind the end'],
  ] as const)('with another line, case %#: said with its line', ([wrong, message]) => {
    expect(check(wrong)).toBe(message);
  });

  test('in which an operation calls itself in the end is refused', () => {
    const services = [
      serviceOf('a', 'service', [operationOf('do', { steps: [call('b', 'do')] })]),
      serviceOf('b', 'service', [operationOf('do', { steps: [call('a', 'do')] })]),
    ];
    expect(check(withServices(services))).toBe('a/do calls itself in the end');
  });

  test('in which a request could do more than a million things is refused', () => {
    const twice = (service: string) => ({
      kind: 'parallel' as const,
      calls: [0, 1].map(() => ({ service, operation: 'do' })),
    });
    const services = Array.from({ length: 25 }, (_, index) =>
      serviceOf(`s${index}`, 'service', [operationOf('do', { steps: index === 24 ? [] : [twice(`s${index + 1}`)] })]),
    );
    expect(check(withServices(services))).toBe('s5/do may execute more than 1000000 operations');
  });

  test('in which calls go deeper than 64 is refused', () => {
    const services = Array.from({ length: 70 }, (_, index) =>
      serviceOf(`s${index}`, 'service', [
        operationOf('do', { steps: index === 69 ? [] : [call(`s${index + 1}`, 'do')] }),
      ]),
    );
    expect(check(withServices(services))).toBe('s64/do is called through more than 64 others');
  });

  test('with choices in choices in choices is refused', () => {
    const nested = (depth: number): Parameters<typeof operationOf>[1] => ({
      steps:
        depth === 0
          ? []
          : [{ kind: 'choice', on: '', chance: 0.5, then: nested(depth - 1)?.steps ?? [], otherwise: [] }],
    });
    expect(check(compileModel(small([serviceOf('a', 'front', [operationOf('x', nested(16))])], [])))).toBe('');
    expect(
      check(
        compileModel(small([serviceOf('a', 'front', [operationOf('x', nested(18))])], [endpointOf('/x', 'a', 'x')])),
      ),
    ).toBe('line 31: choices nest deeper than 16');
  });

  test('that is larger than any is refused', () => {
    expect(check(`${text}${'#'.repeat(5e6)}`)).toBe('larger than 4 MiB');
  });
});
