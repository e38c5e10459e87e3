import { expect, test } from 'vitest';
import { makeDocument } from '../../../harness/report/make-document.ts';
import { renderMarkdown } from '../../../harness/report/markdown.ts';
import { type ExampleOptions, exampleInput } from './example.ts';
import { loadOf } from '../../rig/recorded.ts';

/** Without figures to draw, because only their names, captions and words are in the Markdown. */
const markdown = (options: ExampleOptions = {}): string => renderMarkdown(makeDocument(exampleInput(options)));

test('the Markdown opens with the answer, the counts and the other comparisons', () => {
  expect(markdown().split('\n\n').slice(0, 6)).toEqual([
    '# runqueue',
    'Experiment 20261124-130000-3f9c2a, started 2026-11-24 13:00 UTC',
    '> One busy thread raised the canary’s p95 run-queue wait by **39.2 µs \\[26.9, 59.1\\]** (median of 8 blocks, exact interval at 99.2 %), from a median of 20.8 µs to 58.1 µs.',
    '- **stress-cores − idle**: One busy thread per core (2 threads) raised the canary’s p95 run-queue wait by **2.07 ms \\[1.90, 2.65\\]** (median of 8 blocks, exact interval at 99.2 %), from a median of 20.8 µs to 2.09 ms.',
    '- **stress-2x − idle**: Two busy threads per core (4 threads) raised the canary’s p95 run-queue wait by **6.11 ms \\[5.48, 6.79\\]** (median of 8 blocks, exact interval at 99.2 %), from a median of 20.8 µs to 6.13 ms.',
    'Blocks complete: **8 of 8** (7 needed to rank) · Trials: **32 valid** (0 failed, 1 invalid) · Source of waits: **bpf** (tracer in the kernel, a histogram of every wait) · Testbed: **local** (2 cores)',
  ]);
});

test('figures are files beside it, with words for those who do not see them', () => {
  const images = [...markdown().matchAll(/^!\[([^\n]+)\]\((.+)\)$/gm)];
  expect(images.map((image) => image[2])).toEqual([
    'figures/histograms.svg',
    'figures/over-time.svg',
    'figures/differences.svg',
  ]);
  for (const image of images) expect(image[1]?.length).toBeGreaterThan(100);
});

test('the tables hold the waits, comparisons, cost, validity and manifest', () => {
  const text = markdown();
  expect(text).toContain(
    [
      'Canary: median of the trials, and their range:',
      '',
      '| arm | p50 | p95 | p99 | mean | total per second | wake-ups skipped |',
      '| :-- | --: | --: | --: | --: | --: | --: |',
      '| idle (8 trials) | 7.50 µs (6.14 to 8.50 µs) | 20.8 µs (17.0 to 23.6 µs) | 31.7 µs (26.0 to 36.0 µs) | 9.08 µs (7.44 to 10.3 µs) | 1.82 ms/s (1.49 to 2.06 ms/s) | 0 % (0 to 0 %) |',
    ].join('\n'),
  );
  expect(text).toContain(
    '| stress-1 − idle (canary p95) | higher | +39.2 µs (\\[26.9, 59.1\\] at 99.2 %) | +188 % | 0.0078 | 0.0234 | +39.6 µs | +1.00 | 8 |',
  );
  expect(text).toContain(
    '| idle | 0.332 % (0.272 to 0.377 %) | 0.0899 % (0.0899 to 0.0899 %) | 6.20 MiB (6.20 to 6.20 MiB) | 99.8 % (99.8 to 99.8 %) | 0 | 3 | 0 |',
  );
  expect(text).toContain('| stress-1 | one busy thread | 8 | 0 | 1 | cpu-stolen 1 |');
  expect(text).toContain('| invalid: cpu-stolen (Stolen 3.1 % of CPU time, at most 2 %) | no |');
  expect(text).toContain(
    [
      '20261124-130000-3f9c2a stands for the path of the folder that holds this report.',
      '',
      '```sh',
      'npx scalelab rerun 20261124-130000-3f9c2a',
      'npx scalelab verify 20261124-130000-3f9c2a',
      'npx scalelab report 20261124-130000-3f9c2a',
      '```',
    ].join('\n'),
  );
  expect(text).toContain('| profile | runqueue |');
  expect(text).toContain('| seed | 20261124 |');
  expect(text).toContain('| scalelab | 0.1.0, commit 9b70d21-dirty |');
});

test('it says how the canary and all tasks differ, and how exact a quantile is', () => {
  expect(markdown()).toContain(
    'The canary is one thread that wakes 200 times a second for 100 µs of work, in a cgroup of its own: the same population in every arm, so the answer is about it. All tasks are every task of the machine, busy threads included, as runqlat shows them: who they are changes from arm to arm. Quantiles are read from slots 12.5 % wide and may be off by 6.25 % of their value; sums and means are exact.',
  );
});

test('what the reader must know stands above the figures, each thing once', () => {
  const text = markdown({ blocks: 5, remark: 'stress is missing: the own spinner ran' });
  const notices = text.split('\n').filter((line) => line.startsWith('> ⚠'));
  expect(notices).toEqual([
    '> ⚠ The experiment is not finished: 5 of 8 planned blocks are complete. *The same command goes on with it.*',
    '> ⚠ stress is missing: the own spinner ran *Hint: stress is missing: the own spinner ran*',
  ]);
  expect(text.indexOf('> ⚠')).toBeLessThan(text.indexOf('## Figure 1'));
});

test('with schedstat it has means and totals, and says what cannot be drawn', () => {
  const text = markdown({ source: 'schedstat' });
  expect(text).toContain('Not drawn: schedstat gives sums of waits and no histogram.');
  expect(text).toContain(
    '| idle (8 trials) | – | – | – | 9.08 µs (7.44 to 10.3 µs) | 1.82 ms/s (1.49 to 2.06 ms/s) | 0 % (0 to 0 %) |',
  );
  expect(text).not.toContain('NaN');
});

test('names that hold markup stay text in one cell', () => {
  const text = markdown({ names: ['idle', 'a|b', '`c`', '<img src=x>\n# d'] });
  expect(text).toContain('| a\\|b | one busy thread | 8 | 0 | 1 | cpu-stolen 1 |');
  expect(text).toContain('| \\`c\\` | one busy thread per core (2 threads) | 8 |');
  expect(text).toContain('| &lt;img src=x&gt;\ufffd\\# d | two busy threads per core (4 threads) | 8 |');
});

test('figures and tables that pool several loads say so, and with one load or none there is nothing to say', () => {
  const input = exampleInput();
  const loads = ['low', 'high'].map((name) => loadOf(name, 50));
  const pooled = (count: number): string[] => {
    const text = renderMarkdown(makeDocument({ ...input, plan: { ...input.plan, loads: loads.slice(0, count) } }));
    return [...text.matchAll(/[^.,(\n]*, all loads together[^.,]*/g)].map(([part]) => part.trim());
  };
  expect(pooled(0)).toEqual([]);
  expect(pooled(1)).toEqual([]);
  expect(pooled(2)).toEqual([
    'Bars are medians over 8 valid trials per arm, all loads together',
    '8, all loads together)',
    'Canary: median of the trials, all loads together',
    'All tasks: median of the trials, all loads together',
    'Per arm, all loads together: median of the trials and their range',
  ]);
});
