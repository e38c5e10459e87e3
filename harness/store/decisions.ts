import { writeWholeFile } from '../core/whole-file.ts';
import { actionStates, actors, placementRules, type Action, type Decision, type Reason } from '../telemetry/action.ts';
import type { ControlLog, PolicyStep } from '../telemetry/control.ts';
import { HarnessError } from '../core/errors.ts';
import { readRecorded } from './recorded-file.ts';
import {
  anyOf,
  hasShape,
  isCount,
  isNumber,
  isPlace,
  isText,
  mapOf,
  nullOr,
  oneOf,
  orMissing,
  record,
  unionOf,
  type Check,
  type Shape,
} from './shape.ts';

/**
 * The control log of a trial as JSON lines: its steps, then every action as it stood at the end. A number that was asked for and is none stands
 * there as text, `"NaN"`: such a decision was refused, and is told all the same.
 */
export function writeDecisions(path: string, { steps, actions }: ControlLog): void {
  const lines = [
    ...steps.map((step) => ({ type: 'step', ...step })),
    ...actions.map((action) => ({ type: 'action', ...action })),
  ];
  writeWholeFile(path, lines.map((line) => `${JSON.stringify(line, withText)}\n`).join(''));
}

const asked: ReadonlySet<string> = new Set(['replicas', 'limitCores', 'requestCores', 'limitBytes']);
const withText = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
/** The numbers of a decision again, and nothing else of a line: a reason may have text of any kind. */
const withNumbers = (field: string, value: unknown): unknown =>
  field === 'decision' && typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asked.has(name) ? numberOf(one) : one]))
    : value;
const numberOf = (value: unknown): unknown =>
  value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value;

const common = {
  service: isText,
  reason: record<Reason>({ rule: isText, numbers: mapOf(anyOf(nullOr(isNumber), isText)) }),
};

const isAnyNumber: Check = (value) => typeof value === 'number';
const isDecision = unionOf<Decision>({
  replicas: { ...common, replicas: isAnyNumber },
  cpu: { ...common, limitCores: isAnyNumber, requestCores: orMissing(isAnyNumber) },
  memory: { ...common, limitBytes: isAnyNumber },
  placement: { ...common, rule: oneOf(...placementRules), with: isText },
});

const stepShape: Shape<PolicyStep> = {
  atMs: isNumber,
  samples: isCount,
  wallMs: isNumber,
  cpuMs: nullOr(isNumber),
  missed: isCount,
  decisions: isCount,
};

const actionShape: Shape<Action> = {
  id: isPlace,
  by: oneOf(...actors),
  decision: isDecision,
  state: oneOf(...actionStates),
  wantedAtMs: isNumber,
  acceptedAtMs: nullOr(isNumber),
  effectiveAtMs: nullOr(isNumber),
  note: nullOr(isText),
};

/** @throws HarnessError `results-damaged` if a line is not one that was written here */
export function readDecisions(path: string): ControlLog {
  const steps: PolicyStep[] = [];
  const actions: Action[] = [];
  const lines = readRecorded(path)?.toString().split('\n').slice(0, -1) ?? [];
  for (const [index, line] of lines.entries()) {
    const value: unknown = parsed(line);
    if (hasShape<{ type: 'step' } & PolicyStep>(value, { type: oneOf('step'), ...stepShape })) {
      const { type, ...step } = value;
      steps.push(step);
    } else if (hasShape<{ type: 'action' } & Action>(value, { type: oneOf('action'), ...actionShape })) {
      const { type, ...action } = value;
      actions.push(action);
    } else {
      const hint = 'Restore it from a copy of the experiment.';
      throw new HarnessError('results-damaged', `${path}:${index + 1} is no line of a control log.`, { hint });
    }
  }
  return { steps, actions };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line, withNumbers);
  } catch {
    return null;
  }
}
