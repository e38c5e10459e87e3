#!/usr/bin/env node
// Brings a machine to the point where everything runs. `npm start` and `npm test` begin with it, so it has no dependencies, and
// its syntax is old enough for an old Node to reach the line that names the version needed.
//
// Each step knows its inputs by content. It takes its stamp away before it starts and writes it when it is done, so a step that
// was interrupted anywhere runs again, and a step whose inputs are the same does nothing.
//
// It is longer than other files because it is one: a file that can be read before it is trusted with a root shell, and in which a
// third is the two tables of what is needed and what is built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const help = `Usage: node setup.mjs [options]

Installs npm packages, builds everything that changed, and installs missing system packages
(with apt, as root on Debian or Ubuntu; elsewhere it prints the command).

  --for-tests    also what the tests need (chromium, clang's libraries for fuzzing)
  --no-install   install no system packages, print the command instead
  --quiet        print only what is done or fails
  --help         this text

Example: node setup.mjs --no-install
`;

/** Programs and headers that come from the system, and the packages that hold them. Our native programs are linked statically. */
const systemNeeds = [
  { program: 'make', apt: 'make', dnf: 'make', pacman: 'make' },
  { program: 'gcc', apt: 'gcc', dnf: 'gcc', pacman: 'gcc' },
  { header: 'stdio.h', apt: 'libc6-dev', dnf: 'glibc-static', pacman: 'glibc' },
  { program: 'clang', apt: 'clang', dnf: 'clang', pacman: 'clang' },
  { program: 'llvm-strip', apt: 'llvm', dnf: 'llvm', pacman: 'llvm' },
  // Ubuntu before 25.04 has no package bpftool: the program is part of the kernel's tools.
  { program: 'bpftool', apt: 'bpftool', ubuntu: 'linux-tools-generic', dnf: 'bpftool', pacman: 'bpf' },
  { header: 'bpf/libbpf.h', apt: 'libbpf-dev', dnf: 'libbpf-static', pacman: 'libbpf' },
  { header: 'libelf.h', apt: 'libelf-dev', dnf: 'elfutils-libelf-devel-static', pacman: 'libelf' },
  { header: 'zlib.h', apt: 'zlib1g-dev', dnf: 'zlib-static', pacman: 'zlib' },
  { program: 'stress', apt: 'stress', dnf: 'stress', pacman: 'stress' },
  // libFuzzer and the sanitizers of clang.
  {
    header: 'fuzzer/FuzzedDataProvider.h',
    apt: 'libclang-rt-dev',
    dnf: 'compiler-rt',
    pacman: 'compiler-rt',
    tests: true,
  },
  {
    program: 'chromium',
    apt: 'chromium',
    ubuntu: 'chromium-browser',
    dnf: 'chromium',
    pacman: 'chromium',
    tests: true,
  },
];

/** In this order. `checkout` steps make what a published package already contains. make(1) goes by times, we by content: hence -B. */
const steps = [
  {
    name: 'npm-packages',
    title: 'npm ci',
    // NODE_ENV=production must not keep the compiler away.
    command: ['npm', 'ci', '--include=dev', '--no-audit', '--no-fund'],
    sources: ['package-lock.json'],
    stamp: 'node_modules/.scalelab-setup',
    output: 'node_modules',
    checkout: true,
    exitStatus: 3,
  },
  {
    name: 'typescript',
    title: 'building TypeScript',
    command: [process.execPath, 'node_modules/typescript7/bin/tsc', '-p', 'tsconfig.build.json'],
    sources: ['harness', 'tracer', 'deathstarbench', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    only: /\.(ts|json)$/,
    // Files of deleted sources must not live on. The page goes too; its step sees that and makes it again.
    before: (root) => fs.rmSync(join(root, 'dist'), { recursive: true, force: true }),
    output: 'dist/harness/cli/main.js',
    after: (root) => fs.chmodSync(join(root, 'dist/harness/cli/main.js'), 0o755),
    checkout: true,
    exitStatus: 1,
  },
  {
    name: 'page',
    title: "building the report's page",
    command: [process.execPath, 'harness/report/page/build.mjs'],
    sources: ['harness/report', 'package-lock.json'],
    output: 'dist/harness/report/page.js',
    checkout: true,
    exitStatus: 1,
  },
  {
    name: 'runq',
    title: 'building the run-queue tracer',
    command: ['make', '-C', 'tracer/runq', '-B', '--no-print-directory'],
    sources: ['tracer/runq'],
    output: 'build/native/scalelab-runq',
    linux: true,
    without: 'run-queue wait then comes from schedstat: counts and means, no histogram',
  },
  {
    name: 'workload',
    title: 'building canary and spinner',
    command: ['make', '-C', 'tracer/workload', '-B', '--no-print-directory'],
    sources: ['tracer/workload'],
    output: 'build/native/scalelab-workload',
    linux: true,
    without: 'the local testbed then cannot run',
  },
  {
    name: 'twin',
    title: 'building the twin of the services',
    command: ['make', '-C', 'deathstarbench/twin', '-B', '--no-print-directory'],
    sources: ['deathstarbench/twin'],
    output: 'build/native/scalelab-twin',
    linux: true,
    without: 'the local testbed then has no application',
  },
];

const logPath = 'build/setup.log';

/** A step that everything after it needs has failed. */
class SetupFailure extends Error {
  constructor(message, exitStatus) {
    super(message);
    this.exitStatus = exitStatus;
  }
}

/**
 * Does everything that is missing; returns the exit status.
 * @param world what it looks at and changes: see `thisMachine`, which tests replace in part
 */
export function setUp(world) {
  const startedMs = Date.now();
  const problem = nodeProblem(world.nodeVersion, JSON.parse(readOrNull(join(world.root, 'package.json'))).engines.node);
  if (problem !== null) {
    say(world, problem);
    return 3;
  }
  try {
    const lock = takeLock(world);
    fs.rmSync(join(world.root, logPath), { force: true });
    const installed = installSystemPackages(world);
    const ran = steps.filter((step) => isForThisMachine(step, world)).filter((step) => runStep(step, world));
    fs.closeSync(lock);
    if (!world.quiet && !installed && ran.length === 0) say(world, `nothing to do (${seconds(startedMs)})`);
    return 0;
  } catch (error) {
    if (error instanceof SetupFailure) {
      say(world, error.message);
      return error.exitStatus;
    }
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].includes(error.code)) throw error;
    say(world, `cannot write to ${world.root}: ${error.message}`);
    return 3;
  }
}

/** null if the version is new enough for a range of the form `>=20.19`. */
function nodeProblem(version, range) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = range.replace('>=', '').split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return null;
  return `Scalelab needs Node ${neededMajor}.${neededMinor} or newer; this is Node ${version}.`;
}

/**
 * Two set-ups at once exclude each other. flock(1) locks the open file that it inherits, which is ours: the kernel holds the lock
 * until this process closes the file or ends, however it ends, so there is no stale lock to detect. A system without flock(1)
 * (macOS) has no exclusion.
 * @returns the open file
 */
function takeLock(world) {
  fs.mkdirSync(join(world.root, 'build'), { recursive: true });
  const file = fs.openSync(join(world.root, 'build/setup.lock'), 'a');
  const flock = findProgram('flock', world);
  const statusOf = (flags) => spawnSync(flock, [...flags, '3'], { stdio: ['ignore', 'ignore', 'ignore', file] }).status;
  if (flock !== null && statusOf(['-x', '-n']) === 1) {
    say(world, 'another set-up is running here; waiting for it');
    statusOf(['-x']);
  }
  return file;
}

function isForThisMachine(step, world) {
  if (step.checkout) return fs.existsSync(join(world.root, 'package-lock.json'));
  return !step.linux || world.platform === 'linux';
}

/** Runs a step if its inputs changed or its output is gone. @returns whether it did something */
function runStep(step, world) {
  const stamp = join(world.root, step.stamp || `build/setup/${step.name}`);
  const inputs = contentHash(step, world);
  if (fs.existsSync(join(world.root, step.output)) && readOrNull(stamp) === inputs) return false;
  fs.rmSync(stamp, { force: true });
  if (step.before) step.before(world.root);
  const failure = run(step.title, step.command, world);
  if (failure === null) {
    if (step.after) step.after(world.root);
    fs.mkdirSync(dirname(stamp), { recursive: true });
    fs.writeFileSync(stamp, inputs);
  } else if (step.exitStatus) {
    throw new SetupFailure(`${step.title} failed:\n${failure.tail}`, step.exitStatus);
  } else {
    say(world, `${failure.reason} (whole log: ${logPath}); ${step.without}`);
  }
  return true;
}

/** Installs what is missing, or says which command would. @returns whether it did something */
function installSystemPackages(world) {
  const missing = missingNeeds(world);
  if (world.platform !== 'linux' || missing.length === 0) return false;
  const command = installCommand(missing, world.osRelease);
  const stamp = join(world.root, 'build/setup/system-packages');
  // What apt did not bring the last time is not asked of it again until something else is missing.
  const askedBefore = readOrNull(stamp) === namesOf(missing);
  if (command === null || command[0] !== 'apt-get' || world.userId !== 0 || world.noInstall || askedBefore) {
    const advice = askedBefore ? 'apt did not bring it' : installAdvice(command, world);
    if (!world.quiet) say(world, `missing: ${namesOf(missing)}; ${advice}`);
    return false;
  }
  say(world, `missing: ${namesOf(missing)}`);
  const failure = aptInstall(command, world);
  if (failure !== null) {
    say(world, `apt failed; going on with what is there. Its last lines (all of it: ${logPath}):\n${failure.tail}`);
    return true;
  }
  const stillMissing = missingNeeds(world);
  fs.mkdirSync(dirname(stamp), { recursive: true });
  fs.writeFileSync(stamp, namesOf(stillMissing));
  if (stillMissing.length > 0) say(world, `still missing: ${namesOf(stillMissing)}`);
  return true;
}

function aptInstall(command, world) {
  const failure = run(command.join(' '), command, world);
  if (failure === null) return null;
  // The usual reasons: an apt that was interrupted, and package lists that are missing or old.
  const repairs = failure.tail.includes('dpkg --configure -a') ? ['dpkg --configure -a'] : [];
  for (const repair of [...repairs, 'apt-get update']) run(repair, repair.split(' '), world);
  return run(command.join(' '), command, world);
}

function missingNeeds(world) {
  const isThere = (need) =>
    need.program
      ? findProgram(need.program, world) !== null
      : world.headerFolders.some((folder) => fs.existsSync(join(folder, need.header)));
  return systemNeeds.filter((need) => (world.forTests || !need.tests) && !isThere(need));
}

function namesOf(needs) {
  return needs.map((need) => need.program || need.header).join(', ');
}

/** The command that installs the needs on the system that /etc/os-release names, or null if we do not know it. */
function installCommand(needs, osRelease) {
  const field = (name) => (new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(osRelease) || ['', ''])[1];
  const ids = [field('ID'), ...field('ID_LIKE').split(' ')];
  const packages = (manager) => needs.map((need) => (ids.includes('ubuntu') && need.ubuntu) || need[manager]);
  if (ids.includes('debian') || ids.includes('ubuntu')) {
    return ['apt-get', 'install', '-y', '--no-install-recommends', ...packages('apt')];
  }
  if (ids.includes('fedora') || ids.includes('rhel')) return ['dnf', 'install', '-y', ...packages('dnf')];
  if (ids.includes('arch')) return ['pacman', '-S', '--needed', ...packages('pacman')];
  return null;
}

function installAdvice(command, world) {
  if (command === null) return 'install them with the package manager of this system';
  return `this would install them: ${world.userId === 0 ? '' : 'sudo '}${command.join(' ')}`;
}

function findProgram(name, world) {
  const isProgram = (path) => {
    try {
      fs.accessSync(path, fs.constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  const candidates = world.searchPath().map((folder) => join(folder, name));
  return candidates.find(isProgram) || null;
}

/** Runs a command into the log. @returns null, or how it failed: its last lines, and the one that says why */
function run(title, command, world) {
  const startedMs = Date.now();
  world.print(`setup: ${title} ... `);
  const log = join(world.root, logPath);
  fs.appendFileSync(log, `$ ${command.join(' ')}\n`);
  const start = fs.statSync(log).size;
  const file = fs.openSync(log, 'a');
  const result = spawnSync(command[0], command.slice(1), {
    cwd: world.root,
    stdio: ['ignore', file, file],
    env: { ...world.environment, PATH: world.searchPath().join(delimiter), DEBIAN_FRONTEND: 'noninteractive' },
  });
  fs.closeSync(file);
  world.print(result.status === 0 ? `${seconds(startedMs)}\n` : 'failed\n');
  if (result.status === 0) return null;
  const lines = fs.readFileSync(log).subarray(start).toString().trimEnd().split('\n');
  const otherwise = result.error ? result.error.message : `it ended with ${result.status || result.signal}`;
  const tail = lines.slice(-15).join('\n') || otherwise;
  // A compiler says first what is wrong, and make then adds what that means for it.
  const reason = lines.find((line) => /error:|not found|no such file|\*\*\*/i.test(line)) || tail.split('\n').pop();
  return { tail, reason };
}

/** Changes when a source file is added, removed, renamed or edited. */
function contentHash(step, world) {
  const hash = createHash('sha256').update(`${step.command.slice(1)} ${world.platform} ${process.arch}`);
  for (const path of step.sources.flatMap((source) => filesUnder(world.root, source)).sort()) {
    if (!step.only || step.only.test(path)) hash.update(`\n${path}\n`).update(fs.readFileSync(join(world.root, path)));
  }
  return hash.digest('hex');
}

function filesUnder(root, path) {
  const status = fs.statSync(join(root, path), { throwIfNoEntry: false });
  if (status === undefined) return [];
  if (!status.isDirectory()) return [path];
  return fs.readdirSync(join(root, path)).flatMap((name) => filesUnder(root, `${path}/${name}`));
}

function readOrNull(path) {
  return fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : null;
}

function say(world, text) {
  world.print(`setup: ${text}\n`);
}

function seconds(startedMs) {
  return `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
}

/** The real world. */
function thisMachine(root) {
  return {
    root,
    environment: process.env,
    platform: process.platform,
    nodeVersion: process.versions.node,
    userId: process.getuid ? process.getuid() : null,
    osRelease: readOrNull('/etc/os-release') || '',
    searchPath,
    headerFolders: ['/usr/include', '/usr/local/include', ...clangFolders()],
    print: (text) => process.stdout.write(text),
  };
}

/** Where clang keeps headers of its own, a folder for each version. */
function clangFolders() {
  const list = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => join(folder, name)) : []);
  const homes = ['/usr', '/usr/lib64', ...list('/usr/lib').filter((path) => path.includes('/llvm'))];
  return homes
    .flatMap((home) => [...list(join(home, 'lib/clang')), ...list(join(home, 'clang'))])
    .map((home) => join(home, 'include'));
}

/** PATH, and where bpftool may be although PATH does not name it. Read anew each time: apt adds folders. */
function searchPath() {
  // Before /usr/sbin, where Ubuntu has a wrapper that only finds the bpftool of the very kernel that runs.
  const ubuntuTools = '/usr/lib/linux-tools';
  const versions = fs.existsSync(ubuntuTools) ? fs.readdirSync(ubuntuTools) : [];
  const ordinary = (process.env.PATH || '').split(delimiter).filter((folder) => folder !== '');
  return [...versions.map((version) => join(ubuntuTools, version)), ...ordinary, '/usr/sbin', '/sbin'];
}

/** What the command line asks for, or null if it is wrong. */
function parseOptions(args) {
  const known = ['--for-tests', '--no-install', '--quiet', '--help'];
  if (args.some((argument) => !known.includes(argument))) return null;
  const has = (name) => args.includes(name);
  return { forTests: has('--for-tests'), noInstall: has('--no-install'), quiet: has('--quiet'), help: has('--help') };
}

const thisFile = fileURLToPath(import.meta.url);
if (process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === thisFile) {
  const options = parseOptions(process.argv.slice(2));
  if (options === null || options.help) {
    process.stdout.write(help);
    process.exitCode = options === null ? 2 : 0;
  } else {
    process.exitCode = setUp({ ...thisMachine(dirname(thisFile)), ...options });
  }
}
