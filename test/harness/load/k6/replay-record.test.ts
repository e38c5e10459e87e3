import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ArrivalSchedule } from '../../../../harness/load/arrival-schedule.ts';
import { LineSplitter } from '../../../../harness/load/k6/line-splitter.ts';
import { ReplayRecord } from '../../../../harness/load/k6/replay-record.ts';
import { requestOutcomes, type RequestLog } from '../../../../harness/telemetry/request-log.ts';
import { evenSchedule } from './example-order.ts';
import { recordedConsole, recordedSchedule } from './recording.ts';

function recordOf(schedule: ArrivalSchedule, lines: readonly string[]): ReplayRecord {
  const record = new ReplayRecord(schedule);
  for (const line of lines) record.add(line);
  return record;
}

const outcomesOf = ({ outcome }: RequestLog): readonly string[] =>
  [...outcome].map((index) => requestOutcomes[index] ?? '?');

const recordedLines = recordedConsole.split('\n');

describe('the recorded run', () => {
  const record = recordOf(recordedSchedule, recordedLines);
  const log = record.finish();
  const outcomes = outcomesOf(log);

  test('has 726 answers and 127 time-outs of 853 requests, and nothing else', () => {
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(726);
    expect(outcomes.filter((outcome) => outcome === 'timed-out')).toHaveLength(127);
    expect(outcomes).toHaveLength(853);
    expect([record.isComplete, record.sentCount, record.odd, record.impossible]).toEqual([true, 853, null, null]);
    expect(record.originWallMs).toBe(1_795_510_883_682.346);
  });

  test('has the instants and statuses that its lines tell', () => {
    expect([log.sentMs[0], log.doneMs[0], log.status[0], log.bytes[0]]).toEqual([8.228, 20.679, 200, 0]);
    expect([log.sentMs[852], log.doneMs[852], log.status[852]]).toEqual([7980.031, 7987.551, 200]);
    expect([...log.status].every((status, i) => status === (outcomes[i] === 'ok' ? 200 : 0))).toBe(true);
  });

  test('comes out the same however its bytes are cut, and with rubbish in between', () => {
    const bytes = Buffer.from(recordedConsole);
    // Lines of no meaning, the ends of lines included.
    const rubbish = fc.constantFrom(
      '',
      'done',
      '{',
      '{"msg":"sent 7"}',
      'sent 1 2 3 4',
      '\uFFFD',
      'done 9999 1 200 0 0 0',
    );
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 200 }),
        fc.array(fc.tuple(fc.nat({ max: recordedLines.length }), rubbish), { maxLength: 20 }),
        (cuts, inserted) => {
          const splitter = new LineSplitter();
          const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          const lines = places.flatMap((from, i) => splitter.push(bytes.subarray(from, places[i + 1])));
          expect(lines).toEqual(recordedLines.slice(0, -1));

          for (const [place, line] of inserted) lines.splice(place, 0, line);
          const again = recordOf(recordedSchedule, lines);
          expect(again.finish()).toEqual(log);
          expect(again.odd?.count ?? 0).toBe(inserted.filter(([, line]) => line !== '').length);
        },
      ),
      { numRuns: 30 },
    );
  });
});

test('no line does harm, and what cannot be used is counted and shown', () => {
  const word = fc.constantFrom('read', 't0', 'sent', 'done', 'fail', 'held', 'late', 'end', '');
  const field = fc.oneof(fc.nat({ max: 3 }).map(String), fc.double().map(String), fc.string());
  const text = fc.tuple(word, fc.array(field, { maxLength: 8 })).map(([first, fields]) => [first, ...fields].join(' '));
  const line = fc.oneof(
    text,
    text.map((msg) => JSON.stringify({ msg })),
    fc.json(),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const log = recordOf(evenSchedule(3, 10), lines).finish();
      expect(outcomesOf(log)).toHaveLength(3);
      for (const [i, outcome] of outcomesOf(log).entries()) {
        expect(Number.isNaN(log.sentMs[i])).toBe(outcome.startsWith('not-sent'));
        if (outcome === 'ok') expect(log.status[i]).toBeGreaterThan(0);
      }
    }),
  );

  expect(recordOf(evenSchedule(1, 10), ['sent 0 10 10.5', 'sent 0 10 10.5', 'hello']).odd).toEqual({
    count: 2,
    first: 'sent 0 10 10.5',
  });
});

test.each([
  ['done 0 20 200 0 0.1 9.5 11', 'ok', 200, 11],
  ['done 0 20 204 0 0.1 9.5 -', 'ok', 204, 0],
  ['done 0 20 301 0 0.1 9.5 5', 'ok', 301, 5],
  ['done 0 20 503 1503 0.1 9.5 2', 'error-status', 503, 2],
  ['done 0 20 0 1050 0.1 9.5 -', 'timed-out', 0, 0],
  ['done 0 20 0 1212 0.1 0 -', 'connection-failed', 0, 0],
])('%s is %s', (line, outcome, status, bytes) => {
  const log = recordOf(evenSchedule(1, 10), ['sent 0 10.000 10.500', line, 'end 0 1 1']).finish();

  expect([outcomesOf(log), log.status[0], log.bytes[0], log.sentMs[0], log.doneMs[0]]).toEqual([
    [outcome],
    status,
    bytes,
    10.5,
    20,
  ]);
});

test('what was not sent says why', () => {
  const lines = ['held 0 10.1', 'late 1 900.2', 'sent 2 30 30.1', 'fail 2 30.2 invalid URL: no host', 'end 0 1 1'];
  const record = recordOf(evenSchedule(4, 10), lines);

  expect(outcomesOf(record.finish())).toEqual([
    'not-sent-in-flight',
    'not-sent-generator',
    'not-sent-generator',
    'not-sent-generator',
  ]);
  expect(record.impossible).toEqual({ count: 1, first: 'invalid URL: no host' });
});

test('what was sent and of whose end no line told is counted', () => {
  const lines = [
    'sent 0 10 10.5',
    'done 0 2x 200 0 0.1 9.5 11',
    'sent 1 20 20.5',
    'done 1 30 200 0 0 1 11',
    'end 0 2 2',
  ];
  const record = recordOf(evenSchedule(2, 10), lines);

  expect([record.isComplete, record.sentCount, record.unansweredCount]).toEqual([true, 2, 1]);
});

test('failures at the moment of an interruption are unfinished, those before are failures', () => {
  const lines = [
    ...[0, 1, 2, 3].map((i) => `sent ${i} ${10 * i + 10} ${10 * i + 10}.5`),
    'done 0 100 0 1000 0 0 -',
    'done 1 1900 200 0 0 0 -',
    'done 2 2000 0 1000 0 0 -',
    'done 3 2000 0 1000 0 0 -',
  ];
  const outcomes = (more: readonly string[]): readonly string[] =>
    outcomesOf(recordOf(evenSchedule(4, 10), [...lines, ...more]).finish());

  expect(outcomes([])).toEqual(['connection-failed', 'ok', 'unfinished', 'unfinished']);
  expect(outcomes(['end 0 4 4'])).toEqual(['connection-failed', 'ok', 'connection-failed', 'connection-failed']);
});
