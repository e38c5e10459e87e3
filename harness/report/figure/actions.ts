import type { ActionMark } from '../../analysis/application-figure-data.ts';
import type { FigureData } from '../../analysis/figure-data.ts';
import type { Summary } from '../../analysis/summary.ts';
import { exactDuration } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { decisionKinds, type DecisionKind } from '../../telemetry/action.ts';
import { printable } from '../escape.ts';
import { actionWords } from '../action-words.ts';
import { capitalised, plural, timeCompressionText } from '../wording.ts';
import { armFacet, armPanels, secondsAxis, warmupLayer } from './arm-panels.ts';
import type { Figure, FigureRow, FigureTheme, FigureWidth, MissingFigure } from './figure.ts';
import { countText } from './figure-words.ts';
import { actionColours, actionShapes, inks } from './theme.ts';

const title = 'What the policies did, and when';
/** Services with a line of their own. */
const mostServices = 12;

/** Every action over time, by arm and service: its kind by shape, and whether it gave more or took some away by side. */
export function actionsFigure(summary: Summary, data: FigureData, plan: Plan): Figure | MissingFigure {
  const marks = data.application?.actions ?? [];
  const [first] = marks;
  if (first === undefined) return { title, missing: missingText(plan) };
  const panels = panelNames(marks, plan);
  const ranked = rankedServices(marks, plan);
  const shown = ranked.length <= mostServices + 1 ? ranked : ranked.slice(0, mostServices);
  const others = ranked.length > shown.length ? plural(ranked.length - shown.length, 'other') : null;
  const idle = plan.arms.filter(({ name, policy }) => policy !== null && !marks.some(({ arm }) => arm === name));
  const most = marks.reduce((count, mark) => Math.max(count, mark.count), 1);
  const counts = summary.arms.filter(({ name }) => marks.some(({ arm }) => arm === name));
  const compression = timeCompressionText(plan);
  const kinds = decisionKinds.filter((kind) => marks.some((mark) => mark.kind === kind));
  return {
    name: 'actions',
    title,
    caption: [
      `All actions of ${countText(counts.map(({ valid, failed }) => valid + failed))} trials per arm together, when they were wanted: above the line of a service what gave it more, below it what took some away, on it placements, and, hollow, what was refused.`,
      most === 1
        ? ''
        : `Actions of one kind within ${exactDuration(first.toMs - first.fromMs)} share a mark, the larger the more there are (${most} at most).`,
      others === null ? '' : `${capitalised(others)} together at the bottom.`,
      idle.length === 0 ? '' : `No action in ${idle.map(({ name }) => printable(name)).join(', ')}.`,
      'Shaded: warm-up.',
      compression === '' ? '' : `${capitalised(compression)}.`,
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    alternative: alternativeText(marks, panels, plan),
    data: { actions: markRows(marks, [panels, shown, others], kinds, plan) },
    spec: (width, theme) =>
      spec(width, theme, {
        ...{ panels: panels.length, kinds, most, plan },
        services: [...shown.map(printable), ...(others === null ? [] : [others])],
      }),
  };
}

const missingText = ({ arms }: Plan): string =>
  arms.every(({ policy }) => policy === null)
    ? 'Not drawn: no arm has a policy, so nothing acted.'
    : 'Not drawn: no policy did anything in a trial that counts.';

/** Of each panel, in the order of the arms and loads. */
function panelNames(marks: readonly ActionMark[], plan: Plan): readonly string[] {
  const wanted = plan.arms.flatMap(({ name: arm }) => plan.loads.map(({ name: load }) => panelOf({ arm, load }, plan)));
  return wanted.filter((panel) => marks.some((mark) => panelOf(mark, plan) === panel));
}

const panelOf = ({ arm, load }: Pick<ActionMark, 'arm' | 'load'>, { loads }: Plan): string =>
  loads.length > 1 && load !== null ? `${printable(arm)}, load ${printable(load)}` : printable(arm);

/** Those with the most actions first if there is no room for all, else in the order of the model. */
function rankedServices(marks: readonly ActionMark[], { application }: Plan): readonly string[] {
  const order = application?.model.services.map(({ name }) => name) ?? [];
  const counts = new Map<string, number>();
  for (const { service, count } of marks) counts.set(service, (counts.get(service) ?? 0) + count);
  const services = [...counts.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (services.length <= mostServices + 1) return services;
  return services.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

/** How far from the line of its service a kind stands, in pixels: actions at one instant lie beside each other. */
const laneOf = (kind: number): number => 4 + 5 * kind;
const sides = { more: -1, less: 1, none: 0 } as const;

function markRows(
  marks: readonly ActionMark[],
  [panels, shown, others]: readonly [readonly string[], readonly string[], string | null],
  kinds: readonly DecisionKind[],
  plan: Plan,
): FigureRow[] {
  return marks.map((mark) => {
    const { service, kind, direction, isRefused, count, fromMs, toMs } = mark;
    const arm = panelOf(mark, plan);
    const result = isRefused ? 'refused' : direction === 'none' ? 'accepted' : direction;
    const times = count === 1 ? '' : `${count} times `;
    return {
      ...{ arm, armIndex: panels.indexOf(arm), service: shown.includes(service) ? printable(service) : others },
      ...{ kind: actionWords[kind], isRefused, count },
      lane: isRefused ? 0 : sides[direction] * laneOf(kinds.indexOf(kind)),
      seconds: (fromMs + toMs) / 2000,
      text: `${printable(service)}, ${exactDuration(fromMs)}: ${times}${actionWords[kind]}, ${result}`,
    };
  });
}

interface Drawing {
  readonly panels: number;
  readonly services: readonly string[];
  readonly kinds: readonly DecisionKind[];
  readonly most: number;
  readonly plan: Plan;
}

function spec(
  width: FigureWidth,
  theme: FigureTheme,
  { panels: count, services, kinds, most, plan }: Drawing,
): ReturnType<Figure['spec']> {
  const ink = inks[theme];
  const names = width === 'wide' ? 130 : 112;
  const panels = armPanels(width, count, names + 12);
  const x = { ...secondsAxis(panels, plan), field: 'seconds' };
  const y = {
    field: 'service',
    type: 'nominal' as const,
    scale: { type: 'band' as const, domain: [...services], padding: 0 },
    title: null,
    axis: { grid: true, ticks: false, labelLimit: names, labelFontSize: width === 'wide' ? 10.5 : 10 },
  };
  const words = kinds.map((kind) => actionWords[kind]);
  const legend = {
    ...{ title: null, orient: 'top' as const, symbolSize: 80, columns: width === 'wide' ? 4 : 2 },
    ...{ symbolOpacity: 1, symbolFillColor: null },
  };
  const color = {
    field: 'kind',
    type: 'nominal' as const,
    scale: { domain: words, range: kinds.map((kind) => actionColours(theme)[kind]) },
    legend,
  };
  const shape = {
    field: 'kind',
    type: 'nominal' as const,
    scale: { domain: words, range: kinds.map((kind) => actionShapes[kind]) },
    legend,
  };
  const size = {
    field: 'count',
    type: 'quantitative' as const,
    scale: { domain: [1, Math.max(2, most)], range: [24, most === 1 ? 24 : 80] },
    legend: null,
  };
  const reach = laneOf(kinds.length - 1) + 4;
  const yOffset = {
    field: 'lane',
    type: 'quantitative' as const,
    scale: { domain: [-reach, reach], range: [0, 2 * reach], nice: false },
  };
  const layer = (filter: string, filled: boolean) => ({
    transform: [{ filter }],
    mark: { type: 'point' as const, filled, opacity: 0.8, strokeWidth: filled ? 0 : 1.25 },
    encoding: { x, y, yOffset, color, shape, size, tooltip: { field: 'text', type: 'nominal' as const } },
  });
  return {
    data: { name: 'actions' },
    ...armFacet(panels),
    spec: {
      width: panels.panelWidth,
      height: 2 * reach * services.length,
      layer: [warmupLayer(theme, plan), layer('!datum.isRefused', true), layer('datum.isRefused', false)],
    },
    config: { axisY: { gridColor: ink.grid } },
  };
}

function alternativeText(marks: readonly ActionMark[], panels: readonly string[], plan: Plan): string {
  const parts = panels.map((panel) => {
    const own = marks.filter((mark) => panelOf(mark, plan) === panel);
    const counted = (of: (mark: ActionMark) => boolean): number =>
      own.filter(of).reduce((sum, { count }) => sum + count, 0);
    const numbers = decisionKinds.flatMap((kind) => {
      const [more, less, none] = (['more', 'less', 'none'] as const).map((direction) =>
        counted((mark) => mark.kind === kind && mark.direction === direction && !mark.isRefused),
      );
      const sides = [
        ...(more === 0 ? [] : [`${more} more`]),
        ...(less === 0 ? [] : [`${less} less`]),
        ...(none === 0 ? [] : [`${none} accepted`]),
      ];
      return sides.length === 0 ? [] : [`${actionWords[kind]} ${sides.join(' and ')}`];
    });
    const refused = counted(({ isRefused }) => isRefused);
    return `${panel}: ${[...numbers, ...(refused === 0 ? [] : [`${refused} refused`])].join(', ')}`;
  });
  return `Actions over time, by arm and service. ${parts.join('. ')}.`;
}
