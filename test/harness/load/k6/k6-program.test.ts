import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import { startChild } from '../../../../harness/core/process.ts';
import { K6Driver } from '../../../../harness/load/k6/k6-driver.ts';
import { findK6 } from '../../../../harness/load/k6/k6-program.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { exampleOrder } from './example-order.ts';

/** A program that says something when asked for its version. */
function placeProgram(says: string, name = 'k6'): { readonly folder: string; readonly path: string } {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\ntest "$1" = version && printf '%s\\n' "${says}"\n`, { mode: 0o755 });
  return { folder, path };
}

const find = (named: string | null, searchPath = ''): ReturnType<typeof findK6> =>
  findK6(startChild, named, searchPath);

const hint =
  'Install k6 1.5 or newer (https://grafana.com/docs/k6/latest/set-up/install-k6/; Debian has no package of its own), ' +
  'put it on PATH or name it by K6_BIN; or choose the built-in driver.';

test.each([
  ['k6 v1.5.0 (commit/0123456789, go1.25.4, linux/amd64)', '1.5.0'],
  ['k6 v1.10.2 (go1.26.1, linux/arm64)', '1.10.2'],
  ['k6 v2.2.0+14 (87883075, go1.26.8, linux/amd64)', '2.2.0+14'],
  ['k6 v2.3.0 (commit/0123456789, go1.26.8, linux/amd64)\nExtensions:\n  none v1.0.0', '2.3.0'],
])('%s can be used, and is %s', async (says, version) => {
  const { path } = placeProgram(says);

  expect(await find(path)).toEqual({ path, version });
});

test('it is found on PATH, and the one that was named wins', async () => {
  const onPath = placeProgram('k6 v2.0.0 (x)');
  const named = placeProgram('k6 v2.1.0 (x)', 'other');

  expect(await find(null, onPath.folder)).toEqual({ path: onPath.path, version: '2.0.0' });
  expect(await find(named.path, onPath.folder)).toEqual({ path: named.path, version: '2.1.0' });
});

describe('what cannot be used is told with what to do', () => {
  test('none at all', async () => {
    expect(await find(null, temporaryFolder())).toEqual({
      severity: 'error',
      code: 'k6-missing',
      message: 'The load driver is k6, and no program k6 is on PATH.',
      hint,
    });
  });

  test('a name of nothing that runs', async () => {
    expect(await find('/nowhere/k6')).toEqual({
      severity: 'error',
      code: 'k6-missing',
      message: 'K6_BIN names /nowhere/k6, which is not a program that can be run.',
      hint,
    });
  });

  test.each(['0.49.0', '1.4.2', '1.0.0'])('version %s', async (version) => {
    const { path } = placeProgram(`k6 v${version} (go1.21)`);

    expect(await find(path)).toEqual({
      severity: 'error',
      code: 'k6-too-old',
      message: `${path} is k6 ${version}; the load driver needs 1.5 or newer.`,
      hint,
    });
  });

  test.each([
    ['', 'said nothing'],
    ['usage: k6 FILE', 'said: usage: k6 FILE'],
  ])('another program, which says %j', async (says, told) => {
    const { path } = placeProgram(says);

    expect(await find(path)).toEqual({
      severity: 'error',
      code: 'k6-unusable',
      message: `${path} does not tell its version as k6 does: \`${path} version\` ${told}.`,
      hint,
    });
  });

  test('the driver tells it before a run, and refuses to prepare one', async () => {
    const searchPath = temporaryFolder();
    const driver = new K6Driver({
      runner: startChild,
      clock: systemClock,
      k6: null,
      searchPath,
      systemPath: searchPath,
      workload: null,
      cores: 2,
    });

    expect(await driver.check()).toMatchObject([{ severity: 'error', code: 'k6-missing' }]);
    const order = exampleOrder({ target: { url: 'http://127.0.0.1:1' }, workFolder: temporaryFolder() });
    await expect(driver.prepare(order, new AbortController().signal)).rejects.toMatchObject({
      code: 'machine-lacks',
      exitStatus: 3,
      message: 'The load driver is k6, and no program k6 is on PATH.',
      hint,
    });
  });
});
