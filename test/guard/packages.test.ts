import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readProjectFile } from './project-files.ts';

const dependencies = z.record(z.string(), z.string());
const packageFile = z.object({ version: z.string(), dependencies, devDependencies: dependencies });
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      integrity: z.string().optional(),
      dependencies: dependencies.optional(),
      devDependencies: dependencies.optional(),
    }),
  ),
});
const declared = packageFile.parse(JSON.parse(readProjectFile('package.json')));
const locked = lockFile.parse(JSON.parse(readProjectFile('package-lock.json'))).packages;
const pins = Object.entries({ ...declared.dependencies, ...declared.devDependencies });

describe('the same packages are installed everywhere', () => {
  test.each(pins)('%s is pinned to one version, and that version is locked: %s', (name, pin) => {
    const version = pin.replace(/^npm:.+@/, '');

    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    expect(locked[`node_modules/${name}`]?.version).toBe(version);
  });

  test('the lockfile was made from this package.json', () => {
    const { version, dependencies: runtime, devDependencies: development } = locked[''] ?? {};

    expect({ version, dependencies: runtime, devDependencies: development }).toEqual(declared);
  });

  test('every locked package has a checksum', () => {
    const without = Object.entries(locked).filter(([path, entry]) => path !== '' && entry.integrity === undefined);

    expect(without.map(([path]) => path)).toEqual([]);
  });
});
