/**
 * The kernel's types as the programs declare them. libbpf lets a number be wider or narrower in the running kernel than in the
 * program only if both are unsigned: a signed `on_cpu` kept the tracer from loading on 7.3, where it is one byte.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

interface BtfType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly encoding?: string;
  readonly type_id?: number;
  readonly members?: readonly { readonly name: string; readonly type_id: number }[];
}

/** In a folder that root's PATH has and that of others may not. */
const bpftool = existsSync('/usr/sbin/bpftool') ? '/usr/sbin/bpftool' : 'bpftool';

/** The types in the compiled programs, by id. */
function compiledTypes(): ReadonlyMap<number, BtfType> {
  const object = join(temporaryFolder(), 'runq.bpf.o');
  const machine = execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim();
  const flags = ['-g', '-O2', '-target', 'bpf', '-idirafter', `/usr/include/${machine}-linux-gnu`];
  execFileSync('clang', [...flags, '-c', 'tracer/runq/runq.bpf.c', '-o', object], { stdio: 'pipe' });
  const dump = execFileSync(bpftool, ['btf', 'dump', '-j', 'file', object], { encoding: 'utf8' });
  // What bpftool prints is described in its manual; only the fields above are read.
  const { types } = JSON.parse(dump) as { readonly types: readonly BtfType[] };
  return new Map(types.map((type) => [type.id, type]));
}

test.skipIf(process.platform !== 'linux')(
  'whole numbers of the kernel are unsigned, so that their width may change',
  () => {
    const types = compiledTypes();
    const withoutNames = (id: number): BtfType | undefined => {
      const type = types.get(id);
      return type?.kind === 'TYPEDEF' && type.type_id !== undefined ? withoutNames(type.type_id) : type;
    };
    const numbers = [...types.values()]
      .filter(({ kind, name }) => kind === 'STRUCT' && ['task_struct', 'cfs_rq', 'kernfs_node'].includes(name))
      .flatMap(({ name, members = [] }) => members.map((member) => ({ of: name, ...member })))
      .flatMap(({ of, name, type_id }) => {
        const type = withoutNames(type_id);
        return type?.kind === 'INT' ? [`${of}.${name} ${type.encoding ?? ''}`] : [];
      });
    expect(new Set(numbers)).toEqual(
      new Set([
        'task_struct.__state (none)',
        'task_struct.on_cpu (none)',
        'task_struct.pid (none)',
        'task_struct.throttled BOOL',
        'cfs_rq.throttle_count (none)',
        'kernfs_node.id (none)',
      ]),
    );
  },
);
