import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScratchCheckout } from './rig/scratch-checkout.ts';

let checkout: ScratchCheckout;
beforeEach(() => {
  checkout = new ScratchCheckout();
});
afterEach(() => {
  checkout[Symbol.dispose]();
});

const npmCi = 'npm ci --include=dev --no-audit --no-fund';
const makeTracer = 'make -C tracer/runq -B --no-print-directory';
const makeWorkload = 'make -C tracer/workload -B --no-print-directory';
const makeTwin = 'make -C deathstarbench/twin -B --no-print-directory';
const everyStep = [npmCi, 'tsc', 'page', makeTracer, makeWorkload, makeTwin];
const nothingToDo = 'setup: nothing to do (N s)\n';

describe('what changed is made, the rest is left alone', () => {
  test('a fresh checkout gets its packages, then everything is built, and the program can be started', async () => {
    const run = await checkout.run();

    expect(run.calls).toEqual(everyStep);
    expect(run.output).toBe(
      'setup: npm ci ... N s\n' +
        'setup: building TypeScript ... N s\n' +
        "setup: building the report's page ... N s\n" +
        'setup: building the run-queue tracer ... N s\n' +
        'setup: building canary and spinner ... N s\n' +
        'setup: building the twin of the services ... N s\n',
    );
    expect(run.exitCode).toBe(0);
    expect(statSync(checkout.path('dist/harness/cli/main.js')).mode & 0o111).toBe(0o111);
  });

  test('a second run calls nothing and says so in one line, and with --quiet in none', async () => {
    await checkout.run();

    expect(await checkout.run()).toEqual({ output: nothingToDo, exitCode: 0, calls: [] });
    expect(await checkout.run({ quiet: true })).toEqual({ output: '', exitCode: 0, calls: [] });
  });

  test('another lockfile installs the packages again and builds what they may have changed', async () => {
    await checkout.run();
    checkout.write('package-lock.json', '{ "packages": {} }');

    expect((await checkout.run()).calls).toEqual([npmCi, 'tsc', 'page']);
  });

  test.each([
    ['harness/core.ts', ['tsc', 'page']],
    ['harness/report/page/page.css', ['page']],
    ['tracer/runq/runq.c', [makeTracer]],
    ['tracer/workload/spinner.c', [makeWorkload]],
    ['deathstarbench/twin/pool.c', [makeTwin]],
  ])('an edit of %s builds only what is made of it', async (path, calls) => {
    await checkout.run();
    checkout.write(path, '// edited');

    expect((await checkout.run()).calls).toEqual(calls);
  });

  test('a source that is back to an earlier text is built again', async () => {
    await checkout.run();
    checkout.write('harness/core.ts', '// edited');
    await checkout.run();
    checkout.write('harness/core.ts', '');

    expect((await checkout.run()).calls).toEqual(['tsc', 'page']);
  });

  test('the built file of a deleted source does not live on', async () => {
    checkout.write('harness/old.ts', '');
    await checkout.run();
    expect(existsSync(checkout.path('dist/harness/old.js'))).toBe(true);
    checkout.remove('harness/old.ts');
    await checkout.run();

    expect(existsSync(checkout.path('dist/harness/old.js'))).toBe(false);
  });

  test.each([
    ['node_modules', [npmCi]],
    ['dist', ['tsc', 'page']],
    ['dist/harness/report/page.js', ['page']],
    ['build', ['tsc', 'page', makeTracer, makeWorkload, makeTwin]],
  ])('whoever deletes %s gets it back', async (path, calls) => {
    await checkout.run();
    checkout.remove(path);

    expect((await checkout.run()).calls).toEqual(calls);
    expect(existsSync(checkout.path(path))).toBe(true);
  });

  test('a published package, which has no lockfile, only gets its native programs', async () => {
    checkout.remove('package-lock.json');

    expect((await checkout.run()).calls).toEqual([makeTracer, makeWorkload, makeTwin]);
  });

  test('another system than Linux gets no native programs and is asked for no packages', async () => {
    checkout.remove('programs/clang');

    expect(await checkout.run({ platform: 'darwin' })).toEqual({
      calls: [npmCi, 'tsc', 'page'],
      output:
        'setup: npm ci ... N s\nsetup: building TypeScript ... N s\n' + "setup: building the report's page ... N s\n",
      exitCode: 0,
    });
  });
});

describe('interruptions and failures', () => {
  test.each([
    ['npm', everyStep],
    ['tsc', ['tsc', 'page', makeTracer, makeWorkload, makeTwin]],
    ['page', ['page', makeTracer, makeWorkload, makeTwin]],
    ['make tracer/runq', [makeTracer, makeWorkload, makeTwin]],
    ['make tracer/workload', [makeWorkload, makeTwin]],
    ['make deathstarbench/twin', [makeTwin]],
  ])('a set-up that was killed in %s takes up its work there', async (step, calls) => {
    expect((await checkout.run({}, { KILL: step })).exitCode).toBeNull();

    expect((await checkout.run()).calls).toEqual(calls);
    expect((await checkout.run()).output).toBe(nothingToDo);
  });

  test('a rebuild that was killed is done again although the sources are back to what was last built', async () => {
    await checkout.run();
    checkout.write('harness/core.ts', '// edited');
    await checkout.run({}, { KILL: 'tsc' });
    checkout.write('harness/core.ts', '');

    expect((await checkout.run()).calls).toEqual(['tsc', 'page']);
  });

  test('a tracer that does not build costs one line, and is tried again the next time', async () => {
    const run = await checkout.run({}, { FAIL: 'make tracer/runq' });

    expect(run.exitCode).toBe(0);
    expect(run.output).toContain(
      'setup: building the run-queue tracer ... failed\n' +
        "setup: rule.h:7: error: expected ';' (whole log: build/setup.log); " +
        'run-queue wait then comes from schedstat: counts and means, no histogram\n' +
        'setup: building canary and spinner ... N s\n',
    );
    expect(readFileSync(checkout.path('build/setup.log'), 'utf8')).toContain(`$ ${makeTracer}\nclang -O2\n`);
    expect((await checkout.run()).calls).toEqual([makeTracer]);
  });

  test('a missing make is named like any other failure', async () => {
    checkout.remove('programs/make');
    const run = await checkout.run({ noInstall: true });

    expect(run.exitCode).toBe(0);
    expect(run.output).toContain('setup: building canary and spinner ... failed\nsetup: spawnSync make ENOENT');
  });

  test('TypeScript that does not build ends set-up with what the compiler says', async () => {
    const run = await checkout.run({}, { FAIL: 'tsc' });

    expect(run).toEqual({
      calls: [npmCi, 'tsc'],
      output:
        'setup: npm ci ... N s\nsetup: building TypeScript ... failed\n' +
        'setup: building TypeScript failed:\nharness/core.ts(1,1): error TS1005\n',
      exitCode: 1,
    });
  });

  test('packages that cannot be installed end set-up, and are tried again', async () => {
    const run = await checkout.run({}, { FAIL: 'npm' });

    expect(run.exitCode).toBe(3);
    expect(run.output).toBe('setup: npm ci ... failed\nsetup: npm ci failed:\nnpm error network is down\n');
    expect((await checkout.run()).calls).toEqual(everyStep);
  });

  test.each(['18.20.4', '20.18.1'])('Node %s is too old, and nothing is touched', async (nodeVersion) => {
    expect(await checkout.run({ nodeVersion })).toEqual({
      output: `setup: Scalelab needs Node 20.19 or newer; this is Node ${nodeVersion}.\n`,
      exitCode: 3,
      calls: [],
    });
    expect(existsSync(checkout.path('build'))).toBe(false);
  });

  const flock = ['/usr/bin/flock', '/bin/flock'].find((path) => existsSync(path));
  test.skipIf(flock === undefined)('of two set-ups at once one works and the other waits', async () => {
    symlinkSync(flock ?? '', checkout.path('programs/flock'));
    const slow = { NPM_SECONDS: '0.5' };
    const runs = await Promise.all([checkout.run({}, slow), checkout.run({}, slow)]);

    const waited = `setup: another set-up is running here; waiting for it\n${nothingToDo}`;
    expect(runs.map((run) => run.exitCode)).toEqual([0, 0]);
    expect(runs.map((run) => run.output)).toContain(waited);
    // Both write to one record.
    expect(runs.map((run) => run.calls)).toContainEqual(everyStep);
  });
});

describe('system packages', () => {
  const install = 'apt-get install -y --no-install-recommends';

  test('root on Debian sees the command before it runs, and then everything is there', async () => {
    checkout.remove('programs/stress');
    checkout.remove('programs/clang');
    const killed = await checkout.run({}, { KILL: 'apt-get' });
    expect(killed.output).toBe(`setup: missing: clang, stress\nsetup: ${install} clang stress ... `);

    const run = await checkout.run({}, { APT_BRINGS: 'clang stress' });
    expect(run.calls).toEqual([`${install} clang stress`, ...everyStep]);
    expect((await checkout.run()).output).toBe(nothingToDo);
  });

  test('a derivative of Debian counts as Debian', async () => {
    checkout.remove('include/zlib.h');
    const run = await checkout.run({ osRelease: 'NAME="Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n' });

    expect(run.calls[0]).toBe(`${install} zlib1g-dev`);
  });

  test('Ubuntu has bpftool and the browser under other names', async () => {
    checkout.remove('programs/bpftool');
    checkout.remove('programs/chromium');
    const run = await checkout.run({ osRelease: 'ID=ubuntu\nID_LIKE=debian\n', forTests: true });

    expect(run.calls[0]).toBe(`${install} linux-tools-generic chromium-browser`);
  });

  test('the browser and the libraries for fuzzing are only asked for by the tests', async () => {
    checkout.remove('programs/chromium');
    checkout.remove('include/fuzzer');

    expect((await checkout.run()).calls).toEqual(everyStep);
    expect((await checkout.run({ forTests: true })).calls).toEqual([`${install} libclang-rt-dev chromium`]);
  });

  test('package lists are fetched when the first try fails, and then it is tried again', async () => {
    checkout.remove('programs/stress');
    const run = await checkout.run({}, { APT_NEEDS_UPDATE: '1', APT_BRINGS: 'stress' });

    expect(run.calls.slice(0, 3)).toEqual([`${install} stress`, 'apt-get update', `${install} stress`]);
    expect(run.output).toContain(
      `setup: ${install} stress ... failed\nsetup: apt-get update ... N s\nsetup: ${install} stress ... N s\n`,
    );
  });

  test('an apt that fails is quoted, and set-up goes on', async () => {
    checkout.remove('programs/stress');
    const run = await checkout.run({}, { FAIL: 'apt-get' });

    expect(run.exitCode).toBe(0);
    expect(run.output).toContain(
      'setup: apt failed; going on with what is there. Its last lines (all of it: build/setup.log):\n' +
        'Err:1 bookworm InRelease\nE: Unable to fetch some archives\nsetup: npm ci ... N s\n',
    );
    expect(run.calls.slice(-everyStep.length)).toEqual(everyStep);
  });

  test('what apt does not bring is not asked of it again, until something else is missing', async () => {
    checkout.remove('programs/stress');
    expect((await checkout.run()).output).toContain('setup: still missing: stress\n');

    expect(await checkout.run()).toEqual({
      output: `setup: missing: stress; apt did not bring it\n${nothingToDo}`,
      exitCode: 0,
      calls: [],
    });
    checkout.remove('programs/clang');
    expect((await checkout.run()).calls).toEqual([`${install} clang stress`]);
  });

  test.each([
    ['--no-install forbids it', { noInstall: true }, `${install} stress`],
    ['the user is not root', { userId: 1000 }, `sudo ${install} stress`],
    [
      'the system is Fedora',
      { userId: 1000, osRelease: 'ID=nobara\nID_LIKE="fedora"\n' },
      'sudo dnf install -y stress',
    ],
    ['the system is Arch', { osRelease: 'ID=arch\n' }, 'pacman -S --needed stress'],
  ])('one command is printed and nothing installed when %s', async (_case, machine, command) => {
    checkout.remove('programs/stress');
    const run = await checkout.run(machine);

    expect(run.output.split('\n')[0]).toBe(`setup: missing: stress; this would install them: ${command}`);
    expect(run.calls).toEqual(everyStep);
    expect((await checkout.run({ ...machine, quiet: true })).output).toBe('');
  });

  test('on a system that we do not know the names are printed', async () => {
    checkout.remove('programs/stress');
    const run = await checkout.run({ osRelease: 'ID=nixos\n' });

    expect(run.output.split('\n')[0]).toBe(
      'setup: missing: stress; install them with the package manager of this system',
    );
  });
});

describe('the command line', () => {
  test('--help explains the options and changes nothing', async () => {
    const { output, exitCode } = await checkout.spawn(['setup.mjs', '--help']);

    expect(output).toMatch(/^Usage: node setup\.mjs \[options\]\n/);
    expect(exitCode).toBe(0);
    expect(existsSync(checkout.path('build'))).toBe(false);
  });

  test('an unknown option is an error of usage', async () => {
    expect((await checkout.spawn(['setup.mjs', '--for-test'])).exitCode).toBe(2);
  });
});
