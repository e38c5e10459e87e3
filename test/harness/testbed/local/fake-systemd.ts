import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type ProcessRunner } from '../../../../harness/core/process.ts';
import type { Subtree } from '../../../../harness/testbed/local/subtree.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

/** It really runs the command of a unit until that has its holder; `sleep` ends with the program, as its group does. */
const systemdRun = `
for argument; do case "$argument" in --unit=*) unit="\${argument#--unit=}" ;; esac; done
if [ -d "$slice/$unit" ]; then echo "Failed to start transient service unit: Unit $unit was already loaded." >&2; exit 1; fi
mkdir "$slice/$unit"
while [ "$1" != /bin/sh ]; do shift; done
"$@" &
while ! [ -s "$slice/$unit/scalelab-holder/cgroup.procs" ]; do sleep 0.01; done
`;

const systemctl = `
[ -d "$slice/$2" ] || { echo "Failed to stop $2: Unit $2 not loaded." >&2; exit 5; }
rm -r "$slice/$2"
`;

/** Programs that do to a folder what systemd does to the cgroups. */
export class FakeSystemd {
  readonly #folder = temporaryFolder();
  readonly slice = join(this.#folder, 'cgroup', 'system.slice');
  readonly path = join(this.slice, 'ours.service');
  readonly subtrees: readonly Subtree[] = [
    { path: this.path, version: 2, controllers: ['cpuacct'], unit: 'ours.service' },
  ];

  constructor() {
    mkdirSync(this.slice, { recursive: true });
    this.program('systemd-run', systemdRun);
    this.program('systemctl', systemctl);
  }

  /** Replaces one of them by another shell script. */
  program(name: string, script: string): void {
    const file = join(this.#folder, name);
    writeFileSync(file, `#!/bin/sh\necho "\${0##*/} $*" >> '${this.#log}'\nslice='${this.slice}'\n${script}`);
    chmodSync(file, 0o755);
  }

  readonly runner: ProcessRunner = (file, args, options) => startChild(join(this.#folder, file), args, options);

  /** What was run so far. */
  commands(): readonly string[] {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8').split('\n').filter(Boolean) : [];
  }

  get #log(): string {
    return join(this.#folder, 'commands');
  }
}
