import { latencyQuantiles, type ArmRequests } from '../analysis/application-figure-data.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import { exactDuration, formatSeconds, formatShare } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { type Cell, cell, columns, type Section } from './document.ts';
import { measuredText } from './figure/figure-words.ts';
import { formatSpread } from './number-text.ts';
import { behindResults } from './wording.ts';

/** Quantiles of latency by endpoint and arm, and what became of the rest. */
export function latencySection({ application }: FigureData, plan: Plan): Section {
  const title = 'Latency by endpoint';
  const requests = application?.requests ?? [];
  if (requests.length === 0) return { title, parts: [{ kind: 'text', text: 'No valid trial has a log of requests.' }] };
  const endpoints = [...new Set(requests.map(({ endpoint }) => endpoint))];
  return {
    title,
    parts: [
      {
        kind: 'table',
        table: {
          caption: `Latency of the requests offered, from the instant at which they were due: median of the trials${behindResults(plan)}, and their range; counts are over all trials`,
          columns: columns([
            'endpoint, arm',
            ...Object.keys(latencyQuantiles),
            'offered',
            'errors',
            'time-outs',
            'not sent',
          ]),
          rows: endpoints.flatMap((endpoint) =>
            requests.filter((one) => one.endpoint === endpoint).map((one) => requestRow(one)),
          ),
          folded: false,
        },
      },
      {
        kind: 'text',
        text: `Over ${measuredText(plan)}. Quantiles are of all requests that were due, as everywhere in this report: one without a successful answer took the whole time-out${timeoutText(plan)}. Errors: answered with an error, or not connected. Time-outs: with those that had no answer at the end. Not sent: too many requests were in flight already, or the load generator could not.`,
      },
    ],
  };
}

const timeoutText = ({ application }: Plan): string =>
  application === null ? '' : ` of ${exactDuration(application.driver.timeoutMs)}`;

function requestRow({ arm, endpoint, offered, byOutcome, latencyMs }: ArmRequests): readonly Cell[] {
  const ofOffered = (count: number): Cell => cell(count, count === 0 ? '' : formatShare(count / offered));
  return [
    cell(endpoint ?? 'all endpoints', arm),
    ...Object.values(latencyMs).map((spread) => formatSpread(spread, (ms) => formatSeconds(ms / 1000))),
    cell(offered),
    ofOffered(byOutcome['error-status'] + byOutcome['connection-failed']),
    ofOffered(byOutcome['timed-out'] + byOutcome.unfinished),
    ofOffered(byOutcome['not-sent-in-flight'] + byOutcome['not-sent-generator']),
  ];
}
