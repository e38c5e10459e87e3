import { describe, expect, test } from 'vitest';
import { applicationCores } from '../../../../harness/report/figure/application-cores.ts';
import { compileFigure, fill } from '../../../../harness/report/figure/compile.ts';
import { drawSvg } from '../../../../harness/report/figure/draw.ts';
import type { Figure, FigureRow } from '../../../../harness/report/figure/figure.ts';
import { figuresOf } from '../../../../harness/report/figure/figures.ts';
import type { ReportInput } from '../../../../harness/report/report-input.ts';
import { requestOutcomes } from '../../../../harness/telemetry/request-log.ts';
import { logOf } from '../../../rig/arbitrary-requests.ts';
import { applicationInput, echoExample } from '../application-input.ts';

const small = { ...echoExample, blocks: 2 };
const input = applicationInput(small);

function figureNamed(name: string, { summary, figureData, plan, manifest }: ReportInput = input): Figure {
  const found = figuresOf(summary, figureData, plan, manifest).find(
    (figure) => 'name' in figure && figure.name === name,
  );
  if (found === undefined || 'missing' in found) throw new Error(`There is no figure ${name}.`);
  return found;
}

const rowsOf = (figure: Figure, set: string): readonly FigureRow[] => figure.data[set] ?? expect.fail(`no ${set}`);
const svgOf = async (figure: Figure, width: 'wide' | 'narrow'): Promise<string> =>
  drawSvg(fill(await compileFigure(figure, width, 'light'), figure.data));
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '');

test('where requests failed the curve goes level to the edge and ends there', () => {
  const requests = logOf(
    Array.from({ length: 10 }, (_, index) => ({
      ...{ dueMs: 5000 + index, doneMs: 5010 + 2 * index },
      outcome: index < 8 ? ('ok' as const) : ('timed-out' as const),
    })),
  );
  const rows = rowsOf(
    figureNamed(
      'latencies',
      applicationInput(small, () => ({ requests })),
    ),
    'curves',
  ).filter(({ arm, panel }) => arm === 'tight' && panel === 'All endpoints');
  const edge = Math.max(...rows.map(({ median }) => Number(median)));
  const atEdge = rows.filter(({ median }) => median === edge);
  expect(atEdge).toHaveLength(1);
  // Two of ten failed: what is level is below 20 %, and it is the last point.
  expect(atEdge[0]?.['slower']).toBeLessThan(0.2);
  expect(rows.at(-1)).toBe(atEdge[0]);
});

test('a step in which more than 5 % failed has a mark at the edge and no point', () => {
  const requests = logOf([
    { dueMs: 5100, doneMs: 5200 },
    { dueMs: 6100, doneMs: 6200, outcome: 'error-status' },
    { dueMs: 7100, doneMs: 7200 },
  ]);
  const rows = rowsOf(
    figureNamed(
      'load-over-time',
      applicationInput(small, () => ({ requests })),
    ),
    'latencies',
  );
  const steps = rows.filter(({ arm }) => arm === 'tight');
  expect(steps.map(({ from, median, edge }) => [from, median, edge !== null])).toEqual([
    [5, 100_000, false],
    [6, null, true],
    [7, 100_000, false],
  ]);
});

test('the parts of a bar follow each other and end where its total stands', () => {
  const figure = figureNamed('time-breakdown');
  for (const { arm, quantile, at } of rowsOf(figure, 'totals')) {
    const parts = rowsOf(figure, 'parts').filter((part) => part['arm'] === arm && part['quantile'] === quantile);
    parts.slice(1).forEach((part, index) => {
      expect(part['from']).toBe(parts[index]?.['to']);
    });
    expect(parts[0]?.['from']).toBe(0);
    expect(Number(parts.at(-1)?.['to']) / Number(at)).toBeCloseTo(1, 3);
  }
});

describe('the line of what the application could use', () => {
  const withCpus = (applicationCpus: string | null): ReportInput => {
    const { testbed } = input.manifest;
    return { ...input, manifest: { ...input.manifest, testbed: { ...testbed, details: { applicationCpus } } } };
  };

  test('counts the CPUs of the application', () => {
    expect(
      ['0', '0-2,5', '1,3', '', 'all', '0-', null].map((cpus) => applicationCores(withCpus(cpus).manifest)),
    ).toEqual([1, 4, 2, null, null, null, null]);
  });

  test('is left out where it would press everything else to the ground, or is not known, and the caption says so', () => {
    expect(figureNamed('cpu-by-service', withCpus('0-3')).caption).toContain(
      'The application could use 4.00 cores, far above what is drawn.',
    );
    expect(figureNamed('cpu-by-service', withCpus(null)).caption).toContain(
      'How many cores the application could use was not recorded.',
    );
  });
});

test('a service that did not wait in a step has no cell there', () => {
  const quiet = applicationInput(small, ({ samples }) => ({
    samples: samples.map((sample, place) => ({
      ...sample,
      waits: (sample.waits ?? []).filter(({ group }) => group !== 'echo-1' || place === 6),
    })),
  }));
  const cells = rowsOf(figureNamed('wait-map', quiet), 'cells').filter(({ arm }) => arm === 'ample');
  expect(cells.filter(({ service }) => service === 'echo').map(({ from, to }) => [from, to])).toEqual([[6, 7]]);
  expect(cells.filter(({ service }) => service === 'gate').length).toBe(12);
});

test('seven arms stand in rows of three, and on a phone one below the other', async () => {
  const arms = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`arm-${index}`, 0.2 + 0.1 * index]));
  const figure = figureNamed('cpu-by-service', applicationInput({ ...small, arms }));
  const sizes = await Promise.all(
    (['wide', 'narrow'] as const).map(async (width) => {
      const svg = await svgOf(figure, width);
      expect(textsOf(svg).filter((text) => text.startsWith('arm-'))).toHaveLength(7);
      return (/width="(\d+)" height="(\d+)"/.exec(svg) ?? []).slice(1).map(Number);
    }),
  );
  expect(sizes.map(([width = 0]) => [width < 960, width < 375])).toEqual([
    [true, false],
    [true, true],
  ]);
  expect(sizes[0]?.[1]).toBeLessThan(sizes[1]?.[1] ?? 0);
});

test('a name that is no name stays on one line in every figure', async () => {
  const arms = { 'a\u202e<b>\n': 0.1, ample: 1 };
  for (const name of ['latencies', 'time-breakdown', 'load-over-time', 'cpu-by-service', 'wait-map']) {
    const svg = await svgOf(figureNamed(name, applicationInput({ ...small, arms })), 'wide');
    expect(textsOf(svg).filter((text) => text.startsWith('a\ufffd&lt;b')).length).toBeGreaterThan(0);
    expect(svg).not.toMatch(/<b>|\u202e/);
  }
});

test('where the request at a quantile was answered in no trial of any arm, the rest of the split is drawn', async () => {
  const timedOut = requestOutcomes.indexOf('timed-out');
  const oneOf30 = applicationInput(small, ({ requests }) =>
    requests === null
      ? {}
      : { requests: { ...requests, outcome: requests.outcome.map((was, at) => (at % 30 === 0 ? timedOut : was)) } },
  );
  const texts = textsOf(await svgOf(figureNamed('time-breakdown', oneOf30), 'wide'));

  expect(texts).toContain('The median request');
  expect(texts).not.toContain('The p99 request');
});
