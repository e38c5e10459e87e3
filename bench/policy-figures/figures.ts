import { compileFigure, fill } from '../../harness/report/figure/compile.ts';
import { drawSvg } from '../../harness/report/figure/draw.ts';
import type { FigureTheme, FigureWidth } from '../../harness/report/figure/figure.ts';
import { simulateArm } from './simulate-arm.ts';
import { stepFigures, stepPlan, type StepFigure } from './step-experiment.ts';
import { stepRows } from './step-rows.ts';
import { stepFigure } from './step-spec.ts';

const drawings: readonly (readonly [string, FigureWidth, FigureTheme])[] = [
  ['', 'wide', 'light'],
  ['-dark', 'wide', 'dark'],
  ['-narrow', 'narrow', 'light'],
  ['-narrow-dark', 'narrow', 'dark'],
];

export const policyFigureNames: readonly string[] = stepFigures.flatMap(({ name }) =>
  drawings.map(([end]) => `${name}-step${end}`),
);

/** The responses of our policies to a step of load, as SVG by the name of the file. */
export async function policyFigures(): Promise<ReadonlyMap<string, string>> {
  const drawn = new Map<string, string>();
  for (const figure of stepFigures) for (const [name, svg] of await drawFigure(figure)) drawn.set(name, svg);
  return drawn;
}

async function drawFigure(figure: StepFigure): Promise<readonly (readonly [string, string])[]> {
  const plan = stepPlan();
  const rows = [];
  for (const [arm, label] of Object.entries(figure.arms)) {
    rows.push(...stepRows(label, await simulateArm(plan, arm), figure.signal));
  }
  const own = stepFigure(figure, rows);
  return Promise.all(
    drawings.map(async ([end, width, theme]) => {
      const spec = await compileFigure(own, width, theme);
      return [`${own.name}${end}`, `${await drawSvg(fill(spec, own.data))}\n`] as const;
    }),
  );
}
