import { decisionKinds, placementRules, type Decision, type Reason } from '../telemetry/action.ts';

/** A decision as far as it could be read: a number that is none is NaN, a reason that is none is empty, and `flaws` say so. */
export type ReadDecision =
  | { readonly isDecision: true; readonly decision: Decision; readonly flaws: readonly string[] }
  /** It names no service, no kind, or a placement without a rule: there is nothing to hold on to. */
  | { readonly isDecision: false; readonly why: string };

type Fields = ReadonlyMap<string, unknown>;

const longestShown = 80;
const noReason: Reason = { rule: 'none given', numbers: {} };

/** Reads what a policy answered as one decision. Fields that a decision does not have are not looked at. */
export function readDecision(answer: unknown): ReadDecision {
  const fields = fieldsOf(answer);
  if (fields === null) return unreadable(`a decision is ${shown(answer)}, not an object`);
  const kind = decisionKinds.find((one) => one === fields.get('kind'));
  const service = fields.get('service');
  if (kind === undefined)
    return unreadable(`the kind of a decision is ${shown(fields.get('kind'))}, not ${anyOf(decisionKinds)}`);
  if (typeof service !== 'string') return unreadable(`a decision about ${kind} has the service ${shown(service)}`);
  const flaws: string[] = [];
  const number = (field: string): number => {
    const value = numberOf(fields.get(field));
    if (!Number.isFinite(value)) flaws.push(`${field} ${shown(fields.get(field))} is not a finite number`);
    return value;
  };
  const decided = (decision: Decision): ReadDecision => ({ isDecision: true, decision, flaws });
  const common = { service, reason: readReason(fields, flaws) };
  switch (kind) {
    case 'replicas':
      return decided({ ...common, kind, replicas: number('replicas') });
    case 'cpu': {
      const hasRequest = (fields.get('requestCores') ?? null) !== null;
      const limitCores = number('limitCores');
      return decided({ ...common, kind, limitCores, ...(hasRequest ? { requestCores: number('requestCores') } : {}) });
    }
    case 'memory':
      return decided({ ...common, kind, limitBytes: number('limitBytes') });
    case 'placement': {
      const [rule, other] = [placementRules.find((one) => one === fields.get('rule')), fields.get('with')];
      if (rule === undefined)
        return unreadable(`the rule of a placement is ${shown(fields.get('rule'))}, not ${anyOf(placementRules)}`);
      if (typeof other !== 'string') return unreadable(`a placement of ${service} is with ${shown(other)}`);
      return decided({ ...common, kind, rule, with: other });
    }
  }
}

const unreadable = (why: string): ReadDecision => ({ isDecision: false, why });
const anyOf = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;

/** Its own fields, by name; null if it is no object. */
function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null;
}

/** The numbers that JSON lacks come as text from programs. Whatever else is no number is NaN. */
function numberOf(value: unknown): number {
  if (value === 'Infinity') return Infinity;
  if (value === '-Infinity') return -Infinity;
  return typeof value === 'number' ? value : NaN;
}

function readReason(of: Fields, flaws: string[]): Reason {
  const reason = of.get('reason');
  const fields = fieldsOf(reason);
  const rule = fields?.get('rule');
  const numbers = fieldsOf(fields?.get('numbers'));
  if (typeof rule === 'string' && rule !== '' && numbers !== null && [...numbers.values()].every(isReasonNumber))
    return { rule, numbers: Object.fromEntries([...numbers].map(([name, value]) => [name, recordable(value)])) };
  flaws.push(
    reason === undefined ? 'it gives no reason' : `its reason is ${shown(reason)}, not a rule and its numbers`,
  );
  return noReason;
}

const isReasonNumber = (value: unknown): boolean =>
  value === null || typeof value === 'number' || typeof value === 'string';

/** A number that JSON lacks is kept as text: what led to a decision is not to be lost. */
function recordable(value: unknown): number | string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'string' ? value : null;
}

/** As JSON, cut. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(value);
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  const text = textOf(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
}

/** What has no text, such as a function or a loop of objects, has at least a type. */
function textOf(value: unknown): string {
  try {
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? text : `a ${typeof value}`;
  } catch {
    return `a ${typeof value}`;
  }
}
