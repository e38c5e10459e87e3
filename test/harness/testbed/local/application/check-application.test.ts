import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Problem } from '../../../../../harness/core/errors.ts';
import type { Plan } from '../../../../../harness/plan/plan.ts';
import {
  checkApplication,
  type CheckedMachine,
} from '../../../../../harness/testbed/local/application/check-application.ts';
import type { LocalDependencies } from '../../../../../harness/testbed/local/local-dependencies.ts';
import { temporaryFolder } from '../../../../rig/temporary-folder.ts';
import { echoPlan } from './application-plan.ts';
import { localDependencies } from './application-rig.ts';

const twoCores: CheckedMachine = { cpus: [0, 1], lacks: [] };

function check(
  plan: Plan,
  machine: Partial<CheckedMachine> = {},
  changes: Partial<LocalDependencies> = {},
): Promise<Problem[]> {
  if (plan.application === null) throw new Error('no application');
  const dependencies = localDependencies('unused', { twin: process.execPath, ...changes });
  return checkApplication(plan, plan.application, dependencies, { ...twoCores, ...machine });
}

const limited = (allocation: Readonly<Record<string, unknown>>): Plan =>
  echoPlan({ arms: [{ name: 'small', allocation: { services: { echo: allocation } } }, { name: 'large' }] });

test('nothing stands in the way of an application on a machine that has it all', async () => {
  expect(await check(echoPlan())).toEqual([]);
});

test('what was not built is named with the command that builds it', async () => {
  expect(await check(echoPlan(), {}, { twin: '/nowhere/scalelab-twin' })).toEqual([
    {
      ...{ severity: 'error', code: 'twin-missing' },
      ...{ message: '/nowhere/scalelab-twin is not there.', hint: 'Run `node setup.mjs`.' },
    },
  ]);
});

test('a folder for what replicas share must be there', async () => {
  expect(await check(echoPlan(), {}, { temporaryFolder: '/nowhere' })).toEqual([
    {
      ...{ severity: 'error', code: 'temporary-folder-not-writable' },
      message: 'The folder /nowhere for what replicas share is not writable.',
      hint: 'Set TMPDIR to another folder, such as /tmp.',
    },
  ]);
});

test('one whose path is too long for a socket is refused', async () => {
  const folder = join(temporaryFolder(), 'x'.repeat(60));
  mkdirSync(folder);
  expect(await check(echoPlan(), {}, { temporaryFolder: folder })).toEqual([
    {
      ...{ severity: 'error', code: 'temporary-folder-too-long' },
      message: `The path of the folder ${folder} is too long: sockets lie in it, with at most 107 bytes.`,
      hint: 'Set TMPDIR to another folder, such as /tmp.',
    },
  ]);
});

test('CPUs that are not there, and those that both want, are refused', async () => {
  const testbed = { kind: 'local', applicationCpus: '0-1', harnessCpus: '1' };
  expect(await check(echoPlan({ testbed }))).toMatchObject([
    {
      severity: 'error',
      code: 'cpus-wrong',
      message: 'The testbed gives CPU 1 to both the application and the harness.',
    },
  ]);
  expect(await check(echoPlan({ testbed: { ...testbed, applicationCpus: '5' } }))).toMatchObject([
    { code: 'cpus-wrong', message: 'The testbed names CPU 5; there are CPUs 0-1 for us.' },
  ]);
});

test('without `taskset` the harness cannot keep to its own CPUs, unless there is only one', async () => {
  expect(await check(echoPlan(), {}, { taskset: null })).toEqual([
    {
      ...{ severity: 'error', code: 'taskset-missing' },
      message: '`taskset` is not installed: the harness cannot be kept off the CPUs of the application.',
      hint: 'apt-get install util-linux',
    },
  ]);
  expect(await check(echoPlan(), { cpus: [0] }, { taskset: null })).toMatchObject([{ code: 'cpus-shared' }]);
});

test('without the cpuset controller affinity does its work, and it is said', async () => {
  expect(await check(echoPlan(), { lacks: ['cpuset'] })).toMatchObject([
    {
      ...{ severity: 'warning', code: 'cpuset-missing' },
      message:
        'There is no cpuset controller for us: replicas are bound to their CPUs by affinity, which they may change.',
    },
  ]);
});

test('without the memory controller an allocation that limits memory is refused, and no other', async () => {
  const lacks = { lacks: ['memory'] } as const;
  expect(await check(limited({ memory: '64 MiB' }), lacks)).toMatchObject([
    {
      ...{ severity: 'error', code: 'memory-controller-missing' },
      message: 'The arm small limits the memory of echo, but there is no memory controller for us.',
    },
  ]);
  expect(await check(limited({ cpu: '0.5 cores' }), lacks)).toEqual([]);
});

test('memory limits that add up to more than there is are a warning', async () => {
  const mebibytes = Math.ceil(totalmem() / 2 ** 20 / 4);
  expect(await check(limited({ memory: `${mebibytes} MiB`, replicas: 5 }))).toMatchObject([
    {
      ...{ severity: 'warning', code: 'memory-overcommitted' },
      message: `The memory limits of the arm small add up to ${5 * mebibytes} MiB; this machine has ${Math.round(totalmem() / 2 ** 20)} MiB.`,
    },
  ]);
});

test('a port that is in use is refused, and who holds it is named', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = readFileSync('/proc/self/comm', 'utf8').trim();
  expect(await check(echoPlan({ testbed: { kind: 'local', port } }))).toEqual([
    {
      ...{ severity: 'error', code: 'port-in-use' },
      message: `Port ${port} of 127.0.0.1 is in use by ${name} (process ${process.pid}).`,
      hint: 'End it, name another with `testbed: { kind: local, port: N }`, or leave it out.',
    },
  ]);
});

test('a service must not be called like a group of ours', async () => {
  const plan = echoPlan();
  const { application } = plan;
  if (application === null) throw new Error('no application');
  const { model } = application;
  const services = model.services.map((service) => ({ ...service, name: 'canary' }));
  const renamed = { ...plan, application: { ...application, model: { ...model, services: services.slice(0, 1) } } };
  expect(await check(renamed)).toMatchObject([
    { code: 'service-name-taken', message: 'A service of the application is called canary, as a group of our own.' },
  ]);
});
