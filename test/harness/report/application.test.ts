import { beforeAll, describe, expect, test } from 'vitest';
import { makeDocument } from '../../../harness/report/make-document.ts';
import { renderMarkdown } from '../../../harness/report/markdown.ts';
import type { ReportInput } from '../../../harness/report/report-input.ts';
import { terminalTable } from '../../../harness/report/terminal-table.ts';
import type { RecordedTrial } from '../../../harness/store/trial-record.ts';
import type { ReplicaEvent } from '../../../harness/telemetry/application-reading.ts';
import { requestOutcomes } from '../../../harness/telemetry/request-log.ts';
import { loadOf } from '../../rig/recorded.ts';
import { applicationInput, echoExample } from './application-input.ts';

const markdownOf = (input: ReportInput): string => renderMarkdown(makeDocument(input));
const tables = (markdown: string): readonly string[] => markdown.split('\n').filter((line) => line.startsWith('| '));
const headings = (markdown: string): string[] => [...markdown.matchAll(/^## (.+)$/gm)].map(([, text]) => text ?? '');

describe('the report of an application', () => {
  let input: ReportInput;
  let markdown = '';
  beforeAll(() => {
    input = applicationInput();
    markdown = markdownOf(input);
  });

  test('answers how much higher or lower a latency is, and names both arms', () => {
    expect(markdown).toMatch(
      /^> With “tight” the p95 latency under load “steady” is \*\*[\d.]+ ms higher \\\[[\d.]+, [\d.]+\\\]\*\* than with “ample” \(median of 6 blocks, exact interval at 96\.9 %\): a median of [\d.]+ ms against [\d.]+ ms\.$/m,
    );
  });

  test('says what application ran, under which objective', () => {
    expect(markdown).toMatch(/Application: \*\*echo\*\* \(model [0-9a-f]{12}, demands times 1\.00\)/);
    expect(markdown).toContain('Objective: **50 ms** (latency from the due instant)');
    expect(tables(markdown)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\| model, SHA-256 \| [0-9a-f]{64} \|$/),
        '| load steady | 40/s, Poisson |',
        '| time compression | none |',
        '| applicationCpus | 0 |',
        '| harnessCpus | 1 |',
      ]),
    );
  });

  test('shows first what users notice, then why, then the waits, then what it all rests on', () => {
    expect(headings(markdown)).toEqual([
      'Figure 1. What it cost, and what was violated',
      'Figure 2. Differences, block by block',
      'Figure 3. Load, capacity and what came of it, over time',
      'Figure 4. How long requests take',
      'Figure 5. Where the time went',
      'Figure 6. What was asked for and what was answered',
      'Figure 7. Who used the CPU',
      'Figure 8. Which service waited for a CPU, and when',
      'Figure 9. How long tasks wait for a CPU',
      'Figure 10. Waits over the course of a trial',
      'Comparisons',
      'Cost and violations',
      'Latency by endpoint',
      'Load: offered and sent',
      'Where the time went',
      'What the application used',
      'What happened to replicas',
      'Waits by arm',
      'Cost and loss of the tracer',
      'Validity',
      'What ran, and how to run it again',
    ]);
  });

  test('every figure says over how many trials it is, and which part of them', () => {
    const captions = makeDocument(input).figures.flatMap((figure) => ('caption' in figure ? [figure.caption] : []));
    expect(captions).toHaveLength(10);
    // The first two draw trials and blocks one by one.
    const aboutTrials = captions.slice(2);
    for (const caption of aboutTrials) {
      expect(caption).toMatch(/6 valid trials|One thin line per block \(6\)/);
      expect(caption).toMatch(/from 4 s to 12 s|[Ww]arm-up|switch-ins/);
    }
  });

  test('the quantiles of each endpoint stand beside what was not answered', () => {
    const rows = tables(markdown);
    const head = rows.indexOf('| endpoint, arm | p50 | p95 | p99 | p99.9 | offered | errors | time-outs | not sent |');
    expect(rows.slice(head + 2, head + 8).map((row) => row.split(' | ')[0])).toEqual([
      ...['| all endpoints (tight)', '| all endpoints (ample)', '| say (tight)', '| say (ample)'],
      ...['| look (tight)', '| look (ample)'],
    ]);
    expect(rows[head + 2]).toMatch(/ \| 1827 \| 0 \| 0 \| 0 \|$/);
  });

  test('the parts of the time add up to the latency that they are shown for', () => {
    const rows = tables(markdown);
    const head = rows.indexOf('| part | tight, median | tight, p99 | ample, median | ample, p99 |');
    const millis = (cell: string): number => {
      const [, number = '', unit] = /^([\d.]+)(?: (µs|ms|s))?/.exec(cell.trim()) ?? [];
      return Number(number) * (unit === 'µs' ? 0.001 : unit === 's' ? 1000 : 1);
    };
    const end = rows.findIndex((row) => row.startsWith('| latency, their sum |'));
    const numbers = rows.slice(head + 2, end + 1).map((row) => row.split(' | ').slice(1).map(millis));
    const sums = numbers.at(-1) ?? [];
    expect(sums).toHaveLength(4);
    sums.forEach((sum, column) => {
      const parts = numbers.slice(0, -1).reduce((total, row) => total + (row[column] ?? 0), 0);
      expect(parts / sum).toBeCloseTo(1, 1);
    });
  });

  test('the load says by what it was sent, and that the arms of a block were asked for the same', () => {
    expect(markdown).toContain('\n\nSent by the built-in driver (0.1.0) with real-time priority.\n\n');
    expect(markdown).toContain(
      'In all 6 blocks with more than one valid trial the generators read the same schedule in every trial, by its SHA-256.',
    );
  });

  test('services that were given the same share a row of the allocation', () => {
    expect(tables(markdown)).toContain('| all 2 services | 1 × 0.100 cores, 64.0 MiB | 1 × 1 core, 64.0 MiB |');
  });

  test('the table of the terminal has latency, violations and cores', () => {
    const lines = terminalTable(input.summary, input.plan).split('\n');
    expect(lines[0]).toBe(
      'arm    valid  failed  invalid  latency p50  latency p95  latency p99  violations      CPU used',
    );
    expect(lines[1]).toMatch(/^tight {6}6 {7}0 {8}0 +[\d.]+ ms +[\d.]+ ms +[\d.]+ ms +[\d.]+ % +[\d.]+ cores$/);
  });
});

const small = { ...echoExample, blocks: 2 };

test('grounds for invalid trials that the profile changed are told, with what they are by default', () => {
  const { limits } = applicationInput(small).plan;
  const markdown = markdownOf(
    applicationInput({
      ...small,
      plan: { ...small.plan, limits: { ...limits, stolenShare: 1, latenessP99Ms: 1000 } },
    }),
  );
  expect(markdown).toContain(
    'The profile changed when a trial is invalid: stolen CPU at most 100 % instead of 2.00 %; lateness p99 at most 1 s instead of the smaller of 5 ms and 5 % of the objective.',
  );
  expect(markdown).toContain(
    '| limits | stolen CPU 100 % (default 2.00 %), clock step 20 ms, observation gap 2000 ms, requests not sent by the generator 0.500 %, lateness p99 1 s (default the smaller of 5 ms and 5 % of the objective), generator CPU 80.0 % |',
  );
});

test('compressed time is printed wherever a result is shown', () => {
  const input = applicationInput({ ...small, plan: { ...small.plan, timeCompression: 10 } });
  const markdown = markdownOf(input);
  const said = (text: string): string[] => markdown.split('\n').filter((line) => line.includes(text));
  expect(said('UTC, time compressed 10 times')).toHaveLength(1);
  expect(said('> **Too few blocks to rank**')[0]).toMatch(/ Time compressed 10 times\.$/);
  expect(said('Time: **compressed 10 times** (not latencies)')).toHaveLength(1);
  const captions = makeDocument(input).figures.flatMap((figure) => ('caption' in figure ? [figure.caption] : []));
  expect(captions.filter((caption) => !/time compressed 10 times/i.test(caption))).toEqual([]);
  expect(terminalTable(input.summary, input.plan)).toMatch(/^arm, time compressed 10 times /);
});

/** A trial with another generator. */
const withGenerator =
  (changes: (trial: RecordedTrial) => object) =>
  (trial: RecordedTrial): Partial<RecordedTrial> => {
    const { generator } = trial.record.evidence;
    if (generator === null) return {};
    const evidence = { ...trial.record.evidence, generator: { ...generator, ...changes(trial) } };
    return { record: { ...trial.record, evidence } };
  };

test('a generator with normal priority is a thing to know before the numbers', () => {
  const why = 'a group without real-time budget (EPERM)';
  const markdown = markdownOf(
    applicationInput(
      small,
      withGenerator(() => ({ driver: 'k6', version: '2.0.0', priority: 'normal', priorityNote: why })),
    ),
  );
  expect(markdown).toContain(
    '> ⚠ The load generator ran with normal priority: a group without real-time budget (EPERM). *Other work on its CPUs can make it late; the section on the load says how late it was.*',
  );
  expect(markdown).toContain('Sent by k6 2.0.0 with normal priority (a group without real-time budget (EPERM)).');
});

test('arms that were sent different schedules are a thing to know before the numbers', () => {
  const markdown = markdownOf(
    applicationInput(
      small,
      withGenerator(({ record }) => (record.arm === 'tight' && record.block === 2 ? { scheduleSha256: 'x' } : {})),
    ),
  );
  expect(markdown).toContain(
    '> ⚠ In block 2 the trials were not all sent the same schedule: their SHA-256 differ, and the arms cannot be compared there.',
  );
});

describe('what happened to replicas', () => {
  /** In every trial of `tight`. */
  const withEvents = (...events: readonly (readonly [ReplicaEvent['type'], string, number])[]): string =>
    markdownOf(
      applicationInput(small, ({ record, samples }) => {
        if (record.arm !== 'tight') return {};
        const told = events.map(([type, service, atMs]) => ({ atMs, service, replica: service, type, text: 'x' }));
        const application = { events: told, startFailure: null };
        return {
          record: { ...record, evidence: { ...record.evidence, application } },
          samples: samples.map((sample) => ({
            ...sample,
            services: (sample.services ?? []).map((one) => ({
              ...one,
              replicas: one.replicas.map((replica) => ({ ...replica, errors: 1 })),
            })),
          })),
        };
      }),
    );

  test('is told by arm, kind and service, with the instant', () => {
    const markdown = withEvents(['stopped-by-profile', 'echo', 5000], ['restarted', 'gate', 6200]);
    expect(markdown).toContain(
      [
        'Replicas of tight, over the 2 trials that count:',
        '',
        '| what happened | service | times | in trials | when |',
        '| :-- | :-- | --: | --: | --: |',
        '| restarted | gate | 2 | 2 | 6.20 s (6.20 to 6.20 s) |',
        '| fault: stopped | echo | 2 | 2 | 5.00 s (5.00 to 5.00 s) |',
      ].join('\n'),
    );
    // 8 samples of the measured part, 2 services, 2 trials; and by service half of them.
    expect(tables(markdown).find((row) => row.startsWith('| tight |') && row.endsWith(' | 2 | 32 |'))).toBeDefined();
    expect(tables(markdown).filter((row) => row.endsWith(' | 16 |'))).toHaveLength(2);
  });

  test('a fault that did not happen is a thing to know before the numbers', () => {
    expect(withEvents(['fault-skipped', 'echo', 12_000])).toContain(
      '> ⚠ In 2 trials of “tight” a fault of the profile did not happen, because “echo” had no replica that was ready.',
    );
  });

  test('where nothing happened that is said', () => {
    expect(markdownOf(applicationInput(small))).toContain(
      'No replica was killed, stopped or restarted in a trial that counts.',
    );
  });
});

test('quantiles by endpoint are those of the metrics, and what is split up of them was answered', () => {
  // Every 30th request of an arm had no answer, so that its p99 is the time-out.
  const input = applicationInput(small, ({ record, requests }) => {
    if (requests === null || record.arm !== 'tight') return {};
    const timedOut = requestOutcomes.indexOf('timed-out');
    return { requests: { ...requests, outcome: requests.outcome.map((was, at) => (at % 30 === 0 ? timedOut : was)) } };
  });
  const markdown = markdownOf(input);
  const row = tables(markdown).find((line) => line.startsWith('| all endpoints (tight) |')) ?? '';
  const metric = input.summary.arms[0]?.metrics['latency-p99'] ?? null;
  expect(metric?.median).toBe(2);
  expect(row.split(' | ').slice(3, 5)).toEqual(['2.00 s (2.00 to 2.00 s)', '2.00 s (2.00 to 2.00 s)']);
  expect(markdown).toContain(
    'Quantiles are of all requests that were due, as everywhere in this report: one without a successful answer took the whole time-out of 2 s.',
  );
  expect(markdown).toContain('so many failed; in tables and metrics it took the whole time-out of 2 s. Lines');
  const unanswered =
    'The p99 request of “tight” was not answered with success in 2 trials, so that its latency is the time-out: those trials are left out of its breakdown.';
  // In the caption of the figure, and in the section.
  expect(markdown.split(unanswered)).toHaveLength(3);
  expect(tables(markdown)).toContain('| part | tight, median | ample, median | ample, p99 |');
});

test('what could not be drawn says why', () => {
  // Without the log of its requests no trial is valid.
  const blank = applicationInput(small, () => ({ requests: null, spans: [] }));
  const missing = makeDocument(blank).figures.flatMap((figure) => ('missing' in figure ? [figure.missing] : []));
  expect(missing).toEqual([
    'Not drawn: no valid trial has both a cost and a share of violations.',
    'Not drawn: no hypothesis has a complete block with its metric.',
    'Not drawn: no valid trial has a log of requests.',
    'Not drawn: no valid trial has a log of requests.',
    'Not drawn: no request next to a quantile of its trial left spans and was answered.',
    'Not drawn: no valid trial has a log of requests.',
    'Not drawn: no valid trial has a reading of a replica’s CPU.',
    'Not drawn: in no valid trial was a wait of a service recorded.',
    'Not drawn: no valid trial has a histogram.',
    'Not drawn: no valid trial has quantiles over time.',
  ]);
});

test('numbers over several loads say that they are over all of them', () => {
  const loads = [loadOf('low', 20), loadOf('high', 40)];
  const markdown = markdownOf(applicationInput({ ...small, loads }));
  expect(markdown).toContain(
    'With “tight” instead of “ample” the p95 latency under load “low”'.replace('With', 'with'),
  );
  expect(markdown).toMatch(/Lines are medians over 4 valid trials per arm, all loads together, bands their range/);
});
