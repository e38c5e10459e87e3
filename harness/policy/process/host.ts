import { Console } from 'node:console';
import { createInterface } from 'node:readline';
import type { Policy } from '../port.ts';
import { contextFromWire } from './context-from-wire.ts';
import { describeError } from './error-place.ts';
import { writeJson } from './not-finite.ts';
import { asPolicy, importPolicyFile, isNotTheUsers } from './policy-file.ts';
import { protocolVersion, type Decisions, type HarnessMessage, type Hello, type Ready } from './protocol.ts';
import { sampleFromWire } from './sample-from-wire.ts';

/*
 * The program in which a policy runs that is a file: `node host.js FILE`. It speaks the protocol as any other does, so that a policy that
 * hangs can be ended. `node host.js --check FILE` only imports the file, and ends with 0 if it has a `createPolicy`.
 */
const [first = '', second] = process.argv.slice(2);
const isCheck = first === '--check';
const file = isCheck ? (second ?? '') : first;

// What the policy prints is its log; answers are ours to print.
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
globalThis.console = new Console(process.stderr, process.stderr);

// Both are written at once where they are pipes, so nothing is lost by the end. A timer of the policy would keep it away.
// eslint-disable-next-line no-restricted-properties -- a program of its own
const end = (exitStatus: number): never => process.exit(exitStatus);
const fail = (error: unknown): never => {
  process.stderr.write(`${describeError(error, { file, folder: process.cwd(), isOurs: isNotTheUsers })}\n`);
  return end(1);
};
process.on('uncaughtException', fail);

const say = (message: Ready | Decisions): void => {
  answer(`${writeJson(message)}\n`);
};

async function begin({ context, options }: Hello): Promise<Policy> {
  const createPolicy = await importPolicyFile(file);
  const policy = asPolicy(await createPolicy(options, contextFromWire(context)));
  const intervalSeconds = (policy.intervalMs * context.timeCompression) / 1000;
  say({ type: 'ready', protocol: protocolVersion, name: policy.name, intervalSeconds });
  return policy;
}

async function converse(): Promise<void> {
  let policy: Policy | null = null;
  for await (const line of createInterface({ input: process.stdin })) {
    // Harness and host come from one checkout.
    const message = JSON.parse(line) as HarnessMessage;
    if (message.type === 'stop') return;
    if (message.type === 'hello') {
      policy = await begin(message);
      continue;
    }
    const { step, nowMs, samples, pending, settled } = message;
    // A policy of the port answers at once; one that awaits something is welcome here.
    const decisions: unknown = await Promise.resolve(
      policy?.step({ nowMs, samples: samples.map(sampleFromWire), pending, settled }),
    );
    if (!Array.isArray(decisions))
      throw new Error(`step(window) gave ${typeof decisions}, expected a list of decisions`);
    say({ type: 'decisions', step, decisions });
  }
}

await (isCheck ? importPolicyFile(file) : converse()).catch(fail);
end(0);
