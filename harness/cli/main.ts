#!/usr/bin/env -S node --single-threaded-gc --max-semi-space-size=4
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { allErrors, messageOf } from '../core/all-errors.ts';
import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { packageRoot } from '../core/package-root.ts';
import { compose } from './compose.ts';

/** Each command answers its exit status; its code is loaded when it is used, which keeps `--help` fast. */
async function main(): Promise<ExitStatus> {
  const world = compose(process.env);
  let exitStatus: ExitStatus = 0;
  const program = new Command('scalelab')
    .description('Compare autoscaling policies for microservices on real testbeds.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--debug', 'show the stack of an error')
    .showHelpAfterError('(run with --help for usage)')
    .exitOverride();
  const example = (text: string): string => `\nExample:\n  ${text}\n`;
  const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

  program
    .command('run')
    .description('run a profile: resumes an unfinished experiment of the same plan, else starts a new one')
    .argument('<profile>', 'path of a YAML file')
    .option('--set <path=value>', 'change a field of the profile; may be repeated', collect, [])
    .option('--results <folder>', 'where results go', 'results')
    .option('--new', 'start a new experiment even if one is unfinished', false)
    .addHelpText('after', example('npx scalelab run profiles/runqueue.yaml --set blocks=2 --set trial.duration=3s'))
    .action(async (profile, options) => {
      const { runCommand } = await import('./run.ts');
      exitStatus = await runCommand(profile, options, world);
    });
  program
    .command('plan')
    .description('show trials, order, seeds, hypotheses and budget; runs nothing')
    .argument('<profile>', 'path of a YAML file')
    .option('--set <path=value>', 'change a field of the profile; may be repeated', collect, [])
    .option('--results <folder>', 'where A/A experiments are looked for', 'results')
    .option('--json', 'print plan.json instead', false)
    .addHelpText('after', example('npx scalelab plan profiles/runqueue.yaml'))
    .action(async (profile, options) => {
      const { planCommand } = await import('./plan.ts');
      exitStatus = await planCommand(profile, options, world);
    });
  program
    .command('check')
    .description('say what this machine offers, or everything that would go wrong with a profile; changes nothing')
    .argument('[profile]', 'path of a YAML file')
    .option('--set <path=value>', 'change a field of the profile; may be repeated', collect, [])
    .option('--results <folder>', 'where results would go', 'results')
    .addHelpText('after', example('npx scalelab check profiles/runqueue.yaml'))
    .action(async (profile, options) => {
      const { checkCommand } = await import('./check.ts');
      exitStatus = await checkCommand(profile, options, world);
    });
  program
    .command('policies')
    .description('list the policies that an arm may have, or explain one')
    .argument('[name]', 'of a policy')
    .addHelpText('after', example('npx scalelab policies static'))
    .action(async (name) => {
      const { policiesCommand } = await import('./policies.ts');
      exitStatus = await policiesCommand(name, world);
    });
  program
    .command('report')
    .description('make the report of an experiment again, from its recorded files')
    .argument('<experiment>', 'folder of an experiment')
    .addHelpText('after', example('npx scalelab report results/runqueue/latest'))
    .action(async (folder) => {
      const { reportCommand } = await import('./report.ts');
      exitStatus = await reportCommand(folder, world);
    });
  program
    .command('rerun')
    .description('repeat an experiment from its frozen profile and seeds; says what differs in versions and machine')
    .argument('<experiment>', 'folder of an experiment')
    .option('--results <folder>', 'where results go', 'results')
    .option('--new', 'start a new experiment even if a rerun is unfinished', false)
    .addHelpText('after', example('npx scalelab rerun results/runqueue/latest'))
    .action(async (folder, options) => {
      const { rerunCommand } = await import('./rerun.ts');
      exitStatus = await rerunCommand(folder, options, world);
    });
  program
    .command('verify')
    .description('check hashes, and compute verdicts and summary again: for whoever receives the folder')
    .argument('<experiment>', 'folder of an experiment')
    .addHelpText('after', example('npx scalelab verify results/runqueue/latest'))
    .action(async (folder) => {
      const { verifyCommand } = await import('./verify.ts');
      exitStatus = await verifyCommand(folder, world);
    });
  program
    .command('gate')
    .description('hold an experiment against a bound, for CI: exit 6 unless every arm meets it')
    .argument('<experiment>', 'folder of an experiment')
    .requiredOption('--baseline <arm>', 'the arm that the others are held against')
    .requiredOption('--metric <metric>', 'such as core-seconds; the same as in hypotheses')
    .option('--at-most <ratio>', 'of the baseline, that an arm may have: the whole interval lies below', ratio)
    .option('--at-least <ratio>', 'of the baseline, that an arm must have: the whole interval lies above', ratio)
    .option('--arm <arm>', 'only this one; without it every arm but the baseline')
    .option('--json', 'print the numbers as JSON', false)
    .addHelpText(
      'after',
      example('npx scalelab gate results/x/latest --baseline static --metric core-seconds --at-most 1.05'),
    )
    .action(async (folder, options) => {
      const { gateCommand } = await import('./gate.ts');
      exitStatus = await gateCommand(folder, options, world);
    });
  program
    .command('trace')
    .description('show run-queue wait per cgroup, live, with the share that was throttling')
    .option('--interval <time>', 'seconds, or a duration such as 500ms; 1 without it', durationMs)
    .option('--for <time>', 'seconds, or a duration; without it until ctrl-C', durationMs)
    .option('--top <count>', 'cgroups to show', positive, 8)
    .addHelpText('after', example('npx scalelab trace --interval 1 --for 10'))
    .action(async (options) => {
      const { traceCommand } = await import('./trace.ts');
      exitStatus = await traceCommand(options, world);
    });
  program
    .command('load')
    .description('draw the arrivals of a load, before it is used; sends nothing')
    .argument('<load>', 'path of a load file')
    .option('--show', 'plot the rate over time, and say how arrivals are spread', false)
    .option('--duration <time>', 'seconds, or a duration such as 5m; without it as long as the load needs', durationMs)
    .option('--seed <number>', 'root of its random streams', wholeNumber, 1)
    .option('--application <name>', 'show how often each endpoint is asked for: social-network, echo, or a path')
    .option('--json', 'print the numbers as JSON', false)
    .addHelpText('after', example('npx scalelab load profiles/load/diurnal.yaml --show'))
    .action(async (file, options) => {
      const { loadCommand } = await import('./load.ts');
      exitStatus = await loadCommand(file, options, world);
    });

  const app = program.command('app').description('an application by itself, without an experiment');
  app
    .command('up')
    .description('keep an application running on this machine; ctrl-C takes it down')
    .argument('[testbed]', 'path of a testbed file')
    .option('--application <name>', 'social-network, echo, or the path of a model', 'social-network')
    .option('--load <load>', "ask it all the time, such as 'poisson 100/s'")
    .option('--port <number>', 'of the front, on 127.0.0.1', portNumber)
    .option('--scale <service=replicas>', 'more or fewer replicas of a service; may be repeated', collect, [])
    .addHelpText('after', example("npx scalelab app up profiles/testbeds/local.yaml --load 'poisson 100/s'"))
    .action(async (testbed, options) => {
      const { appUpCommand } = await import('./app.ts');
      exitStatus = await appUpCommand(testbed, options, world);
    });
  program
    .command('gc')
    .description('remove what runs that were killed have left on this machine')
    .option('--show', 'only show it', false)
    .addHelpText('after', example('npx scalelab gc --show'))
    .action(async (options) => {
      const { gcCommand } = await import('./gc.ts');
      exitStatus = await gcCommand(options, world);
    });

  try {
    await program.parseAsync();
    return exitStatus;
  } catch (error) {
    const isDebug = program.opts().debug === true;
    return reportError(error, isDebug, (text) => {
      world.terminal.live('');
      world.terminal.err(text);
    });
  }
}

function packageVersion(): string {
  // Our own file; npm does not publish a package without a version.
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;
}

function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  const ms =
    match?.[1] === undefined
      ? 0
      : Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm'];
  if (!(ms > 0)) throw new InvalidArgumentError('Expected seconds such as 1, or a duration such as 500ms or 10s.');
  return ms;
}

function portNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 65535) return value;
  throw new InvalidArgumentError('Expected a port, 1 to 65535.');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Expected a whole number.');
  return value;
}

function ratio(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('Expected a ratio such as 1.05.');
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number from 1.');
  return value;
}

/**
 * The one catch. An expected outcome is a message and a hint; anything else is a fault and says so. If cleaning up failed as well, all
 * of it is printed, and the first expected outcome decides the status.
 */
function reportError(error: unknown, isDebug: boolean, print: (text: string) => void): ExitStatus {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')) {
    // Commander has printed it already.
    return 'exitCode' in error && error.exitCode === 0 ? 0 : 2;
  }
  const errors = allErrors(error);
  const expected = errors.find((one) => one instanceof HarnessError);
  for (const one of errors) {
    if (one instanceof HarnessError) {
      print(`${isDebug ? (one.stack ?? one.message) : `error: ${one.message}`}\n`);
      if (one.hint !== undefined) print(`  ${one.hint}\n`);
    } else {
      const stack = one instanceof Error ? (one.stack ?? one.message) : String(one);
      print(expected === undefined || isDebug ? `fault in Scalelab: ${stack}\n` : `error: ${messageOf(one)}\n`);
    }
  }
  if (expected !== undefined) return expected.exitStatus;
  print('  This is a defect; please report it with the command that you ran.\n');
  return 1;
}

process.exitCode = await main();
