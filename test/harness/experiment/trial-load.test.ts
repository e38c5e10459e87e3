import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trialLoad } from '../../../harness/experiment/trial-load.ts';
import type { LoadDriver } from '../../../harness/load/port.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { echoPlan } from '../testbed/local/application/application-plan.ts';

const { signal } = new AbortController();

test('the driver works in the folder of the trial, which is gone afterwards even if the driver does not end well', async () => {
  const { application } = echoPlan();
  if (application === null) throw new Error('no application');
  const workFolder = join(temporaryFolder(), 'load');
  const folders: string[] = [];
  const prepare: LoadDriver['prepare'] = (order) => {
    folders.push(order.workFolder);
    expect(existsSync(order.workFolder)).toBe(true);
    return Promise.resolve({
      go: () => Promise.reject(new Error('not asked for')),
      [Symbol.asyncDispose]: () => Promise.reject(new Error('it does not end')),
    });
  };
  const schedule = { dueMs: new Float64Array(), endpoint: new Uint8Array(), payloadSeed: new Uint32Array() };
  const driver: LoadDriver = { name: 'k6', check: () => Promise.resolve([]), prepare };
  const load = trialLoad(application, schedule, driver);
  const target = { url: 'http://127.0.0.1:1' };
  const prepared = await load.prepare({ target, generatorCpus: null, workFolder }, signal);
  await expect(prepared[Symbol.asyncDispose]()).rejects.toThrow('it does not end');
  expect(folders).toEqual([workFolder]);
  expect(existsSync(workFolder)).toBe(false);
});
