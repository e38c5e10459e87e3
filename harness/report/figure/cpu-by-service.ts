import type { ServicePoint } from '../../analysis/application-figure-data.ts';
import type { FigureData } from '../../analysis/figure-data.ts';
import type { Summary } from '../../analysis/summary.ts';
import { exactDuration, formatNumber } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Manifest } from '../../store/manifest.ts';
import { printable } from '../escape.ts';
import { behindResults, plural } from '../wording.ts';
import { applicationCores } from './application-cores.ts';
import { armFacet, armPanels, secondsAxis, warmupLayer } from './arm-panels.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { countText } from './figure-words.ts';
import { seriesColours, inks } from './theme.ts';

const title = 'Who used the CPU';
/** Services with a colour of their own. */
const mostServices = 6;

/** CPU used by the services over the course of a trial, one on top of the other, those that used most below. */
export function cpuByServiceFigure(
  summary: Summary,
  data: FigureData,
  plan: Plan,
  manifest: Manifest,
): Figure | MissingFigure {
  const points = (data.application?.servicesOverTime ?? []).filter(({ cpuCores }) => cpuCores !== null);
  const [first] = points;
  if (first === undefined) return { title, missing: 'Not drawn: no valid trial has a reading of a replica’s CPU.' };
  const arms = plan.arms.map(({ name }) => name).filter((arm) => points.some((point) => point.arm === arm));
  const ranked = rankedServices(points);
  const shown = ranked.length <= mostServices + 1 ? ranked : ranked.slice(0, mostServices);
  const others = ranked.length > shown.length ? plural(ranked.length - shown.length, 'other') : null;
  const names = [...shown.map(printable), ...(others === null ? [] : [others])];
  const rows = cpuRows(points, arms, shown, others);
  const highest = highestTotal(rows);
  const capacity = applicationCores(manifest);
  // A line far above everything would leave no room to see anything.
  const isNear = capacity !== null && capacity <= 5 * highest;
  return {
    name: 'cpu-by-service',
    title,
    caption: `Cores used in steps of ${exactDuration(first.toMs - first.fromMs)}, the mean over ${countText(summary.arms.map(({ valid }) => valid))} valid trials per arm${behindResults(plan)}, stacked: those that used most below, ${others === null ? 'all of them' : `${others} together on top`}. ${capacityText(capacity, isNear)} Shaded: warm-up.`,
    alternative: alternativeText(points, arms, ranked, plan),
    data: { cpu: rows },
    spec: (width, theme) =>
      spec(width, theme, {
        arms,
        names,
        hasOthers: others !== null,
        plan,
        capacity: isNear ? capacity : null,
        highest,
      }),
  };
}

function capacityText(capacity: number | null, isDrawn: boolean): string {
  if (capacity === null) return 'How many cores the application could use was not recorded.';
  const cores = capacity === 1 ? 'one core' : `${formatNumber(capacity)} cores`;
  return isDrawn
    ? `Dashed: the ${cores} that the application could use.`
    : `The application could use ${cores}, far above what is drawn.`;
}

/** By CPU over all arms, the most first; of the same, in the order of the model. */
function rankedServices(points: readonly ServicePoint[]): readonly string[] {
  const totals = new Map<string, number>();
  for (const { service, cpuCores } of points) totals.set(service, (totals.get(service) ?? 0) + (cpuCores ?? 0));
  return [...totals].sort(([, a], [, b]) => b - a).map(([service]) => service);
}

interface CpuRow extends FigureRow {
  readonly arm: string;
  readonly seconds: number;
  readonly cores: number;
}

function cpuRows(
  points: readonly ServicePoint[],
  arms: readonly string[],
  shown: readonly string[],
  others: string | null,
): readonly CpuRow[] {
  const rows = new Map<string, CpuRow>();
  for (const { arm, service, fromMs, toMs, cpuCores } of points) {
    const rank = shown.indexOf(service);
    const name = rank < 0 ? (others ?? '') : printable(service);
    const key = `${arm}/${name}/${fromMs}`;
    const before = rows.get(key);
    rows.set(key, {
      ...{ arm: printable(arm), armIndex: arms.indexOf(arm), service: name, rank: rank < 0 ? shown.length : rank },
      ...{ seconds: (fromMs + toMs) / 2000, cores: (before?.cores ?? 0) + (cpuCores ?? 0) },
    });
  }
  return [...rows.values()].map((row) => ({ ...row, cores: Number(row.cores.toPrecision(4)) }));
}

function highestTotal(rows: readonly CpuRow[]): number {
  const totals = new Map<string, number>();
  for (const { arm, seconds, cores } of rows) {
    const key = `${arm}/${seconds}`;
    totals.set(key, (totals.get(key) ?? 0) + cores);
  }
  return [...totals.values()].reduce((most, total) => Math.max(most, total), 0);
}

interface Drawing {
  readonly arms: readonly string[];
  readonly names: readonly string[];
  readonly hasOthers: boolean;
  readonly plan: Plan;
  readonly capacity: number | null;
  readonly highest: number;
}

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  { arms, names, hasOthers, plan, capacity, highest }: Drawing,
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  const panels = armPanels(width, arms.length);
  const x = secondsAxis(panels, plan);
  const colours = seriesColours(theme, names.length - (hasOthers ? 1 : 0));
  const y = {
    type: 'quantitative' as const,
    scale: { domain: [0, 1.08 * Math.max(highest, capacity ?? 0)], nice: false },
  };
  return {
    data: { name: 'cpu' },
    title: {
      ...{ text: 'Cores', fontSize: 11, fontWeight: 400, color: ink.muted, offset: 10 },
    },
    ...armFacet(panels),
    spec: {
      width: panels.panelWidth,
      height: panels.panelHeight + 40,
      layer: [
        warmupLayer(theme, plan),
        {
          mark: { type: 'area', opacity: 1, line: false, stroke: ink.background, strokeWidth: 0.5 },
          encoding: {
            x: { ...x, field: 'seconds' },
            y: { ...y, field: 'cores', stack: 'zero', title: null, axis: { tickCount: 4 } },
            order: { field: 'rank' },
            color: {
              field: 'service',
              type: 'nominal',
              scale: { domain: [...names], range: [...colours, ...(hasOthers ? [ink.baseline] : [])] },
              legend: {
                ...{ title: null, orient: 'top', symbolType: 'square', symbolSize: 110, symbolStrokeWidth: 0 },
                ...{
                  columns: width === 'narrow' ? 2 : legendWidth(names) > 880 ? 4 : names.length,
                  labelLimit: width === 'wide' ? 180 : 140,
                },
              },
            },
          },
        },
        ...(capacity === null
          ? []
          : [
              {
                transform: [{ aggregate: [{ op: 'count' as const, as: 'count' }], groupby: ['arm'] }],
                mark: { type: 'rule' as const, color: ink.text, strokeDash: [4, 3], strokeWidth: 1 },
                encoding: { y: { ...y, datum: capacity } },
              },
            ]),
      ],
    },
  };
}

/** About how wide the entries are side by side, in pixels. */
const legendWidth = (names: readonly string[]): number => names.reduce((sum, name) => sum + 6.4 * name.length + 30, 0);

function alternativeText(
  points: readonly ServicePoint[],
  arms: readonly string[],
  ranked: readonly string[],
  { warmupMs }: Plan,
): string {
  const parts = arms.map((arm) => {
    const numbers = ranked.slice(0, mostServices).map((service) => {
      const own = points.filter((point) => point.arm === arm && point.service === service && point.fromMs >= warmupMs);
      const mean = own.reduce((sum, { cpuCores }) => sum + (cpuCores ?? 0), 0) / Math.max(1, own.length);
      return `${printable(service)} ${formatNumber(mean)}`;
    });
    return `${printable(arm)}: ${numbers.join(', ')}`;
  });
  return `CPU by service over time, by arm. Mean cores after the warm-up: ${parts.join('. ')}.`;
}
