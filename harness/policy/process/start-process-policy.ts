import { messageOf } from '../../core/all-errors.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Child } from '../../core/process.ts';
import type { Bounds, Range } from '../../plan/plan.ts';
import type { Controller, PolicyContext } from '../port.ts';
import { Conversation } from './conversation.ts';
import { timeLimits, type ProcessDependencies } from './process-dependencies.ts';
import type { ProcessOptions } from './process-options.ts';
import { programCommand, type ProgramCommand } from './program-command.ts';
import { objectionTo } from './promises.ts';
import { protocolVersion, type Hello, type WindowMessage, type WireContext } from './protocol.ts';
import { readDecisions, readReady } from './read-answer.ts';
import { sampleOnWire } from './sample-on-wire.ts';
import { UsageMeter } from './usage-meter.ts';

/**
 * Starts the program of a policy and waits until it is ready. It ends with the controller, and with us.
 * @throws HarnessError `policy-failed` if it does not begin; the signal's reason
 */
export async function startProcessPolicy(
  options: ProcessOptions,
  context: PolicyContext,
  dependencies: ProcessDependencies,
  signal: AbortSignal,
): Promise<Controller> {
  const command = programCommand(options, dependencies);
  if ('severity' in command) throw new HarnessError('policy-failed', command.message, { hint: command.hint });
  const { readyMs, answerMs } = dependencies.limits ?? timeLimits(options.intervalSeconds);
  // A policy that is a file gets samples as those of the harness do, with all that is in them.
  const histograms = options.histograms || options.file !== null;
  const conversation = new Conversation(command.label, dependencies.clock);
  const child = await startProgram(command, conversation, dependencies);
  const meter = new UsageMeter(child);
  try {
    const message: Hello = {
      ...{ type: 'hello', protocol: protocolVersion },
      ...{ context: onWire(context, options), options: options.options },
    };
    const ready = await conversation.ask({ message, name: 'hello', withinMs: readyMs, read: readReady }, signal);
    const objection = objectionTo(ready, options);
    if (objection !== null) {
      const hint = 'Write in the profile what the program goes by, or the other way round.';
      throw new HarnessError('policy-failed', `The policy ${command.label} ${objection}.`, { hint });
    }
  } catch (error) {
    await conversation.end();
    throw error;
  }
  let steps = 0;
  return {
    intervalMs: context.compressed(options.intervalSeconds),
    async step({ nowMs, samples, pending, settled }, stepSignal) {
      const step = ++steps;
      const message: WindowMessage = {
        ...{ type: 'window', step, nowMs },
        samples: samples.map((sample) => sampleOnWire(sample, histograms)),
        ...{ pending, settled },
      };
      const { decisions } = await conversation.ask(
        { message, name: `step ${step}`, withinMs: answerMs, read: (line) => readDecisions(line, step) },
        stepSignal,
      );
      meter.look();
      // Of the process, not of one step: `usage` tells it.
      return { decisions, cpuMs: null };
    },
    usage: () => meter.look(),
    async [Symbol.asyncDispose]() {
      meter.look();
      await conversation.end();
    },
  };
}

async function startProgram(
  { label, file, args }: ProgramCommand,
  conversation: Conversation,
  { runner, environment, workingFolder, workload }: ProcessDependencies,
): Promise<Child> {
  // It becomes the program, and asks the kernel to kill that when we die.
  const [first, ...rest] = [...(workload === null ? [] : [workload, 'enter', '--']), file, ...args];
  try {
    const child = await runner(first ?? file, rest, { environment, workingFolder, onOutput: conversation.onOutput });
    conversation.begin(child);
    return child;
  } catch (cause) {
    throw new HarnessError('policy-failed', `The policy ${label} cannot be started: ${messageOf(cause)}.`, { cause });
  }
}

function onWire(context: PolicyContext, { intervalSeconds }: ProcessOptions): WireContext {
  const { services, allocation, bounds, capacityCores, sampleMs, timeCompression, objectiveMs, random } = context;
  const intervalMs = context.compressed(intervalSeconds);
  const seed = Math.floor(random.uniform() * 2 ** 32);
  return {
    ...{ services, allocation, bounds: boundsOnWire(bounds), capacityCores, intervalSeconds, intervalMs },
    ...{ sampleMs, timeCompression, objectiveMs, seed },
  };
}

/** In an order that programs may rely on, as for samples. */
function boundsOnWire(bounds: Bounds): Bounds {
  const range = ({ least, most }: Range): Range => ({ least, most });
  return Object.fromEntries(
    Object.entries(bounds).map(([service, { replicas, cpuCores, memoryBytes }]) => [
      service,
      { replicas: range(replicas), cpuCores: range(cpuCores), memoryBytes: range(memoryBytes) },
    ]),
  );
}
