import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const projectRoot = join(import.meta.dirname, '../..');

/** Calls the real set-up with a machine made of the values given. */
const driver = `import { setUp } from './setup.mjs';
const machine = JSON.parse(process.argv[2]);
process.exitCode = setUp({
  ...machine,
  environment: process.env,
  searchPath: () => [machine.programFolder],
  print: (text) => process.stdout.write(text),
});
`;

/** Every fake program first writes down how it was called, then does what FAIL or KILL ask for. */
const shellHead = (name: string): string => `#!/bin/sh
echo "${name} $*" >> "$RECORD"
case "$KILL" in "${name} $2") kill -9 $PPID;; "${name}") kill -9 $PPID;; esac
`;
const nodeHead = (
  name: string,
): string => `const { appendFileSync, mkdirSync, readdirSync, writeFileSync } = await import('node:fs');
appendFileSync(process.env.RECORD, '${name}\\n');
if (process.env.KILL === '${name}') process.kill(process.ppid, 'SIGKILL');
if (process.env.FAIL === '${name}') {
  console.log('harness/core.ts(1,1): error TS1005');
  process.exit(2);
}
`;

const fakePrograms: Readonly<Record<string, string>> = {
  npm: `${shellHead('npm')}
/bin/sleep "\${NPM_SECONDS:-0}"
[ "$FAIL" = npm ] && { echo "npm error network is down"; exit 1; }
/bin/rm -rf node_modules && /bin/mkdir -p node_modules/typescript7/bin
/bin/cp fakes/tsc node_modules/typescript7/bin/tsc
`,
  make: `${shellHead('make')}
[ "$FAIL" = "make $2" ] && { echo "clang -O2"; echo "rule.h:7: error: expected ';'"; echo "make: *** Error 1"; exit 2; }
/bin/mkdir -p build/native && : > "build/native/scalelab-\${2##*/}"
`,
  'apt-get': `${shellHead('apt-get')}
[ "$1" = update ] && : > updated
[ "$1" = install ] && [ -n "$APT_NEEDS_UPDATE" ] && [ ! -e updated ] && { echo "E: Unable to locate package"; exit 100; }
[ "$FAIL" = apt-get ] && { echo "Err:1 bookworm InRelease"; echo "E: Unable to fetch some archives"; exit 100; }
[ "$1" = install ] && for package in $APT_BRINGS; do : > "\${0%/*}/$package"; /bin/chmod +x "\${0%/*}/$package"; done
exit 0
`,
};

/** Compiles by copying: every source has its file in dist. */
const fakeCompiler = `(async () => {
${nodeHead('tsc')}
mkdirSync('dist/harness/cli', { recursive: true });
for (const name of readdirSync('harness')) {
  if (name.endsWith('.ts')) writeFileSync('dist/harness/' + name.replace('.ts', '.js'), '');
}
writeFileSync('dist/harness/cli/main.js', '');
})();
`;
const fakePageBuild = `${nodeHead('page')}
mkdirSync('dist/harness/report', { recursive: true });
writeFileSync('dist/harness/report/page.js', '');
`;

const systemPrograms = ['gcc', 'clang', 'llvm-strip', 'bpftool', 'stress', 'chromium'];
const systemHeaders = ['stdio.h', 'bpf/libbpf.h', 'libelf.h', 'zlib.h', 'fuzzer/FuzzedDataProvider.h'];

export interface Machine {
  readonly userId?: number;
  readonly osRelease?: string;
  readonly platform?: string;
  readonly nodeVersion?: string;
  readonly forTests?: boolean;
  readonly noInstall?: boolean;
  readonly quiet?: boolean;
}

export interface SetupRun {
  /** With durations replaced by \`N s\`. */
  readonly output: string;
  readonly exitCode: number | null;
  /** The fake programs that this run called, with their arguments, in order. */
  readonly calls: readonly string[];
}

/** A small checkout with the real setup.mjs, on a machine whose programs are all fake. */
export class ScratchCheckout implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'scalelab-setup-'));
  readonly #record = join(this.root, 'record');

  constructor() {
    copyFileSync(join(projectRoot, 'setup.mjs'), join(this.root, 'setup.mjs'));
    this.write('driver.mjs', driver);
    this.write('package.json', '{ "type": "module", "engines": { "node": ">=20.19" } }');
    this.write('package-lock.json', '{}');
    this.write('fakes/tsc', fakeCompiler);
    this.write('harness/core.ts', '');
    this.write('harness/report/page/build.mjs', fakePageBuild);
    this.write('tracer/runq/runq.c', '');
    this.write('tracer/workload/canary.c', '');
    this.write('deathstarbench/twin/twin.c', '');
    for (const [name, text] of Object.entries(fakePrograms)) this.addProgram(name, text);
    for (const name of systemPrograms) this.addProgram(name, '#!/bin/sh\n');
    for (const name of systemHeaders) this.write(`include/${name}`, '');
  }

  path(path: string): string {
    return join(this.root, path);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true, force: true });
  }

  addProgram(name: string, text: string): void {
    this.write(`programs/${name}`, text);
    chmodSync(this.path(`programs/${name}`), 0o755);
  }

  /** Runs set-up; the environment steers the fake programs. */
  async run(machine: Machine = {}, environment: Readonly<Record<string, string>> = {}): Promise<SetupRun> {
    rmSync(this.#record, { force: true });
    const { output, exitCode } = await this.spawn(['driver.mjs', JSON.stringify(this.#machine(machine))], environment);
    const calls = existsSync(this.#record) ? readFileSync(this.#record, 'utf8').trimEnd().split('\n') : [];
    return { output: output.replaceAll(/\d+\.\d s/g, 'N s'), exitCode, calls };
  }

  spawn(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ output: string; exitCode: number | null }> {
    const child = spawn(process.execPath, [...args], {
      cwd: this.root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { RECORD: this.#record, ...environment },
    });
    let output = '';
    const add = (text: string): void => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    return new Promise((resolve) => {
      child.on('close', (exitCode) => {
        resolve({ output, exitCode });
      });
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #machine(machine: Machine): Record<string, unknown> {
    return {
      root: this.root,
      platform: 'linux',
      nodeVersion: '20.19.0',
      userId: 0,
      osRelease: 'ID=debian\n',
      programFolder: this.path('programs'),
      headerFolders: [this.path('include')],
      ...machine,
    };
  }
}
