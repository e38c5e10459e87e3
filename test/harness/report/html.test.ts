import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeReport, type ReportFiles } from '../../../harness/report/make-report.ts';
import { exampleInput } from './example.ts';

const names = [
  'idle',
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "a|b`*_'\u2028\u202e${x}\\",
];
const remark = '<b onmouseover="x()">&amp;</b>';
const program = 'document.title += "</script><script>alert(2)</script>";';

describe('a report on hostile names', () => {
  let report: ReportFiles;
  beforeAll(async () => {
    report = await makeReport({ ...exampleInput({ names, remark, failedBlocks: [2] }), pageScript: program });
  });

  test('has no element that a name brought in', () => {
    const elements = new Set([...report.html.matchAll(/<([a-z0-9]+)/gi)].map((match) => match[1]?.toLowerCase()));
    expect(elements).not.toContain('img');
    expect(report.html.match(/<\/script/gi)).toHaveLength(2);
    expect(report.html).not.toMatch(/<b onmouseover/);
    expect(report.html).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(report.html).not.toMatch(/[\u2028\u202e]/);
    for (const { svg } of report.figures) expect(svg).not.toMatch(/<(?:img|script|b )/);
  });

  test('runs only the program whose hash the policy names, and fetches nothing', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(report.html)?.[1] ?? '';
    const script = /<script>([\s\S]*?)<\/script>/.exec(report.html)?.[1] ?? '';
    expect(script).toContain('document.title');
    const hash = createHash('sha256').update(script).digest('base64');
    expect(policy).toBe(
      `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`,
    );
    expect(report.html).not.toMatch(/(?:src|href)="(?!#)/);
  });

  test('embeds the figures’ data as JSON that can be read back', () => {
    const text = /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(report.html)?.[1] ?? '';
    expect(text).not.toContain('<');
    const data = JSON.parse(text) as {
      figures: { name: string; data: { slots?: { keys: string[]; rows: unknown[][] } } }[];
    };
    expect(data.figures.map((figure) => figure.name)).toEqual(['histograms', 'over-time', 'differences']);
    const slots = data.figures[0]?.data.slots;
    expect(slots?.rows[0]).toHaveLength(slots?.keys.length ?? 0);
    const arms = new Set(slots?.rows.map((row) => row[slots.keys.indexOf('arm')]));
    expect([...arms]).toEqual(['idle', names[1], names[2], "a|b`*_'\ufffd${x}\\"]);
  });
});

test('the same input gives the same bytes', async () => {
  const [first, second] = [await makeReport(exampleInput()), await makeReport(exampleInput())];
  // Not toEqual, which would print a megabyte.
  expect(second.html === first.html).toBe(true);
  expect(second.markdown).toBe(first.markdown);
  const pictures = ({ figures }: ReportFiles): string[] =>
    figures.map(({ svg, png }) => createHash('sha256').update(svg).update(png).digest('hex'));
  expect(pictures(second)).toEqual(pictures(first));
});

test('the first screen has answer, blocks, trials, notices and validity before any figure', async () => {
  const { html } = await makeReport(exampleInput({ remark: 'Two files are damaged.' }));
  const places = ['class="answer"', '8 of 8', '32 valid', 'Two files are damaged.', 'Trials by arm', '<figure>'].map(
    (text) => html.indexOf(text),
  );
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('tables have a caption, and headers for columns and rows', async () => {
  const { html } = await makeReport(exampleInput());
  const tables = html.split('<table>').slice(1);
  expect(tables.length).toBeGreaterThan(6);
  for (const table of tables) expect(table).toMatch(/^\n<caption[^>]*>[^<]+<\/caption>\n<thead><tr><th scope="col">/);
  expect(html).toContain('<tr><th scope="row">idle</th><td class="number">');
});

test('an experiment without a complete block still gives a whole report', async () => {
  const { html, figures } = await makeReport(exampleInput({ blocks: 0 }));
  expect(figures).toEqual([]);
  expect(html).toContain('No block is complete, so there is no answer yet');
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
});
