import type { ArmBreakdown } from '../../analysis/application-figure-data.ts';
import type { FigureData } from '../../analysis/figure-data.ts';
import { type TimePart, timeParts } from '../../analysis/request-time.ts';
import { formatSeconds, formatShare } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { printable } from '../escape.ts';
import { timePartWords } from '../time-part-words.ts';
import { behindResults } from '../wording.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { countText, measuredText, unansweredTexts } from './figure-words.ts';
import { inks, timeColours } from './theme.ts';

const title = 'Where the time went';
const panels = [
  { quantile: 'p50', text: 'The median request' },
  { quantile: 'p99', text: 'The p99 request' },
] as const;

/** What the median and the p99 request of each arm waited for, along its critical path. */
export function timeBreakdownFigure(data: FigureData, plan: Plan): Figure | MissingFigure {
  const drawn = data.application?.breakdowns ?? [];
  if (drawn.length === 0)
    return {
      title,
      missing:
        plan.application?.driver.spanShare === 0
          ? 'Not drawn: the profile asks for no spans (spanShare is 0).'
          : 'Not drawn: no request next to a quantile of its trial left spans and was answered.',
    };
  const arms = plan.arms.map(({ name }) => name).filter((arm) => drawn.some((one) => one.arm === arm));
  const parts = timeParts.filter((part) => drawn.some((one) => one.parts[part] > 0));
  return {
    name: 'time-breakdown',
    title,
    caption: [captionText(drawn, plan), ...unansweredTexts(data.application?.unansweredQuantiles ?? [])].join(' '),
    alternative: alternativeText(drawn),
    data: {
      parts: drawn.flatMap((one) => partRows(one, parts)),
      totals: drawn.map((one) => totalRow(one)),
    },
    // Where all requests at a quantile went unanswered there is nothing to draw of it.
    spec: (width, theme) =>
      spec(
        width,
        theme,
        arms,
        parts,
        panels.filter((panel) => drawn.some(({ quantile }) => quantile === panel.quantile)),
      ),
  };
}

function captionText(drawn: readonly ArmBreakdown[], plan: Plan): string {
  const trials = countText(drawn.map((one) => one.trials));
  return `The latency of the requests with spans that are next to the median, and to the p99, of all requests of their trial: the mean of ${countText(drawn.map(({ traces }) => traces))} of them from ${trials} valid trials per arm${behindResults(plan)}; ${measuredText(plan)}. Each has its time split along its critical path, so that the parts add up to its latency; the section of the same name says what each part is.`;
}

const place = ({ arm, quantile }: ArmBreakdown): FigureRow => ({ arm: printable(arm), quantile });

function partRows(one: ArmBreakdown, parts: readonly TimePart[]): FigureRow[] {
  let reached = 0;
  return parts.map((part) => {
    const from = reached;
    reached += one.parts[part] * 1000;
    return {
      ...place(one),
      part: timePartWords[part],
      ...{ from: Number(from.toPrecision(5)), to: Number(reached.toPrecision(5)) },
      time: `${timePartWords[part]}: ${formatSeconds(one.parts[part] / 1000)}, ${formatShare(one.parts[part] / one.latencyMs.mean)}`,
    };
  });
}

const totalRow = (one: ArmBreakdown): FigureRow => ({
  ...place(one),
  at: Number((one.latencyMs.mean * 1000).toPrecision(5)),
  text: formatSeconds(one.latencyMs.mean / 1000),
});

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  arms: readonly string[],
  parts: readonly TimePart[],
  filled: readonly (typeof panels)[number][],
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  const colours = timeColours(theme);
  const names = width === 'wide' ? 120 : 70;
  const y = {
    field: 'arm',
    type: 'nominal' as const,
    sort: arms.map(printable),
    title: null,
    axis: { grid: false, ticks: false, labelLimit: names, labelColor: ink.text },
  };
  const x = { type: 'quantitative' as const, scale: { nice: false, zero: true, padding: 0 } };
  return {
    spacing: 20,
    vconcat: filled.map(({ quantile, text }) => ({
      title: { text, frame: 'group' as const, limit: 300 },
      width: width === 'wide' ? 730 : 200,
      height: { step: 34 },
      layer: [
        {
          data: { name: 'parts' },
          transform: [{ filter: `datum.quantile === '${quantile}'` }],
          mark: { type: 'bar' as const, height: 22, stroke: ink.background, strokeWidth: 0.75 },
          encoding: {
            x: {
              ...x,
              field: 'from',
              title: null,
              axis: { labelExpr: microsExpression, tickCount: width === 'wide' ? 7 : 3, labelFlush: true },
            },
            x2: { field: 'to' },
            y,
            color: {
              field: 'part',
              type: 'nominal' as const,
              scale: {
                domain: parts.map((part) => timePartWords[part]),
                range: parts.map((part) => colours[part]),
              },
              legend: {
                ...{ title: null, orient: 'top' as const, symbolType: 'square' as const, symbolSize: 110 },
                ...{ columns: width === 'wide' ? 5 : 2, symbolStrokeWidth: 0, labelLimit: 160 },
              },
            },
            tooltip: { field: 'time', type: 'nominal' as const },
          },
        },
        {
          data: { name: 'totals' },
          transform: [{ filter: `datum.quantile === '${quantile}'` }],
          mark: { type: 'text' as const, align: 'left' as const, dx: 6, fontWeight: 600 as const },
          encoding: { x: { ...x, field: 'at' }, y, text: { field: 'text', type: 'nominal' as const } },
        },
      ],
    })),
    resolve: { scale: { x: 'independent' } },
  };
}

/** Zero without a unit. */
const microsExpression =
  "datum.value === 0 ? '0' : datum.value >= 1e6 ? format(datum.value / 1e6, '~g') + ' s' : datum.value >= 1000 ? format(datum.value / 1000, '~g') + ' ms' : format(datum.value, '~g') + ' µs'";

function alternativeText(drawn: readonly ArmBreakdown[]): string {
  const sentences = drawn.map(({ arm, quantile, latencyMs, parts }) => {
    const numbers = timeParts
      .filter((part) => parts[part] > 0)
      .map((part) => `${timePartWords[part]} ${formatSeconds(parts[part] / 1000)}`);
    return `${printable(arm)}, ${quantile}: ${formatSeconds(latencyMs.mean / 1000)}, of it ${numbers.join(', ')}`;
  });
  return `What a request waited for, by arm. ${sentences.join('. ')}.`;
}
