import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeReport } from '../../../harness/report/make-report.ts';
import { applicationInput, policyExample } from './application-input.ts';
import { type ExampleOptions, exampleInput } from './example.ts';

const executable = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

interface Opened {
  readonly page: Page;
  /** Messages of the console, errors, dialogs, and requests beyond the file itself. */
  readonly trouble: readonly string[];
}

interface PageOptions extends Pick<ExampleOptions, 'names' | 'remark'> {
  /** Instead of the example: an experiment with an application, and policies that scale it. */
  readonly hasApplication?: boolean;
}

interface Drawn {
  readonly name: string;
  readonly width: string;
  readonly marks: number;
  readonly ground: string;
}

// Programs for the browser. As text, because this test is compiled for Node, where there is no document.
const probes = {
  allDrawn: `document.querySelectorAll('.drawn').length === document.querySelectorAll('.drawing').length`,
  overflow: `document.documentElement.scrollWidth - innerWidth`,
  /** Marks of each figure as the page's program drew it, and the ground they stand on. */
  drawn: `[...document.querySelectorAll('.live')].map((box) => ({
    name: box.dataset.figure,
    width: box.dataset.width,
    marks: box.querySelectorAll('svg .mark-rect path, svg .mark-line path, svg .mark-symbol path').length,
    ground: getComputedStyle(box.querySelector('svg')).backgroundColor,
  }))`,
  allDark: `[...document.querySelectorAll('.live svg')].every((svg) => getComputedStyle(svg).backgroundColor === 'rgb(23, 27, 33)')`,
  allNarrow: `document.querySelectorAll('.live[data-width="narrow"] svg').length === 3`,
  /** Elements whose text stands out from its ground by less than 4.5 to 1 (WCAG 2.2, 1.4.3). */
  weak: `(() => {
    const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
    const luminance = (colour) => {
      const [red, green, blue] = channels(colour).map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const groundOf = (element) => {
      const { backgroundColor } = getComputedStyle(element);
      return channels(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
    };
    const elements = document.querySelectorAll('h1, h2, p, strong, b, dt, dd, li, li span, figcaption, caption, th, td, small, summary, pre');
    return [...elements]
      .map((element) => {
        const [text, ground] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
        return { tag: element.tagName, ratio: (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05) };
      })
      .filter(({ ratio }) => !(ratio >= 4.5));
  })()`,
};

describe('the page in a browser', () => {
  let browser: Browser | null = null;
  let pageScript = '';
  const folder = mkdtempSync(join(tmpdir(), 'scalelab-page-'));

  beforeAll(async () => {
    const root = new URL('../../../', import.meta.url);
    execFileSync(process.execPath, [fileURLToPath(new URL('harness/report/page/build.mjs', root))]);
    pageScript = readFileSync(new URL('dist/harness/report/page.js', root), 'utf8');
    if (executable === undefined) {
      if (process.env['CI'] !== undefined) throw new Error('No chromium is installed, and CI needs one.');
      return;
    }
    browser = await chromium.launch({
      executablePath: executable,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach((context) => {
    if (browser === null) context.skip('no chromium is installed (apt install chromium, or set CHROMIUM)');
  });

  /** The file of a report; each is made once. Its name has characters that an address must escape. */
  const files = new Map<string, string>();
  async function fileOf({ names, remark, hasApplication = false }: PageOptions): Promise<string> {
    const key = JSON.stringify([names, remark, hasApplication]);
    const file = files.get(key) ?? join(folder, `report #${files.size} ä.html`);
    if (!files.has(key)) {
      const options = { ...(names === undefined ? {} : { names }), ...(remark === undefined ? {} : { remark }) };
      const input = hasApplication ? applicationInput(policyExample) : exampleInput(options);
      writeFileSync(file, (await makeReport({ ...input, pageScript })).html);
      files.set(key, file);
    }
    return file;
  }

  async function open(
    options: PageOptions & {
      readonly width?: number;
      readonly dark?: boolean;
      readonly scripts?: boolean;
    } = {},
  ): Promise<Opened> {
    const file = await fileOf(options);
    const address = pathToFileURL(file).href;
    const context = await browser?.newContext({
      viewport: { width: options.width ?? 1280, height: 800 },
      colorScheme: options.dark === true ? 'dark' : 'light',
      javaScriptEnabled: options.scripts ?? true,
    });
    if (context === undefined) throw new Error('There is no browser.');
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== address) trouble.push(`request: ${request.url()}`);
    });
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(address);
    if (options.scripts !== false)
      await expect.poll(() => page.evaluate(probes.allDrawn), { timeout: 30_000 }).toBe(true);
    return { page, trouble };
  }

  const overflow = (page: Page): Promise<number> => page.evaluate<number>(probes.overflow);
  const drawn = (page: Page): Promise<readonly Drawn[]> => page.evaluate<readonly Drawn[]>(probes.drawn);
  const visible = (page: Page, selector: string): Promise<readonly boolean[]> =>
    page.evaluate<boolean[]>(
      `[...document.querySelectorAll('${selector}')].map((element) => element.checkVisibility())`,
    );

  test.each([
    { width: 1280, dark: false, variant: 'wide', ground: 'rgb(255, 255, 255)' },
    { width: 1280, dark: true, variant: 'wide', ground: 'rgb(23, 27, 33)' },
    { width: 375, dark: false, variant: 'narrow', ground: 'rgb(255, 255, 255)' },
    { width: 375, dark: true, variant: 'narrow', ground: 'rgb(23, 27, 33)' },
  ])(
    'draws all figures at $width px, dark: $dark, without a message, a request or a page that scrolls sideways',
    async ({ width, dark, variant, ground }) => {
      const { page, trouble } = await open({ width, dark });
      const figures = await drawn(page);
      expect(figures.map(({ name, width, ground }) => ({ name, width, ground }))).toEqual(
        ['histograms', 'over-time', 'differences'].map((name) => ({ name, width: variant, ground })),
      );
      // 8 panels of bars; 8 panels of 24 thin and 3 strong lines; 3 rows of 8 blocks and a median.
      expect(figures.map(({ marks }) => marks >= 27)).toEqual([true, true, true]);
      expect(figures[1]?.marks).toBeGreaterThanOrEqual(8 * 27);
      expect(await overflow(page)).toBe(0);
      expect(trouble).toEqual([]);
    },
  );

  test.each([
    { width: 1280, dark: false, variant: 'wide' },
    { width: 375, dark: true, variant: 'narrow' },
  ])('draws the figures of an application at $width px, dark: $dark', async ({ width, dark, variant }) => {
    const { page, trouble } = await open({ width, dark, hasApplication: true });
    const figures = await drawn(page);
    expect(figures.map((figure) => [figure.name, figure.width])).toEqual(
      [
        ...['cost-violations', 'differences', 'arms-over-time', 'latencies', 'actions', 'time-breakdown'],
        ...['load-over-time', 'cpu-by-service', 'wait-map', 'histograms', 'over-time'],
      ].map((name) => [name, variant]),
    );
    // Of the areas of CPU each has one mark: 2 arms of 2 services, beside what is behind them.
    expect(figures.map(({ marks }) => marks >= 4)).toEqual(figures.map(() => true));
    // 2 arms of 2 services over 12 s.
    expect(figures[8]?.marks).toBeGreaterThan(40);
    expect(await overflow(page)).toBe(0);
    expect(await page.evaluate(probes.weak)).toEqual([]);
    expect(trouble).toEqual([]);
  });

  test('draws again when the theme or the width changes', async () => {
    const { page, trouble } = await open();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => page.evaluate(probes.allDark), { timeout: 30_000 }).toBe(true);
    await page.setViewportSize({ width: 375, height: 800 });
    await expect.poll(() => page.evaluate(probes.allNarrow), { timeout: 30_000 }).toBe(true);
    expect(await overflow(page)).toBe(0);
    expect(await page.evaluate<boolean>(probes.allDark)).toBe(true);
    expect(trouble).toEqual([]);
  });

  test('prints still pictures on white, and unfolds its tables', async () => {
    const { page } = await open({ dark: true });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect(await visible(page, '.still svg')).toEqual([true, true, true]);
    expect(await visible(page, '.live')).toEqual([false, false, false]);
    expect(await page.locator('.still svg > rect').first().getAttribute('fill')).toBe('#ffffff');
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.answer')).color`)).toBe('rgb(28, 33, 39)');
    expect(await page.locator('details:not([open])').count()).toBe(0);
  });

  test('shows still pictures without scripts', async () => {
    const { page } = await open({ scripts: false });
    const stills = await page.locator('.still svg').all();
    const widths = await Promise.all(stills.map(async (still) => (await still.boundingBox())?.width ?? 0));
    expect(widths.map((width) => width > 500)).toEqual([true, true, true]);
  });

  test('shows hostile names as text, and runs nothing of them', async () => {
    const names = [
      'idle',
      '</script><script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "a|b`*_'\u2028\u202e${x}\\",
    ];
    const { page, trouble } = await open({ names, remark: '<b onmouseover="alert(2)">remark</b>' });
    expect(trouble).toEqual([]);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('tbody th', { hasText: 'alert(1)</script>' }).first().textContent()).toBe(names[1]);
    expect(await page.locator('.live[data-figure="histograms"] svg').textContent()).toContain("a|b`*_'\ufffd${x}\\");
  });

  test('writes SVG files that a strict XML reader takes', async () => {
    const { page } = await open();
    const { figures } = await makeReport(exampleInput({ names: ['<&>', '"b"', "'c'", ']]>'] }));
    for (const { svg } of figures) {
      const root = await page.evaluate<string>(
        `new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml').documentElement.nodeName`,
      );
      expect(root).toBe('svg');
    }
  });

  test.each([false, true])('has text that stands out from its ground by 4.5 to 1 (dark: %s)', async (dark) => {
    const { page } = await open({ dark, remark: 'A remark.' });
    expect(await page.evaluate(probes.weak)).toEqual([]);
  });

  test('gives each figure a role and words', async () => {
    const { page } = await open();
    for (const start of ['Histograms of run-queue wait.', 'Quantiles of run-queue wait', 'Paired differences.'])
      expect(await page.getByRole('img', { name: start }).count()).toBe(1);
  });
});
