import type { Plan } from '../plan/plan.ts';
import { quantile, sortSample } from '../statistics/quantile.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import { requestOutcomes, type RequestOutcome } from '../telemetry/request-log.ts';
import { latencyQuantiles, type ArmRequests, type LatencyQuantile } from './application-figure-data.ts';
import { countedLatencies, measuredRequests } from './measure-load.ts';
import { latencyExceededBy, numbersOf, type RequestNumbers } from './request-numbers.ts';
import { spreadOf } from './spread.ts';

/** Points of a curve per decade of the share: enough that no step shows. */
const pointsPerDecade = 40;

/** The requests of the trials of one arm: all endpoints together, then each that was asked for. */
export function armRequests(plan: Plan, arm: string, trials: readonly RecordedTrial[]): readonly ArmRequests[] {
  const measured = trials.flatMap(({ requests: log }) =>
    log === null ? [] : [{ log, requests: measuredRequests(plan, log) }],
  );
  const { model, driver } = plan.application ?? {};
  const endpoints = model?.endpoints ?? [];
  // Without an application nothing was asked for.
  const timeoutMs = driver?.timeoutMs ?? 0;
  return [null, ...endpoints.keys()].flatMap((index) => {
    const ofTrials = measured
      .map(({ log, requests: all }) => {
        const requests = index === null ? all : all.filter((request) => log.endpoint[request] === index);
        return { ...numbersOf(log, requests), countedMs: sortSample(countedLatencies(log, requests, timeoutMs)) };
      })
      .filter(({ offered }) => offered > 0);
    if (ofTrials.length === 0) return [];
    const total = (of: (numbers: RequestNumbers) => number): number => ofTrials.reduce((sum, one) => sum + of(one), 0);
    const outcomes = requestOutcomes.map((outcome) => [outcome, total(({ byOutcome }) => byOutcome[outcome])]);
    const quantiles = Object.entries(latencyQuantiles).map(([name, p]) => [
      name,
      spreadOf(ofTrials.map(({ countedMs }) => quantile(countedMs, p))),
    ]);
    return [
      {
        arm,
        endpoint: index === null ? null : (endpoints[index]?.name ?? null),
        trials: ofTrials.length,
        offered: total(({ offered }) => offered),
        // One entry for each outcome and each quantile there is.
        byOutcome: Object.fromEntries(outcomes) as Record<RequestOutcome, number>,
        latencyMs: Object.fromEntries(quantiles) as ArmRequests['latencyMs'] & Record<LatencyQuantile, unknown>,
        curve: curveOf(ofTrials),
      },
    ];
  });
}

/** Down to the smallest share that each of the trials has: one request of it. */
function curveOf(trials: readonly RequestNumbers[]): ArmRequests['curve'] {
  const fewest = Math.min(...trials.map(({ offered }) => offered));
  const points = Math.floor(pointsPerDecade * Math.log10(fewest) + 1e-9);
  return Array.from({ length: points + 1 }, (_, point) => 10 ** (-point / pointsPerDecade)).flatMap((slowerShare) => {
    const latencyMs = spreadOf(trials.map((numbers) => latencyExceededBy(numbers, slowerShare)));
    return latencyMs === null ? [] : [{ slowerShare, latencyMs }];
  });
}
