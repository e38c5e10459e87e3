import { beforeAll, describe, expect, test } from 'vitest';
import { compileFigure, fill } from '../../../../harness/report/figure/compile.ts';
import { drawPng, drawSvg } from '../../../../harness/report/figure/draw.ts';
import type { Figure, MissingFigure } from '../../../../harness/report/figure/figure.ts';
import { figuresOf } from '../../../../harness/report/figure/figures.ts';
import { figureFonts, readTextWidth } from '../../../../harness/report/figure/font.ts';
import { type ExampleOptions, exampleInput } from '../example.ts';

function figures(options: ExampleOptions = {}): readonly (Figure | MissingFigure)[] {
  const { summary, figureData, plan, manifest } = exampleInput(options);
  return figuresOf(summary, figureData, plan, manifest);
}

function figureNamed(name: string, options: ExampleOptions = {}): Figure {
  const found = figures(options).find((figure) => 'name' in figure && figure.name === name);
  if (found === undefined || 'missing' in found) throw new Error(`There is no figure ${name}.`);
  return found;
}

async function svgOf(figure: Figure): Promise<string> {
  return drawSvg(fill(await compileFigure(figure, 'wide', 'light'), figure.data));
}

const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '');

describe('the pictures', () => {
  const svgs = new Map<string, string>();
  beforeAll(async () => {
    for (const name of ['histograms', 'over-time', 'differences']) svgs.set(name, await svgOf(figureNamed(name)));
  });

  test.each(['histograms', 'over-time', 'differences'])(
    'PNG of %s shows its text, without any font of the system',
    async (name) => {
      const svg = svgs.get(name) ?? '';
      const [withText, without] = await Promise.all([drawPng(svg, '#ffffff'), drawPng(svg, '#ffffff', [])]);
      expect(Buffer.from(withText).subarray(1, 4).toString()).toBe('PNG');
      expect(withText.length).toBeGreaterThan(1.05 * without.length);
    },
  );

  test('the histograms have one panel per arm and population, with the arm’s p95', () => {
    const texts = textsOf(svgs.get('histograms') ?? '');
    expect(texts).toEqual(
      expect.arrayContaining(['idle', 'stress-1', 'stress-cores', 'stress-2x', 'Canary', 'All tasks']),
    );
    expect(texts.filter((text) => text.startsWith('p95 '))).toEqual([
      ...['p95 20.8 µs', 'p95 58.1 µs', 'p95 2.09 ms', 'p95 6.13 ms'],
      ...['p95 46.3 µs', 'p95 772 µs', 'p95 5.00 ms', 'p95 12.7 ms'],
    ]);
  });

  test('the differences have a panel per metric, and in it a row with numbers per hypothesis', () => {
    const texts = textsOf(svgs.get('differences') ?? '');
    expect(texts).toEqual(
      expect.arrayContaining(['stress-1 − idle', 'median +39.2 µs, [26.9, 59.1] at 99.2 %, 8 blocks']),
    );
    // Microseconds and milliseconds do not share a scale.
    expect(texts.filter((text) => text === 'Canary p95')).toHaveLength(2);
  });

  test('the same data give the same picture', async () => {
    expect(await svgOf(figureNamed('differences'))).toBe(svgs.get('differences'));
  });
});

test('over time each block has its own thin line, and their median one that is made of samples at the same time', () => {
  const rows = figureNamed('over-time').data['lines'] ?? [];
  const idle = rows.filter(
    (row) => row['arm'] === 'idle' && row['population'] === 'Canary' && row['quantile'] === 'p95',
  );
  expect(new Set(idle.map((row) => row['line']))).toEqual(
    new Set([null, ...[1, 2, 3, 4, 5, 6, 7, 8].map((block) => `${block} p95`)]),
  );
  const medians = idle.filter((row) => row['line'] === null).map((row) => row['seconds']);
  expect(medians).toEqual(Array.from({ length: 25 }, (_, index) => (index * 200 + 100) / 1000));
});

test('bars of a histogram hold all switch-ins', () => {
  const rows = figureNamed('histograms').data['slots'] ?? [];
  const idle = rows.filter((row) => row['arm'] === 'idle' && row['population'] === 'Canary');
  const total = idle.reduce((sum, row) => sum + Number(row['share']), 0);
  expect(total).toBeGreaterThan(0.97);
  expect(total).toBeLessThan(1.03);
});

test('failed blocks and unbounded ends are arrows at the edge, and nothing infinite reaches the figure', () => {
  const rows = figureNamed('differences', { failedBlocks: [2, 5] }).data['marks'] ?? [];
  const last = rows.filter((row) => row['panel'] === 1 && row['row'] === 1);
  expect(last.map((row) => row['kind'])).toEqual([
    ...['block', 'block-right', 'block', 'block', 'block-right', 'block', 'block', 'block'],
    ...['interval', 'end-right', 'median'],
  ]);
  expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
  const mostly = figureNamed('differences', { failedBlocks: [1, 2, 3, 4, 5] }).data['marks'] ?? [];
  expect(mostly.at(-1)?.['kind']).toBe('median-right');
});

test('a failed arm without any valid trial leaves the other arms drawn', async () => {
  const figure = figureNamed('histograms', { failedBlocks: [1, 2, 3, 4, 5, 6, 7, 8] });
  const texts = textsOf(await svgOf(figure));
  expect(texts).toContain('stress-cores');
  expect(texts).not.toContain('stress-2x');
  expect(await svgOf(figureNamed('differences', { failedBlocks: [1, 2, 3, 4, 5, 6, 7, 8] }))).toContain(
    'median unbounded',
  );
});

test('what cannot be drawn says why', () => {
  const reasons = (options: ExampleOptions): string[] =>
    figures(options).flatMap((figure) => ('missing' in figure ? [figure.missing] : []));
  expect(reasons({ source: 'schedstat' })).toEqual([
    'Not drawn: schedstat gives sums of waits and no histogram.',
    'Not drawn: schedstat gives sums of waits, hence no quantiles over time.',
  ]);
  expect(reasons({ blocks: 0 })).toEqual([
    'Not drawn: no valid trial has a histogram.',
    'Not drawn: no valid trial has quantiles over time.',
    'Not drawn: no hypothesis has a complete block with its metric.',
  ]);
  expect(reasons({})).toEqual([]);
});

test('each figure says in words what it shows', () => {
  const drawn = figures().filter((figure) => 'name' in figure);
  expect(drawn.map((figure) => figure.alternative.slice(0, 120))).toEqual([
    'Histograms of run-queue wait. Canary, idle: most often 4.00 µs to 8.00 µs (38.6 %), p95 20.8 µs. Canary, stress-1: most ',
    'Quantiles of run-queue wait over time, by arm. Typical values after the warm-up: Canary, idle: p50 7.33 µs, p95 20.3 µs,',
    'Paired differences. stress-1 minus idle, canary p95: median +39.2 µs [26.9, 59.1] at 99.2 %; by block +38.3 µs, +37.4 µs',
  ]);
});

test('many arms stand one below the other', async () => {
  const names = Array.from({ length: 9 }, (_, index) => `arm-${index}`);
  const { plan, ...rest } = exampleInput({ names });
  const svg = await svgOf(figuresOf(rest.summary, rest.figureData, plan, rest.manifest)[0] as Figure);
  const [width = 0, height = 0] = (/width="(\d+)" height="(\d+)"/.exec(svg) ?? []).slice(1).map(Number);
  expect(width).toBeLessThan(960);
  expect(height).toBeGreaterThan(9 * 150);
});

test('a mistake in a specification is an error, not an empty picture', async () => {
  const figure = figureNamed('histograms');
  const broken: Figure = {
    ...figure,
    // A shape cannot show a quantity: Vega-Lite only warns, and leaves the shape out.
    spec: () => ({
      data: { name: 'slots' },
      mark: 'point',
      encoding: { shape: { field: 'share', type: 'quantitative' } },
    }),
  };
  await expect(compileFigure(broken, 'wide', 'light')).rejects.toThrow(/^A figure is wrong: /);
});

test('text is measured by the advance widths of the font that is shipped', async () => {
  const width = await readTextWidth(figureFonts().regular);
  // Inter 400: the figure one and the capital W differ by more than half an em, and a text is the sum of its letters.
  expect(width('W')).toBeGreaterThan(width('1') + 0.3);
  expect(width('W1µ')).toBeCloseTo(width('W') + width('1') + width('µ'), 9);
  expect(width('run-queue wait') / 14).toBeLessThan(0.62);
});
