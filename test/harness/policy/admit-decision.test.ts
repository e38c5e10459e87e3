import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admitDecision, admitDecisions, type Admitting } from '../../../harness/policy/admit-decision.ts';
import { decisionKinds, type Decision } from '../../../harness/telemetry/action.ts';

const range = (least: number, most: number): { readonly least: number; readonly most: number } => ({ least, most });
const service = (name: string, role: 'front' | 'service' | 'store', isScalable = role !== 'store') => ({
  ...{ name, role, isScalable, calls: [], startUpMs: 100 },
});
const admitting: Admitting = {
  services: [service('gate', 'front'), service('echo', 'service'), service('mongo', 'store')],
  bounds: {
    gate: { replicas: range(1, 4), cpuCores: range(0.1, 2), memoryBytes: range(1e6, 1e9) },
    echo: { replicas: range(0, 10), cpuCores: range(0.01, 1), memoryBytes: range(1e6, 5e8) },
  },
};
const reason = { rule: 'load', numbers: { ratePerSecond: 40, service: 'echo', earlier: null } };

const whyNot = (answer: unknown): string => {
  const admission = admitDecision(answer, admitting);
  if (admission.kind === 'admitted') throw new Error('it was admitted');
  return `${admission.kind}: ${admission.why}`;
};

test.each<Decision>([
  { kind: 'replicas', service: 'echo', replicas: 10, reason },
  { kind: 'cpu', service: 'echo', limitCores: 1, reason },
  { kind: 'cpu', service: 'echo', limitCores: 1, requestCores: 1, reason },
  { kind: 'memory', service: 'gate', limitBytes: 1e6, reason },
  { kind: 'placement', service: 'gate', rule: 'apart', with: 'mongo', reason },
])('a decision within the bounds, both ends included, is admitted as it is: $kind', (decision) => {
  expect(admitDecision(decision, admitting)).toEqual({ kind: 'admitted', decision });
});

test('what a decision does not have is left out, and a request that is null is none', () => {
  const answer = { kind: 'cpu', service: 'echo', limitCores: 0.5, requestCores: null, note: 'x', reason };
  expect(admitDecision(answer, admitting)).toEqual({
    ...{ kind: 'admitted', decision: { kind: 'cpu', service: 'echo', limitCores: 0.5, reason } },
  });
});

test.each([
  ['a service that is not there', { service: 'ecco', replicas: 2 }, 'no service is called ecco'],
  ['a store', { service: 'mongo', replicas: 2 }, 'mongo is a store, which is not scaled'],
  ['above the bound', { replicas: 11 }, 'replicas 11 is above the bound of 10'],
  ['below the bound', { service: 'gate', replicas: 0 }, 'replicas 0 is below the bound of 1'],
  ['negative', { replicas: -1 }, 'replicas -1 is below the bound of 0'],
  ['half a replica', { replicas: 2.5 }, 'replicas 2.5 is not a whole number'],
  ['NaN', { replicas: NaN }, 'replicas NaN is not a finite number'],
  ['NaN as a program sends it', { replicas: 'NaN' }, 'replicas NaN is not a finite number'],
  ['NaN as JSON makes it', { replicas: null }, 'replicas null is not a finite number'],
  ['infinity', { replicas: Infinity }, 'replicas Infinity is not a finite number'],
  ['text', { replicas: '3' }, 'replicas "3" is not a finite number'],
  ['nothing', {}, 'replicas missing is not a finite number'],
  ['no reason', { replicas: 2, reason: undefined }, 'it gives no reason'],
  ['no real reason', { replicas: 2, reason: 'load' }, 'its reason is "load", not a rule and its numbers'],
  [
    'a reason whose number is none',
    { replicas: 2, reason: { rule: 'load', numbers: { isHigh: true } } },
    'its reason is {"rule":"load","numbers":{"isHigh":true}}, not a rule and its numbers',
  ],
  [
    'much at once',
    { service: 'gate', replicas: 4.5 },
    'replicas 4.5 is not a whole number; replicas 4.5 is above the bound of 4',
  ],
])('replicas are refused with value and bound: %s', (_, changes, why) => {
  expect(whyNot({ kind: 'replicas', service: 'echo', reason, ...changes })).toBe(`refused: ${why}`);
});

test.each([
  [{ kind: 'cpu', limitCores: 1.01 }, 'limitCores 1.01 is above the bound of 1'],
  [{ kind: 'cpu', limitCores: 0.005 }, 'limitCores 0.005 is below the bound of 0.01'],
  [{ kind: 'cpu', limitCores: 0.5, requestCores: 0.6 }, 'requestCores 0.6 is above limitCores 0.5'],
  [{ kind: 'cpu', limitCores: 0.5, requestCores: 0 }, 'requestCores 0 is not above 0'],
  [{ kind: 'cpu', limitCores: 0.5, requestCores: NaN }, 'requestCores NaN is not a finite number'],
  [{ kind: 'memory', limitBytes: 1 }, 'limitBytes 1 is below the bound of 1000000'],
  [{ kind: 'memory', limitBytes: 1e12 }, 'limitBytes 1000000000000 is above the bound of 500000000'],
  [{ kind: 'placement', rule: 'together', with: 'ecco' }, 'no service is called ecco'],
  [{ kind: 'placement', rule: 'together', with: 'echo' }, 'echo cannot be placed in relation to itself'],
])('other kinds too: %j', (fields, why) => {
  expect(whyNot({ service: 'echo', reason, ...fields })).toBe(`refused: ${why}`);
});

test.each([
  [42, 'a decision is 42, not an object'],
  [null, 'a decision is null, not an object'],
  [[], 'a decision is [], not an object'],
  [() => 1, 'a decision is a function, not an object'],
  [{}, 'the kind of a decision is missing, not replicas, cpu, memory or placement'],
  [{ kind: 'scale', service: 'echo' }, 'the kind of a decision is "scale", not replicas, cpu, memory or placement'],
  [{ kind: 'replicas', replicas: 2 }, 'a decision about replicas has the service missing'],
  [
    { kind: 'placement', service: 'gate', with: 'echo' },
    'the rule of a placement is missing, not together, apart or none',
  ],
  [{ kind: 'placement', service: 'gate', rule: 'apart', with: 1 }, 'a placement of gate is with 1'],
])('what names no service, kind or rule is no decision: %j', (answer, why) => {
  expect(whyNot(answer)).toBe(`unreadable: ${why}`);
});

test('a refused decision is told as far as it could be read', () => {
  expect(admitDecision({ kind: 'replicas', service: 'echo', replicas: 'many' }, admitting)).toMatchObject({
    decision: { kind: 'replicas', service: 'echo', replicas: NaN, reason: { rule: 'none given', numbers: {} } },
  });
});

test('a number of a reason that JSON lacks is kept as text', () => {
  const numbers = { meanWaitMs: NaN, mostWaitMs: -Infinity };
  const admission = admitDecision(
    { kind: 'replicas', service: 'echo', replicas: 1, reason: { rule: 'wait', numbers } },
    admitting,
  );
  expect(admission).toMatchObject({
    decision: { reason: { rule: 'wait', numbers: { meanWaitMs: 'NaN', mostWaitMs: '-Infinity' } } },
  });
});

describe('of two decisions about the same in one step', () => {
  const out = { kind: 'replicas', service: 'echo', replicas: 3, reason } as const;
  const kinds = (answers: readonly unknown[]): readonly string[] =>
    admitDecisions(answers, admitting).map((one) => (one.kind === 'admitted' ? 'admitted' : `${one.kind}: ${one.why}`));

  test('the second is refused as a conflict', () => {
    expect(kinds([out, { ...out, replicas: 2 }, { ...out, service: 'gate' }])).toEqual([
      'admitted',
      'refused: a second decision about the replicas of echo in one step',
      'admitted',
    ]);
  });

  test('the second counts if the first was refused', () => {
    expect(kinds([{ ...out, replicas: 99 }, out])).toEqual([
      'refused: replicas 99 is above the bound of 10',
      'admitted',
    ]);
  });

  test('replicas, CPU and memory are not the same, and a pair of services is, whichever comes first', () => {
    const apart = { kind: 'placement', service: 'gate', rule: 'apart', with: 'echo', reason };
    const back = { ...apart, service: 'echo', with: 'gate', rule: 'together' };
    const cpu = { kind: 'cpu', service: 'echo', limitCores: 0.5, reason };
    const memory = { kind: 'memory', service: 'echo', limitBytes: 2e6, reason };
    expect(kinds([out, cpu, memory, apart, back])).toEqual([
      ...['admitted', 'admitted', 'admitted', 'admitted'],
      'refused: a second decision about the placement of echo and gate in one step',
    ]);
  });
});

const anyNumber = fc.oneof(
  // JSON has one zero.
  fc.double().map((value) => (value === 0 ? 0 : value)),
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom('NaN', 'Infinity', null, undefined, '2', {}),
);
const anyName = fc.constantFrom('gate', 'echo', 'mongo', 'ecco', '', '__proto__', 'constructor');
const anyAnswer = fc.oneof(
  fc.anything(),
  fc.record(
    {
      kind: fc.constantFrom(...decisionKinds, 'other'),
      service: anyName,
      replicas: anyNumber,
      limitCores: anyNumber,
      requestCores: anyNumber,
      limitBytes: fc.oneof(anyNumber, fc.integer({ min: 0, max: 2e9 })),
      rule: fc.constantFrom('together', 'apart', 'none', 'near'),
      with: anyName,
      reason: fc.oneof(fc.constant(reason), fc.anything()),
    },
    { requiredKeys: ['kind', 'service'] },
  ),
);

/** Said again, in other words than the code. */
function isAdmissible(decision: Decision): boolean {
  const of =
    decision.service === 'gate' || decision.service === 'echo' ? admitting.bounds[decision.service] : undefined;
  if (of === undefined) return false;
  const isIn = (value: number, { least, most }: { least: number; most: number }): boolean =>
    value >= least && value <= most;
  switch (decision.kind) {
    case 'replicas':
      return isIn(decision.replicas, of.replicas) && Math.floor(decision.replicas) === decision.replicas;
    case 'cpu':
      return (
        isIn(decision.limitCores, of.cpuCores) &&
        (decision.requestCores === undefined ||
          (decision.requestCores > 0 && decision.requestCores <= decision.limitCores))
      );
    case 'memory':
      return isIn(decision.limitBytes, of.memoryBytes);
    case 'placement':
      return ['gate', 'echo', 'mongo'].includes(decision.with) && decision.with !== decision.service;
  }
}

test('nothing inadmissible ever passes, nothing about the same passes twice, and what passes can be written down', () => {
  fc.assert(
    fc.property(fc.array(anyAnswer, { maxLength: 8 }), (answers) => {
      const admissions = admitDecisions(answers, admitting);
      expect(admissions).toHaveLength(answers.length);
      const admitted = admissions.flatMap((one) => (one.kind === 'admitted' ? [one.decision] : []));
      for (const decision of admitted) {
        expect(isAdmissible(decision)).toBe(true);
        expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
        expect(decision.reason.rule).not.toBe('');
      }
      const fields = admitted
        .filter(({ kind }) => kind !== 'placement')
        .map(({ kind, service: name }) => `${kind} ${name}`);
      expect(new Set(fields).size).toBe(fields.length);
    }),
  );
});

test('whatever is admissible passes', () => {
  const decision = fc.oneof(
    fc.integer({ min: 0, max: 10 }).map((replicas) => ({ kind: 'replicas', replicas })),
    fc.double({ min: 0.01, max: 1, noNaN: true }).map((limitCores) => ({ kind: 'cpu', limitCores })),
    fc.double({ min: 1e6, max: 5e8, noNaN: true }).map((limitBytes) => ({ kind: 'memory', limitBytes })),
  );
  fc.assert(
    fc.property(decision, (fields) => {
      expect(admitDecision({ ...fields, service: 'echo', reason }, admitting).kind).toBe('admitted');
    }),
  );
});
