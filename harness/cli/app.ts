import { buildRequest } from '../application/build-request.ts';
import type { Application } from '../application/application.ts';
import { allErrors } from '../core/all-errors.ts';
import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { trialLoad } from '../experiment/trial-load.ts';
import type { LoadDriver, RunningLoad } from '../load/port.ts';
import type { Plan, PlannedLoad } from '../plan/plan.ts';
import { shellArgument } from '../report/escape.ts';
import type { LiveTrial } from '../testbed/port.ts';
import { parseAppLoad, roundSchedule, statusLine } from './app-load.ts';
import { appPlan, statusEveryMs } from './app-plan.ts';
import { driverFor, testbedFor, type Composition } from './compose.ts';
import { onInterruption } from './interruption.ts';
import { loadModel } from './load-model.ts';
import { loadTestbed } from './load-testbed.ts';
import { printProblems } from './print-problems.ts';

export interface AppOptions {
  readonly application: string;
  readonly load?: string | undefined;
  readonly port?: number | undefined;
  readonly scale: readonly string[];
}

/** Keeps an application running on this machine until the user ends it. */
export async function appUpCommand(
  file: string | undefined,
  options: AppOptions,
  world: Composition,
): Promise<ExitStatus> {
  const load = options.load === undefined ? null : parseAppLoad(options.load);
  const shared = { kind: 'local', applicationCpus: null, harnessCpus: null, port: null } as const;
  const written = file === undefined ? shared : loadTestbed(file);
  const testbed = options.port === undefined ? written : { ...written, port: options.port };
  const model = loadModel(options.application);
  const { plan, arm } = appPlan(testbed, options.application, model, options.scale);
  using interruption = onInterruption(world.terminal, 'Taking the application down.');
  const signal = AbortSignal.any([interruption.signal, world.terminal.unread]);
  try {
    await keepUp(plan, arm, load, world, signal);
    return 0;
  } catch (error) {
    // Ctrl-C is how it is ended.
    if (signal.aborted && allErrors(error).every((one) => one === signal.reason)) return 0;
    throw error;
  }
}

async function keepUp(
  plan: Plan,
  arm: Plan['arms'][number],
  load: PlannedLoad | null,
  world: Composition,
  signal: AbortSignal,
): Promise<void> {
  const { terminal } = world;
  const testbed = await testbedFor(plan.testbed, world);
  const driver = load && (await driverFor(plan, world));
  const problems = [...(await testbed.check(plan)), ...((await driver?.check()) ?? [])];
  printProblems(problems, terminal);
  if (problems.some(({ severity }) => severity === 'error')) {
    throw new HarnessError('machine-lacks', 'The application cannot be kept running here; nothing was started.', {
      hint: '`npx scalelab check` says what this machine offers.',
    });
  }
  const { notes } = await testbed.facts(plan);
  await using stage = await testbed.prepare(plan, signal);
  const begun = await stage.begin({ id: 'app', arm, load: null, seed: 1, blockSeed: 1 }, signal);
  if ('evidence' in begun) {
    const reason = begun.evidence.application?.startFailure ?? begun.evidence.tracerDeath ?? 'nobody knows why';
    throw new HarnessError('testbed-failed', `The application did not start: ${reason}.`);
  }
  await using live = begun;
  terminal.out(upText(plan, live, notes));
  if (driver === null || load === null) await watch(live, null, 0, Infinity, world, signal);
  else await loaded(plan, live, load, driver, world, signal);
}

/** Asks it for ever, in rounds. */
async function loaded(
  plan: Plan,
  live: LiveTrial,
  load: PlannedLoad,
  driver: LoadDriver,
  world: Composition,
  signal: AbortSignal,
): Promise<void> {
  const { application } = plan;
  if (application === null) throw new Error('a plan without an application');
  let sinceMs = 0;
  for (let round = 0; ; round++) {
    const { schedule, durationMs } = roundSchedule(load, application.model, round);
    await using prepared = await trialLoad(application, schedule, driver).prepare(live, signal);
    const running = await prepared.go(signal);
    await watch(live, running, sinceMs, durationMs, world, signal);
    await running.finish(signal);
    sinceMs += durationMs;
  }
}

/** Looks at it every few seconds and says what goes wrong. @param untilMs from the start of the round */
async function watch(
  live: LiveTrial,
  running: RunningLoad | null,
  sinceMs: number,
  untilMs: number,
  { terminal }: Composition,
  signal: AbortSignal,
): Promise<void> {
  await live.start(running?.originMs ?? null, signal);
  let told = live.events().length;
  for (let atMs = statusEveryMs; atMs < untilMs + statusEveryMs; atMs += statusEveryMs) {
    await live.clock.advanceTo(atMs, signal);
    const sample = await live.sample(signal);
    const events = live.events();
    for (const { text, replica } of events.slice(told)) terminal.out(`${replica} ${text}\n`);
    told = events.length;
    if (sample.waits === null)
      throw new HarnessError('testbed-failed', 'The tracer ended: nothing can be measured any more.');
    if (running === null) continue;
    terminal.out(`${statusLine(sample, await running.reading(sample.atMs), sinceMs + atMs)}\n`);
  }
}

function upText(plan: Plan, { target }: LiveTrial, notes: readonly string[]): string {
  const model = plan.application?.model;
  if (model === undefined || target === null) throw new Error('an application without a front');
  const replicas = Object.values(plan.arms[0]?.allocation ?? {}).reduce((sum, share) => sum + share.replicas, 0);
  return [
    `${model.name} is up at ${target.url}, ${replicas} replicas. Ctrl-C takes it down.`,
    ...notes,
    '',
    ...model.endpoints.flatMap(({ name }, index) => [name, `  ${curlLine(model, index, target.url)}`]),
    '',
  ].join('\n');
}

/** Of a few requests the one that is the shortest to read. */
const seedsTried = 32;

function curlLine(model: Application, endpoint: number, url: string): string {
  const lines = Array.from({ length: seedsTried }, (_, seed) => {
    const { path, body } = buildRequest(model, endpoint, seed);
    const words = ['curl', ...(body === null ? [] : ['-d', body]), `${url}${path}`];
    return words.map(shellArgument).join(' ');
  });
  return lines.reduce((shortest, line) => (line.length < shortest.length ? line : shortest));
}
