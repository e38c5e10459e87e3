import { beforeAll, describe, expect, test } from 'vitest';
import type { PublishedResult } from '../../../harness/plan/plan.ts';
import { makeDocument } from '../../../harness/report/make-document.ts';
import { renderMarkdown } from '../../../harness/report/markdown.ts';
import { policyOptionsTables } from '../../../harness/report/policy-options-table.ts';
import { profileDescription } from '../../../harness/report/profile-description.ts';
import type { ReportInput } from '../../../harness/report/report-input.ts';
import { shortForm } from '../../../harness/report/short-form.ts';
import { terminalTable } from '../../../harness/report/terminal-table.ts';
import { loadOf } from '../../rig/recorded.ts';
import { policyOf } from '../../rig/simulated-control.ts';
import { applicationInput, echoExample, policyExample } from './application-input.ts';

const markdownOf = (input: ReportInput): string => renderMarkdown(makeDocument(input));
const rowsOf = (markdown: string): readonly string[] => markdown.split('\n').filter((line) => line.startsWith('| '));
/** The rows of a table under its head. */
function tableUnder(markdown: string, caption: RegExp): readonly string[] {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => caption.test(line));
  if (start < 0) throw new Error(`There is no table ${caption.source}.`);
  const end = lines.indexOf('', start + 2);
  return lines.slice(start + 2, end);
}

describe('the report of policies', () => {
  let input: ReportInput;
  let markdown = '';
  beforeAll(() => {
    input = applicationInput(policyExample);
    markdown = markdownOf(input);
  });

  test('begins with one sentence about the pair, and the validity of the trials', () => {
    expect(markdown.split('\n\n')[2]).toMatch(
      /^> .*core-seconds between “showar” and “hpa” is .*, that in SLO violations .*; 6 blocks, interval level 96\.9 %; testbed local\.$/,
    );
    expect(tableUnder(markdown, /^Trials by arm and verdict:$/)).toEqual([
      '| arm | policy | valid | failed | invalid | reasons |',
      '| :-- | :-- | --: | --: | --: | :-- |',
      '| hpa | hpa | 6 | 0 | 0 | – |',
      '| showar | showar | 6 | 0 | 0 | – |',
    ]);
    expect(markdown.indexOf('Trials by arm and verdict:')).toBeLessThan(markdown.indexOf('## Figure 1.'));
  });

  test('draws the policies: cost against violations first, then differences, time, and every action', () => {
    expect([...markdown.matchAll(/^!\[.*\]\(figures\/(.+)\.svg\)$/gm)].map(([, name]) => name)).toEqual([
      ...['cost-violations', 'differences', 'arms-over-time', 'latencies', 'actions', 'time-breakdown'],
      ...['load-over-time', 'cpu-by-service', 'wait-map', 'histograms', 'over-time'],
    ]);
  });

  test('says what each policy did and what it cost', () => {
    const [head = '', , hpa = '', showar = ''] = tableUnder(markdown, /^Policies by arm: counts over all valid trials/);
    expect(head).toBe(
      '| arm | policy | steps | step time | CPU of one core | memory | replicas changed | CPU limit changed | refused | superseded | late | missed | conflicts |',
    );
    // 6 trials of 12 s: a step every 2 s, and one every second.
    expect(hpa).toMatch(
      /^\| hpa \| hpa \| 30 \| [\d.]+ µs \([\d.]+ to [\d.]+ µs\) \| [\d.]+ % \(.*\) \| – \| \d+ \| 0 \| 0 \|/,
    );
    expect(showar).toMatch(/^\| showar \| showar \| 66 \| /);
    expect(showar).toMatch(/ \| 12 \| 0 \| 0 \| 0 \| 0 \|$/);
    expect(rowsOf(markdown)).toContain('| showar | echo | memory limit | above the bound of 512 MiB | 6 |');
  });

  test('gives the options as they take effect', () => {
    expect(tableUnder(markdown, /^Options of hpa \(policy hpa\) as they take effect/)).toEqual([
      '| option | value | from |',
      '| :-- | :-- | :-- |',
      '| target | 0.5 | default |',
    ]);
  });

  test('says how each arm answered to each change of the load', () => {
    const rows = tableUnder(markdown, /^From the change, as it took place in the trial:/);
    expect(rows[0]).toBe('| change | arm | detected | acted | recovered | trials that recovered |');
    expect(rows.slice(2).map((row) => row.split(' | ').slice(0, 2).join(' | '))).toEqual([
      ...['| at 5 s: 30 to 60/s | hpa', '| at 5 s: 30 to 60/s | showar'],
      ...['| at 9 s: 60 to 30/s | hpa', '| at 9 s: 60 to 30/s | showar'],
    ]);
    expect(rows[2]).toMatch(/ \| \d of 6 \|$/);
  });

  test('has cost and violations by arm, and no prices where the profile has none', () => {
    const rows = tableUnder(
      markdown,
      /^Over the measured part of a trial, from 2 s to 12 s: median of the valid trials/,
    );
    expect(rows[0]).toBe('| metric | hpa | showar |');
    expect(rows.map((row) => row.split(' | ')[0])).toEqual([
      ...['| metric', '| :--', '| core-seconds', '| core-seconds by request', '| core-seconds used', '| GB-seconds'],
      ...['| replica-seconds', '| violations', '| time in violation', '| longest violation', '| violation area'],
      ...['| throttled', '| OOM kills', '| actions', '| reversals', '| valid trials'],
    ]);
    expect(rows.at(-1)).toBe('| valid trials | 6 | 6 |');
    expect(markdown).toContain('The profile has no prices, so nothing is priced.');
  });

  test('compares within margins, in words only where it was shown', () => {
    const rows = tableUnder(markdown, /^2 hypotheses named before the run, paired by block:/);
    expect(rows[0]).toBe(
      '| comparison | ranking | difference | relative | equality | p | Holm p | Hodges–Lehmann | rank-biserial | blocks |',
    );
    for (const [index, comparison] of input.summary.comparisons.entries())
      expect(rows[index + 2]).toMatch(
        comparison.equivalence === 'equal'
          ? / \| equal within [\d.]+ /
          : / \| equality within [\d.]+ [a-z- ]+ not shown \| /,
      );
  });

  test('has limit, mean of replicas and actions of each service', () => {
    const rows = tableUnder(markdown, /^Services of showar over the measured part/);
    expect(rows[0]).toBe(
      '| service | replicas | limit, cores | cores used | throttled | run-queue wait p95 | most memory | kills by memory limit | restarts | requests per second | errors | actions | start to answer |',
    );
    expect(rows[2]).toMatch(/^\| gate \| \d to \d \(mean [\d.]+\) \| [\d.]+ \([\d.]+ to [\d.]+\) \| /);
    expect(rows[3]).toMatch(/ \| \d+ \(6 refused\) \| [\d.]+ m?s \|$/);
  });

  test('ends on the terminal with what they reserved, violated and did', () => {
    const [head = '', hpa = ''] = terminalTable(input.summary, input.plan).split('\n');
    expect(head.split(/ {2,}/)).toEqual([
      ...['arm', 'valid', 'failed', 'invalid', 'latency p99', 'violations', 'core-seconds', 'actions'],
    ]);
    expect(hpa).toMatch(/^hpa +6 +0 +0 +[\d.]+ ms +(?:0|[\d.]+) % +[\d.]+ core-s +[\d.]+$/);
  });
});

test('an arm without a policy stands beside the others, and did nothing', () => {
  const { hpa } = policyExample.policies ?? {};
  if (hpa === undefined) throw new Error('The example has no hpa.');
  const markdown = markdownOf(
    applicationInput({ ...policyExample, blocks: 2, arms: { hpa: 0.2, showar: 1 }, policies: { hpa } }),
  );
  expect(rowsOf(markdown)).toContain('| showar | none | 2 | 0 | 0 | – |');
  expect(tableUnder(markdown, /^Policies by arm:/)).toHaveLength(3);
});

test('a policy that failed is told among the verdicts, and its trial counts as the worst', () => {
  const input = applicationInput({ ...policyExample, blocks: 2 }, ({ record }) => {
    const { policy } = record.evidence;
    if (record.id !== '001-showar-1' || policy === null) return {};
    const failed = { ...policy, failure: 'panicked at line 3' };
    return { record: { ...record, evidence: { ...record.evidence, policy: failed } } };
  });
  const markdown = markdownOf(input);
  expect(rowsOf(markdown)).toContain('| showar | showar | 1 | 1 | 0 | policy-failed 1 |');
  expect(markdown).toMatch(/\| failed: policy-failed \(Panicked at line 3\) \| yes \|/);
  expect(markdown).toContain('1 failed trial has no mark and counts as worse than any number in the medians.');
  expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
});

test('without a tracer all else is told, and that waits were not measured', () => {
  const input = applicationInput({ ...policyExample, blocks: 2 }, ({ samples }) => ({
    samples: samples.map((sample) => ({ ...sample, source: 'none', waits: null, tracer: null })),
  }));
  const summary = { ...input.summary, experiment: { ...input.summary.experiment, source: 'none' as const } };
  const markdown = markdownOf({ ...input, summary });
  expect(markdown).toContain('Source of waits: **none** (waits were not measured)');
  expect(markdown).toContain('Not drawn: run-queue wait, since waits were not measured.');
  expect(markdown).toContain('Not drawn: waits were not measured.');
  expect(markdown).toContain('figures/arms-over-time.svg');
  expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
});

describe('several loads', () => {
  let markdown = '';
  beforeAll(() => {
    const loads = [loadOf('low', 30), loadOf('high', 60)];
    markdown = markdownOf(applicationInput({ ...policyExample, loads }));
  });

  test('have a row each, and a line over all of them', () => {
    const rows = tableUnder(markdown, /^Arm minus the one it is compared with, under each load;/);
    expect(rows.slice(2).map((row) => row.split(' | ').slice(0, 2).join(' | '))).toEqual([
      ...['low', 'high', 'all loads'].map((load) => `| showar − hpa (core-seconds) | ${load}`),
      ...['low', 'high', 'all loads'].map((load) => `| showar − hpa (violations) | ${load}`),
    ]);
    expect(rows[4]).toMatch(
      /^\| showar − hpa \(core-seconds\) \| all loads \| [+−][\d.]+ core-s \| {2}\| [a-z ]+ under \d load/,
    );
  });

  test('have a sentence, a table of costs and a panel each', () => {
    expect(markdown.match(/^(?:>|- \*\*showar − hpa\*\*:) .*under load “(?:low|high)”/gm)).toHaveLength(2);
    expect(markdown).toContain('Under load low: over the measured part');
    expect(markdown).toContain('Under load high: over the measured part');
    expect(markdown).toMatch(/Cost against violations\. .*Load low\. .*Load high\. /);
  });
});

describe('published numbers', () => {
  const result: PublishedResult = {
    ...{ claim: '17 % less', against: 'Kubernetes', setUp: '30 machines for a day', source: 'figure 9' },
    comparable: { metric: 'core-seconds', against: 'hpa' },
  };
  const withPublished = (published: readonly PublishedResult[], changes = {}): ReportInput =>
    applicationInput({
      ...{ ...policyExample, ...changes },
      policies: { hpa: policyOf('hpa'), showar: policyOf('showar', { published }) },
    });
  const oursIn = (input: ReportInput): readonly string[] =>
    tableUnder(markdownOf(input), /^What was published, where, and the nearest/)
      .slice(2)
      .map((row) => row.split(' | ').at(-1) ?? '');

  test('stand beside ours with their set-up and our interval', () => {
    const { comparable, ...incomparable } = result;
    const input = withPublished([result, incomparable]);
    const [first = '', second] = tableUnder(markdownOf(input), /^What was published/).slice(2);
    expect(first).toMatch(
      /^\| showar \| 17 % less \(figure 9\) \| Kubernetes \| 30 machines for a day \| core-seconds: [+−][\d.]+ core-s \\\[.*\\\] \(showar − hpa, load steps, [+−][\d.]+ % relative, at 96\.9 %\) \|$/,
    );
    expect(second).toMatch(/ \| not measured \|$/);
  });

  test('are turned round where the hypothesis is the other way round', () => {
    const hypothesis = { arm: 'hpa', against: 'showar', metric: 'core-seconds', margin: null } as const;
    const [turned = ''] = oursIn(
      withPublished([result], { plan: { ...policyExample.plan, hypotheses: [hypothesis] } }),
    );
    expect(turned).toMatch(/\(showar − hpa, load steps, at 96\.9 %\) \|$/);
    const signOf = (text: string): string | undefined => /core-seconds: ([+−])/.exec(text)?.[1];
    expect(signOf(turned)).toBe(signOf(oursIn(withPublished([result]))[0] ?? ''));
  });

  test('stand beside medians where no hypothesis is about them, and beside nothing without such an arm', () => {
    const hypothesis = { arm: 'showar', against: 'hpa', metric: 'latency-p99', margin: null } as const;
    const plan = { ...policyExample.plan, hypotheses: [hypothesis] };
    expect(oursIn(withPublished([result], { plan }))[0]).toMatch(
      /^core-seconds: [\d.]+ core-s against [\d.]+ core-s \(medians of showar and hpa; no hypothesis\) \|$/,
    );
    const other = { ...result, comparable: { metric: 'core-seconds', against: 'autopilot' } } as const;
    expect(oursIn(withPublished([other]))).toEqual(['not measured (no arm with policy autopilot) |']);
  });

  test('where nothing was published there is no section', () => {
    expect(markdownOf(withPublished([]))).not.toContain('Published numbers');
  });
});

test('options are told by their path, lists of plain values in one, and with what the profile wrote', () => {
  const options = {
    metrics: [{ kind: 'cpu', target: 0.5 }, { kind: 'wait' }],
    gains: [0.1, 0.2],
    none: [],
    vertical: { sigma: 3, off: null },
  };
  const written = { metrics: [{ kind: 'cpu' }], vertical: { sigma: '3' } };
  const { plan } = applicationInput({
    ...policyExample,
    blocks: 1,
    policies: { hpa: policyOf('hpa', { options, written }) },
  });
  const [table] = policyOptionsTables(plan);
  expect(table?.rows.map((row) => row.map(({ text }) => text))).toEqual([
    ['metrics[0].kind', 'cpu', 'the profile'],
    ['metrics[0].target', '0.5', 'the profile'],
    ['metrics[1].kind', 'wait', 'the profile'],
    ['gains', '0.1, 0.2', 'default'],
    ['none', 'none', 'default'],
    ['vertical.sigma', '3', 'the profile'],
    ['vertical.off', 'none', 'default'],
  ]);
});

describe('compressed time', () => {
  const { plan } = applicationInput({ ...policyExample, blocks: 1 });

  test('says what a short form cannot show', () => {
    expect(shortForm({ ...plan, timeCompression: 75, trialMs: 9000 })).toEqual({
      code: 'short-form',
      text: 'Time is compressed 75 times: a trial of 9 s stands for 11 min 15 s. Intervals, windows, start-up and changes of the load are divided by 75, while rates, latencies and the objective are as they were. A policy decides on 75 times fewer requests than in real time, so what it sees is noisier; and the period of a CPU limit, which is not compressed, takes a part of its intervals that is 75 times larger. What takes longer than a trial, such as caches that fill and days that pass, cannot show.',
      hint: 'Believe a difference once a profile with longer trials and a smaller `timeCompression` shows it too.',
    });
  });

  test('has nothing to say in real time, and nothing of policies where there are none', () => {
    expect(shortForm(plan)).toBeNull();
    const fixed = applicationInput({ ...echoExample, blocks: 1 }).plan;
    expect(shortForm({ ...fixed, timeCompression: 10 })?.text).not.toContain('policy');
  });

  test('is a thing to know before the numbers', () => {
    const input = applicationInput({ ...policyExample, blocks: 1 });
    const compressed = { ...input, plan: { ...input.plan, timeCompression: 10 } };
    expect(markdownOf(compressed)).toContain('\n> ⚠ Time is compressed 10 times: ');
  });
});

describe('what a profile says of itself', () => {
  test('stands below the title', () => {
    const description = profileDescription('seed: 1\ndescription: >-\n  Short; long.yaml is\n  the long form.\n');
    const input = applicationInput({ ...policyExample, blocks: 1 });
    expect(markdownOf({ ...input, description }).split('\n\n')[2]).toBe('Short; long.yaml is the long form.');
  });

  test.each(['', 'seed: 1', 'description: [1]', 'description: ""', '{', 'a: &a [*a]'])(
    'a profile like %s says nothing of itself',
    (text) => {
      expect(profileDescription(text)).toBeNull();
    },
  );
});

test('what two equal arms differ by stands beside every difference', () => {
  const input = applicationInput(policyExample);
  const noise = [{ metric: 'core-seconds', low: -0.2, high: 0.3, blocks: 8, experiment: 'aa-1' }] as const;
  const markdown = markdownOf({ ...input, summary: { ...input.summary, noise } });
  const rows = tableUnder(markdown, /^2 hypotheses named before the run/);
  expect(rows[2]).toContain(' | \\[−0.200, 0.300\\] core-s (8 blocks) | ');
  expect(rows[3]).toMatch(/ not shown \| – \| | equal within [^|]+ \| – \| /);
  expect(markdown).toContain(
    'Two equal arms: the interval of the difference between two arms that did the same on this testbed, from aa-1.',
  );
  expect(markdown).toContain('Two equal arms differ by \\[−0.200, 0.300\\] core-s here.');
});
