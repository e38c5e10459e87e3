import type { ApplicationFigureData } from './application-figure-data.ts';
import type { ArmFigures } from './arm-figures.ts';
import { drawnGroups, type DrawnGroup, type FigureData } from './figure-data.ts';
import { loadGenerators } from './load-generators.ts';

/** The figures of all arms, in the order of the plan. */
export function joinFigureData(arms: readonly ArmFigures[]): FigureData {
  const parts = arms.map((arm) => arm.data());
  const applications = parts.flatMap(({ application }) => application ?? []);
  const all = <T>(of: (application: ApplicationFigureData) => readonly T[]): readonly T[] => applications.flatMap(of);
  return {
    histograms: byGroup(parts.flatMap(({ histograms }) => histograms)),
    series: byGroup(parts.flatMap(({ series }) => series)),
    application:
      applications.length === 0
        ? null
        : {
            requests: all(({ requests }) => requests),
            loadOverTime: all(({ loadOverTime }) => loadOverTime),
            armsOverTime: all(({ armsOverTime }) => armsOverTime),
            actions: all(({ actions }) => actions),
            refusals: all(({ refusals }) => refusals),
            services: all(({ services }) => services),
            servicesOverTime: all(({ servicesOverTime }) => servicesOverTime),
            breakdowns: all(({ breakdowns }) => breakdowns),
            unansweredQuantiles: all(({ unansweredQuantiles }) => unansweredQuantiles),
            events: all(({ events }) => events),
            generators: loadGenerators(arms.flatMap(({ valid }) => valid)),
          },
  };
}

/** A stable sort: within a group the arms stay as they are. */
const byGroup = <T extends { readonly group: DrawnGroup }>(items: readonly T[]): readonly T[] =>
  items.toSorted((a, b) => drawnGroups.indexOf(a.group) - drawnGroups.indexOf(b.group));
