import type { Range } from '../plan/plan.ts';
import type { Decision } from '../telemetry/action.ts';
import type { PolicyContext } from './port.ts';
import { readDecision } from './read-decision.ts';

/** What decisions are held against. */
export type Admitting = Pick<PolicyContext, 'services' | 'bounds'>;

/** What becomes of one decision that a policy answered. */
export type Admission =
  | { readonly kind: 'admitted'; readonly decision: Decision }
  /** The decision is told as far as it could be read: a number that is none is NaN. `why` names value and bound. */
  | { readonly kind: 'refused'; readonly decision: Decision; readonly why: string }
  /** It is no decision at all: the policy did not do what it is there for. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Looks at all decisions of one step, in their order: of two about the same, the first that may be carried out is. */
export function admitDecisions(answers: readonly unknown[], admitting: Admitting): readonly Admission[] {
  const taken = new Set<string>();
  return answers.map((answer): Admission => {
    const admission = admitDecision(answer, admitting);
    if (admission.kind !== 'admitted') return admission;
    const { decision } = admission;
    const subject = subjectOf(decision);
    if (taken.has(subject)) return { kind: 'refused', decision, why: `a second decision about ${subject} in one step` };
    taken.add(subject);
    return admission;
  });
}

/** Looks at one decision by itself. */
export function admitDecision(answer: unknown, admitting: Admitting): Admission {
  const read = readDecision(answer);
  if (!read.isDecision) return { kind: 'unreadable', why: read.why };
  const { decision, flaws } = read;
  const objections = [...aboutService(decision, admitting), ...flaws, ...aboutValues(decision, admitting)];
  return objections.length === 0
    ? { kind: 'admitted', decision }
    : { kind: 'refused', decision, why: objections.join('; ') };
}

function subjectOf(decision: Decision): string {
  switch (decision.kind) {
    case 'replicas':
      return `the replicas of ${decision.service}`;
    case 'cpu':
      return `the CPU of ${decision.service}`;
    case 'memory':
      return `the memory of ${decision.service}`;
    case 'placement':
      return `the placement of ${[decision.service, decision.with].sort().join(' and ')}`;
  }
}

function aboutService({ service: name }: Decision, { services, bounds }: Admitting): readonly string[] {
  const service = services.find((one) => one.name === name);
  if (service === undefined) return [`no service is called ${name}`];
  if (service.role === 'store') return [`${name} is a store, which is not scaled`];
  return service.isScalable && bounds[name] !== undefined ? [] : [`${name} is not to be scaled`];
}

function aboutValues(decision: Decision, { services, bounds }: Admitting): readonly string[] {
  const of = bounds[decision.service];
  switch (decision.kind) {
    case 'replicas': {
      const { replicas } = decision;
      const isPart = Number.isFinite(replicas) && !Number.isInteger(replicas);
      return [
        ...(isPart ? [`replicas ${replicas} is not a whole number`] : []),
        ...outside('replicas', replicas, of?.replicas),
      ];
    }
    case 'cpu': {
      const { limitCores, requestCores = null } = decision;
      return [...outside('limitCores', limitCores, of?.cpuCores), ...aboutRequest(requestCores, limitCores)];
    }
    case 'memory':
      return outside('limitBytes', decision.limitBytes, of?.memoryBytes);
    case 'placement': {
      const { service, with: other } = decision;
      if (other === service) return [`${service} cannot be placed in relation to itself`];
      return services.some(({ name }) => name === other) ? [] : [`no service is called ${other}`];
    }
  }
}

/** As in Kubernetes: above 0, and never more than the limit. */
function aboutRequest(requestCores: number | null, limitCores: number): readonly string[] {
  if (requestCores === null || !Number.isFinite(requestCores)) return [];
  if (requestCores <= 0) return [`requestCores ${requestCores} is not above 0`];
  return requestCores > limitCores ? [`requestCores ${requestCores} is above limitCores ${limitCores}`] : [];
}

/** That a value is no number was said already. */
function outside(field: string, value: number, range: Range | undefined): readonly string[] {
  if (range === undefined || !Number.isFinite(value)) return [];
  if (value < range.least) return [`${field} ${value} is below the bound of ${range.least}`];
  return value > range.most ? [`${field} ${value} is above the bound of ${range.most}`] : [];
}
