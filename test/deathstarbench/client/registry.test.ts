import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Registry } from '../../../deathstarbench/client/registry.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const entry = (replica: string) => ({ service: 'text-service', replica, port: 4000 });

test('it holds a line for each replica, and nothing of earlier versions is left behind', async () => {
  const folder = temporaryFolder();
  const registry = new Registry(join(folder, 'replicas'));
  // Not waited for: the last call is the last word all the same.
  const published = Array.from({ length: 20 }, (_, index) => registry.publish([entry(`text-${index}`)]));
  published.push(registry.publish([entry('text-a'), entry('text-b')]));
  await Promise.all(published);
  expect(readFileSync(join(folder, 'replicas'), 'utf8')).toBe('text-service text-a 4000\ntext-service text-b 4000\n');
  expect(readdirSync(folder)).toEqual(['replicas']);
});

test('a version that could not be written is an error, and the next one is tried all the same', async () => {
  const registry = new Registry(join(temporaryFolder(), 'missing', 'replicas'));
  await expect(registry.publish([])).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(registry.publish([])).rejects.toMatchObject({ code: 'ENOENT' });
});
