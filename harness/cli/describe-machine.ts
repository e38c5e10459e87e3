import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { cpus, hostname, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../core/package-root.ts';
import type { Machine, Versions } from '../store/manifest.ts';

export function readVersions(): Versions {
  // Our own file; npm does not publish a package without a version.
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return { scalelab: version, node: process.versions.node, v8: process.versions.v8, git: gitState() };
}

export function readMachine(): Machine {
  const all = cpus();
  return {
    hostname: hostname(),
    platform: `${process.platform}-${process.arch}`,
    kernel: release(),
    cpuModel: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
  };
}

/** The commit of our own checkout; null if this is none, be it that it lies inside another one. */
function gitState(): string | null {
  try {
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== realpathSync(packageRoot)) return null;
    const isDirty = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', 'HEAD')}${isDirty ? '-dirty' : ''}`;
  } catch {
    return null;
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: packageRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
