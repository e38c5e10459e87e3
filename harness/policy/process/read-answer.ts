import { z } from 'zod';
import { decisionKinds } from '../../telemetry/action.ts';
import { policyInputs } from '../port.ts';
import { parseJson } from './not-finite.ts';
import { protocolVersion, type Decisions, type Ready } from './protocol.ts';

/** An answer, or how it is wrong: the rest of a sentence that begins with the program. */
export type Answer<Message> =
  { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly wrong: string };

const mostDecisions = 1000;
const longestShown = 80;

const ready = z.object({
  type: z.literal('ready'),
  protocol: z.number(),
  name: z.string().min(1).max(100),
  intervalSeconds: z.number().positive().optional(),
  needs: z.array(z.enum(Object.keys(policyInputs))).optional(),
  acts: z.array(z.enum(decisionKinds)).optional(),
}) satisfies z.ZodType<Ready>;

const decisions = z.object({
  type: z.literal('decisions'),
  step: z.number(),
  decisions: z.array(z.unknown()).max(mostDecisions),
}) satisfies z.ZodType<Decisions>;

/** Keys that this version does not know are not looked at. */
export function readReady(line: string): Answer<Ready> {
  const answer = read(line, 'hello', ready, { type: 'ready', protocol: protocolVersion });
  if (!answer.ok || answer.message.protocol === protocolVersion) return answer;
  return wrong(`speaks protocol ${answer.message.protocol}; this Scalelab speaks ${protocolVersion}`);
}

export function readDecisions(line: string, step: number): Answer<Decisions> {
  const answer = read(line, `step ${step}`, decisions, { type: 'decisions', step });
  if (!answer.ok || answer.message.step === step) return answer;
  return wrong(`answered step ${answer.message.step} when it was asked for step ${step}`);
}

function read<Message>(line: string, question: string, schema: z.ZodType<Message>, example: object): Answer<Message> {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    return wrong(`answered ${question} with what is no JSON: ${shown(line)}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, message: result.data };
  // Of another version even the fields may be others.
  const version = versionOf(value);
  if (version !== null && version !== protocolVersion)
    return wrong(`speaks protocol ${version}; this Scalelab speaks ${protocolVersion}`);
  const [issue] = result.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
  return wrong(
    `answered ${question} with ${shown(line)}, expected ${JSON.stringify(example).slice(0, -1)}, ...}${place}`,
  );
}

const wrong = (text: string): { readonly ok: false; readonly wrong: string } => ({ ok: false, wrong: text });

function versionOf(value: unknown): number | string | null {
  const version: unknown = value instanceof Object ? Object.getOwnPropertyDescriptor(value, 'protocol')?.value : null;
  return typeof version === 'number' || typeof version === 'string' ? version : null;
}

/** As text in quotation marks, cut. */
export function shown(line: string): string {
  return JSON.stringify(line.length > longestShown ? `${line.slice(0, longestShown)}...` : line);
}
