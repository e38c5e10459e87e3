import type { ArmBreakdown } from '../analysis/application-figure-data.ts';
import { totalMs } from '../analysis/arm-breakdown.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import { type TimePart, timeParts } from '../analysis/request-time.ts';
import type { SpanTime } from '../analysis/span-time.ts';
import { formatSeconds, formatShare } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { type Cell, cell, columns, type Section, type SectionPart, type Table } from './document.ts';
import { measuredText, quantileWords, unansweredTexts } from './figure/figure-words.ts';
import { formatSpread, rangeText } from './number-text.ts';
import { timePartWords } from './time-part-words.ts';
import { behindResults, plural } from './wording.ts';

/** Services of a table of the critical path. */
const mostServices = 8;

/** Where the time of the median and of the p99 request went: the parts, and the services that it was spent in. */
export function breakdownSection({ application }: FigureData, plan: Plan): Section {
  const title = 'Where the time went';
  const breakdowns = application?.breakdowns ?? [];
  const unanswered = unansweredTexts(application?.unansweredQuantiles ?? []).map((text): SectionPart => {
    return { kind: 'text', text };
  });
  if (breakdowns.length === 0) {
    const text = 'No request next to a quantile of its trial left spans and was answered.';
    return { title, parts: [{ kind: 'text', text }, ...unanswered] };
  }
  const parts = timeParts.filter((part) => breakdowns.some((one) => !isNothing(one.parts[part])));
  return {
    title,
    parts: [
      { kind: 'table', table: partsTable(breakdowns, parts, plan) },
      ...unanswered,
      { kind: 'text', text: partsText(parts) },
      ...breakdowns.map((one): SectionPart => ({ kind: 'table', table: pathTable(one) })),
    ],
  };
}

const milliseconds = (ms: number): string => formatSeconds(ms / 1000);

function partsTable(breakdowns: readonly ArmBreakdown[], parts: readonly TimePart[], plan: Plan): Table {
  return {
    caption: `Requests with spans next to the median and to the p99 of all requests of their trial, over ${measuredText(plan)}: the mean over the trials${behindResults(plan)}, and its share of the latency`,
    columns: columns(['part', ...breakdowns.map((one) => `${one.arm}, ${requestWord(one)}`)]),
    rows: [
      ...parts.map((part) => [
        cell(timePartWords[part]),
        ...breakdowns.map((one) => partCell(one.parts[part], one.latencyMs.mean)),
      ]),
      [cell('latency, their sum'), ...breakdowns.map(({ latencyMs }) => cell(milliseconds(latencyMs.mean)))],
      [
        cell('requests averaged'),
        ...breakdowns.map(({ latencyMs: { low, high }, traces }) =>
          cell(traces, rangeText(milliseconds(low), milliseconds(high))),
        ),
      ],
      [cell('quantile of all requests'), ...breakdowns.map(({ quantileMs }) => formatSpread(quantileMs, milliseconds))],
    ],
    folded: false,
  };
}

const requestWord = ({ quantile }: ArmBreakdown): string => quantileWords[quantile];

/** What is less than a nanosecond is what sums of fractions leave. */
const isNothing = (ms: number): boolean => ms < 1e-6;

const partCell = (ms: number, ofMs: number): Cell =>
  isNothing(ms) ? cell('0') : cell(milliseconds(ms), formatShare(ms / ofMs));

/** What the parts are that occur. */
function partsText(parts: readonly TimePart[]): string {
  const meanings: Readonly<Record<TimePart, string>> = {
    lateness: 'Sent late: the load generator sent it after it was due.',
    network: 'To the front and back: between the load generator and the front, with the queue of new connections.',
    cpu: 'Service time: threads of services ran.',
    contention: 'Run-queue wait: a thread could run, and others had the CPU.',
    throttled:
      'Throttled: a thread could run, and its CPU limit did not let it. For one thread the kernel counts both waits as one; they are told apart as the tracer saw them for the whole replica in the samples that the span fell into.',
    unknownWait: 'Wait of unknown cause: one of the two, and no tracer tells which.',
    connection: 'Waiting for a connection: all connections to a service were in use.',
    stores: 'In stores: all time of databases and caches, their waits included; the tables below split it.',
    rest: 'Not explained: on the path and in none of the above, such as the way of a message between two services, and a service that was kept from sending its answer once it had it: its span ends before.',
  };
  return `The parts are along the critical path: from the answer backwards, always the call that ended last. ${parts.map((part) => meanings[part]).join(' ')}`;
}

function pathTable(one: ArmBreakdown): Table {
  const { services, latencyMs } = one;
  const shown = services.slice(0, mostServices);
  const rest = services.slice(mostServices);
  const parts = [
    ['service time', 'cpuMs'],
    ['run-queue wait', 'contentionMs'],
    ['throttled', 'throttledMs'],
    ['wait of unknown cause', 'unknownWaitMs'],
    ['waiting for a connection', 'connectionMs'],
    ['not explained', 'restMs'],
  ] as const;
  const used = parts.filter(([, part]) => services.some(({ time }) => !isNothing(time[part])));
  const row = (name: Cell, times: readonly SpanTime[]): readonly Cell[] => {
    const sum = (of: (time: SpanTime) => number): number => times.reduce((total, time) => total + of(time), 0);
    return [
      name,
      partCell(sum(totalMs), latencyMs.mean),
      ...used.map(([, part]) => timeCell(sum((time) => time[part]))),
    ];
  };
  return {
    caption: `Services on the critical path of the ${requestWord(one)} request of ${one.arm}, those with the most time first`,
    columns: columns(['service', 'time on the path', ...used.map(([label]) => label)]),
    rows: [
      ...shown.map(({ service, isStore, time }) => row(cell(service, isStore ? 'store' : ''), [time])),
      ...(rest.length === 0
        ? []
        : [
            row(
              cell(plural(rest.length, 'other')),
              rest.map(({ time }) => time),
            ),
          ]),
    ],
    folded: true,
  };
}

const timeCell = (ms: number): Cell => cell(isNothing(ms) ? '0' : milliseconds(ms));
