import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readDecisions, writeDecisions } from '../../../harness/store/decisions.ts';
import type { Action, Decision } from '../../../harness/telemetry/action.ts';
import type { ControlLog } from '../../../harness/telemetry/control.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const reason = { rule: 'load', numbers: { ratePerSecond: 40, replicas: 'NaN', earlier: null } };
const actionOf = (id: number, decision: Decision): Action => ({
  ...{ id, by: 'policy', decision, state: 'refused', wantedAtMs: 400.25 },
  ...{ acceptedAtMs: null, effectiveAtMs: null, note: 'replicas NaN is not a finite number' },
});

const step = { atMs: 400, samples: 4, wallMs: 0.5, cpuMs: null, missed: 0, decisions: 2 };

function again(log: ControlLog): ControlLog {
  const path = join(temporaryFolder(), 'decisions.jsonl');
  writeDecisions(path, log);
  return readDecisions(path);
}

test('a control log is read as it was written: steps, then actions', () => {
  const log: ControlLog = {
    steps: [step, { ...step, atMs: 800, cpuMs: 0.25 }],
    actions: [
      actionOf(1, { kind: 'cpu', service: 'echo', limitCores: 0.5, requestCores: 0.25, reason }),
      actionOf(2, { kind: 'memory', service: 'echo', limitBytes: 1e6, reason }),
      actionOf(3, { kind: 'placement', service: 'echo', rule: 'apart', with: 'gate', reason }),
    ],
  };
  expect(again(log)).toEqual(log);
});

test('a number that is none is read as what it was, and text that only looks like one stays text', () => {
  fc.assert(
    fc.property(
      fc.double().map((value) => (value === 0 ? 0 : value)),
      (replicas) => {
        const log: ControlLog = {
          steps: [],
          actions: [actionOf(1, { kind: 'replicas', service: 'NaN', replicas, reason })],
        };
        expect(again(log)).toEqual(log);
      },
    ),
    { numRuns: 30 },
  );
});

test('a line that was not written here is named', () => {
  const path = join(temporaryFolder(), 'decisions.jsonl');
  writeDecisions(path, { steps: [step], actions: [] });
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"type":"step","atMs":"soon"}\n`);
  expect(() => readDecisions(path)).toThrow(`${path}:2 is no line of a control log.`);
});
