import { describe, expect, test } from 'vitest';
import type { Comparison, Summary, TrialRow } from '../../../../harness/analysis/summary.ts';
import { compileFigure, fill } from '../../../../harness/report/figure/compile.ts';
import { drawSvg } from '../../../../harness/report/figure/draw.ts';
import type { Figure, FigureRow } from '../../../../harness/report/figure/figure.ts';
import { figuresOf } from '../../../../harness/report/figure/figures.ts';
import type { ReportInput } from '../../../../harness/report/report-input.ts';
import { loadOf } from '../../../rig/recorded.ts';
import { policyOf } from '../../../rig/simulated-control.ts';
import { applicationInput, policyExample } from '../application-input.ts';

const small = { ...policyExample, blocks: 2 };
const input = applicationInput(small);

function figureNamed(name: string, { summary, figureData, plan, manifest }: ReportInput = input): Figure {
  const found = figuresOf(summary, figureData, plan, manifest).find(
    (figure) => 'name' in figure && figure.name === name,
  );
  if (found === undefined || 'missing' in found) throw new Error(`There is no figure ${name}.`);
  return found;
}

const withSummary = (changes: Partial<Summary>): ReportInput => ({
  ...input,
  summary: { ...input.summary, ...changes },
});
const rowsOf = (figure: Figure, set: string): readonly FigureRow[] => figure.data[set] ?? expect.fail(`no ${set}`);
const svgOf = async (figure: Figure, width: 'wide' | 'narrow'): Promise<string> =>
  drawSvg(fill(await compileFigure(figure, width, 'light'), figure.data));
const widthOf = (svg: string): number => Number(/width="(\d+)"/.exec(svg)?.[1]);
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '');

describe('cost against violations', () => {
  const [first] = input.summary.trials;
  /** Trials of so many core-seconds and such a share of violations; null failed. */
  const trialsOf = (places: readonly (readonly [arm: string, cost: number, share: number] | readonly [string])[]) =>
    places.map(([arm, cost, share], index): TrialRow => {
      const metrics = first?.metrics ?? null;
      if (first === undefined || metrics === null) throw new Error('The example has no trial.');
      if (cost === undefined || share === undefined) {
        const verdict = { kind: 'failed', code: 'policy-failed', text: 'gone' } as const;
        return { ...first, arm, block: index, verdict };
      }
      const values = { ...metrics.values, 'core-seconds': cost, 'violation-share': share };
      return { ...first, arm, block: index, metrics: { ...metrics, values } };
    });

  test('has a mark for each valid trial, the median of each arm, and an edge along those that no other beats', () => {
    const trials = trialsOf([
      ...([
        ['hpa', 10, 0.02],
        ['hpa', 12, 0.04],
        ['hpa', 14, 0.03],
      ] as const),
      ...([
        ['showar', 8, 0.05],
        ['showar', 9, 0.06],
        ['showar', 7, 0.07],
      ] as const),
    ]);
    const figure = figureNamed('cost-violations', withSummary({ trials }));
    expect(rowsOf(figure, 'trials').map(({ arm, x, y }) => [arm, x, y])).toEqual([
      ...[
        ['hpa', 10, 2],
        ['hpa', 12, 4],
        ['hpa', 14, 3],
      ],
      ...[
        ['showar', 8, 5],
        ['showar', 9, 6],
        ['showar', 7, 7],
      ],
    ]);
    expect(rowsOf(figure, 'medians').map(({ arm, x, y }) => [arm, x, y])).toEqual([
      ['hpa', 12, 3],
      ['showar', 8, 6],
    ]);
    // Down at 8, over to 12, down again, and out.
    expect(
      rowsOf(figure, 'front')
        .slice(1, -1)
        .map(({ x, y }) => [x, y]),
    ).toEqual([
      ...[
        [8, 6],
        [12, 6],
        [12, 3],
      ],
    ]);
    expect(figure.alternative).toContain(
      'hpa: 12.0 core-s, 3.00 %, on the Pareto front; showar: 8.00 core-s, 6.00 %, on the Pareto front',
    );
  });

  test('counts a failed trial as worse than any number', () => {
    const trials = trialsOf([
      ['hpa', 10, 0.02],
      ['hpa', 12, 0.04],
      ['hpa'],
      ['showar', 8, 0.05],
      ['showar'],
      ['showar'],
    ]);
    const figure = figureNamed('cost-violations', withSummary({ trials }));
    expect(rowsOf(figure, 'trials')).toHaveLength(3);
    // 10, 12 and more than any number; of showar most are more than any number.
    expect(rowsOf(figure, 'medians').map(({ arm, x }) => [arm, x])).toEqual([['hpa', 12]]);
    expect(figure.caption).toContain('3 failed trials have no mark and count as worse than any number in the medians.');
    expect(figure.caption).toContain('No median of showar: at least half of the trials failed.');
    expect(JSON.parse(JSON.stringify(figure.data))).toEqual(figure.data);
  });

  test('tells arms apart by shape too, and has a panel for each load', async () => {
    const loads = [loadOf('low', 30), loadOf('high', 60)];
    const figure = figureNamed('cost-violations', applicationInput({ ...small, loads }));
    const svg = await svgOf(figure, 'wide');
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['hpa', 'showar']));
    for (const load of ['Load low', 'Load high']) expect(svg).toContain(load);
    expect(new Set(rowsOf(figure, 'medians').map(({ panel, arm }) => `${panel} ${arm}`)).size).toBe(4);
  });
});

describe('load, capacity and what came of it', () => {
  const arms = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`arm-${index}`, 0.2 + 0.1 * index]));
  const policies = Object.fromEntries(Object.keys(arms).map((arm) => [arm, policyOf('hpa')]));
  const loads = ['one', 'two', 'three', 'four'].map((name, index) => loadOf(name, 20 + 5 * index));

  test.each([
    { what: '2 arms', example: small },
    { what: '8 arms under 4 loads', example: { ...small, arms, policies, loads, blocks: 1 } },
  ])('of $what fits a page and a phone, with a panel for each', async ({ example }) => {
    const figure = figureNamed('arms-over-time', applicationInput(example));
    const [wide, narrow] = await Promise.all([svgOf(figure, 'wide'), svgOf(figure, 'narrow')]);
    expect(widthOf(wide)).toBeLessThan(960);
    expect(widthOf(narrow)).toBeLessThan(375);
    const names = Object.keys(example.arms ?? {});
    expect(textsOf(wide).filter((text) => names.includes(text))).toEqual(names);
    // On a phone each panel has its arm above it.
    const panels = 6 * names.length * (example.loads?.length ?? 0);
    expect(textsOf(narrow).filter((text) => names.includes(text))).toHaveLength(panels);
  });

  test('draws what was recorded, says what was not, and holds the objective', () => {
    const silent = applicationInput(small, ({ samples }) => ({
      samples: samples.map((sample) => ({ ...sample, source: 'none' as const, waits: null, tracer: null })),
    }));
    const figure = figureNamed('arms-over-time', silent);
    expect(Object.keys(figure.data)).toEqual(['offered', 'replicas', 'cores', 'latencies', 'violations']);
    expect(figure.caption).toContain('Not drawn: run-queue wait, since no wait was recorded.');
    expect(figure.caption).toContain('Violations: later than 50 ms, dashed among the latencies');
  });
});

describe('the strip of actions', () => {
  test('has them by side, and refused ones hollow', () => {
    const rows = rowsOf(figureNamed('actions'), 'actions');
    // Above the line is less than 0; each kind has a lane of its own, so that those of one instant lie beside each other.
    expect(new Set(rows.map(({ kind, lane, isRefused }) => `${kind} ${lane} ${isRefused}`))).toEqual(
      new Set([
        ...['replicas -4 false', 'replicas 4 false', 'CPU limit -9 false', 'CPU limit 9 false'],
        'memory limit 0 true',
      ]),
    );
  });

  test('puts services without room together, and has a panel for each load', async () => {
    const [mark] = input.figureData.application?.actions ?? [];
    const { application } = input.figureData;
    if (mark === undefined || application === null) throw new Error('The example has no action.');
    const actions = Array.from({ length: 15 }, (_, index) => ({ ...mark, service: `s-${index}`, count: 20 - index }));
    const figure = figureNamed('actions', {
      ...input,
      figureData: { ...input.figureData, application: { ...application, actions } },
    });
    expect(figure.caption).toContain('3 others together at the bottom.');
    expect(rowsOf(figure, 'actions').filter(({ service }) => service === '3 others')).toHaveLength(3);
    const texts = textsOf(await svgOf(figure, 'narrow'));
    expect(texts.filter((text) => text.startsWith('s-'))).toHaveLength(12);
    const loads = [loadOf('low', 30), loadOf('high', 60)];
    const split = figureNamed('actions', applicationInput({ ...small, loads }));
    expect(new Set(rowsOf(split, 'actions').map(({ arm }) => arm)).size).toBe(4);
  });

  test('says where a policy did nothing', () => {
    const idle = applicationInput({ ...small, policies: { hpa: policyOf('hpa'), showar: policyOf('static') } });
    expect(figureNamed('actions', idle).caption).toContain('No action in showar.');
    const { application } = input.figureData;
    if (application === null) throw new Error('The example has no application.');
    const still = { ...input, figureData: { ...input.figureData, application: { ...application, actions: [] } } };
    const missing = figuresOf(still.summary, still.figureData, still.plan, still.manifest).flatMap((figure) =>
      'missing' in figure ? [figure.missing] : [],
    );
    expect(missing).toEqual(['Not drawn: no policy did anything in a trial that counts.']);
  });
});

describe('differences', () => {
  const [comparison] = input.summary.comparisons;
  const pair = (against: string, size: number, changes: Partial<Comparison> = {}): Comparison => {
    if (comparison === undefined) throw new Error('The example compares nothing.');
    const differences = [1, 2, 3, 4, 5, 6].map((block) => ({ block, difference: size + 0.01 * block * size }));
    return { ...comparison, against, differences, medianDifference: size, interval: null, margin: null, ...changes };
  };

  test('share a scale within a metric, as long as their sizes are alike', () => {
    const comparisons = [pair('a', 5), pair('b', 0.1), pair('c', 3)];
    const figure = figureNamed('differences', withSummary({ comparisons }));
    const panels = new Map(rowsOf(figure, 'marks').map(({ panel, row, text }) => [`${panel} ${row}`, text]));
    expect([...panels.keys()]).toEqual(['0 0', '0 1', '1 0']);
    expect(figure.caption).toContain('more than twenty times smaller');
  });

  test('have the margin of each hypothesis and what two equal arms differ by behind them, cut at the edge', () => {
    const noise = [{ metric: 'core-seconds', low: -1, high: 'infinity', blocks: 8, experiment: 'aa' }] as const;
    const comparisons = [pair('a', 5, { margin: 1.5 }), pair('b', 4)];
    const figure = figureNamed('differences', withSummary({ comparisons, noise }));
    const bands = rowsOf(figure, 'bands').filter(({ kind }) => kind !== 'zero');
    const right = bands.find(({ kind }) => kind === 'noise')?.['high'];
    expect(right).toBeGreaterThan(5.3);
    expect(bands.map(({ row, kind, low, high }) => [row, kind, low, high])).toEqual([
      ...[
        [0, 'margin', -1.5, 1.5],
        [0, 'noise', -1, right],
        [1, 'noise', -1, right],
      ],
    ]);
    expect(figure.caption).toContain('Tall band: the margin');
    expect(figure.caption).toContain('Low band behind an interval');
    expect(figureNamed('differences', withSummary({ comparisons: [pair('a', 5)] })).caption).not.toContain('band');
  });
});
