import type { ArmEvents } from '../analysis/application-figure-data.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import type { Summary } from '../analysis/summary.ts';
import { formatSeconds } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { cell, columns, type Section, type SectionPart, type Table } from './document.ts';
import { formatSpread } from './number-text.ts';
import { behindResults, plural } from './wording.ts';

/** What happened to replicas, by arm: what the profile asked for, and what it did not. */
export function eventSection(summary: Summary, { application }: FigureData, plan: Plan): Section {
  const title = 'What happened to replicas';
  const events = application?.events ?? [];
  if (events.length === 0) {
    const text = 'No replica was killed, stopped or restarted in a trial that counts.';
    return { title, parts: [{ kind: 'text', text }] };
  }
  const arms = summary.arms.filter(({ name }) => events.some(({ arm }) => arm === name));
  return {
    title,
    parts: [
      ...arms.map((arm): SectionPart => {
        const own = events.filter((event) => event.arm === arm.name);
        return { kind: 'table', table: eventTable(arm.name, arm.valid + arm.failed, own, plan) };
      }),
      {
        kind: 'text',
        text: 'Over whole trials, warm-up included; instants from the start of the trial, as median and range. Faults are those that the profile asks for. What they cost is in the errors and time-outs by endpoint, and in the errors by service.',
      },
    ],
  };
}

function eventTable(arm: string, trials: number, events: readonly ArmEvents[], plan: Plan): Table {
  return {
    caption: `Replicas of ${arm}, over the ${plural(trials, 'trial')} that ${trials === 1 ? 'counts' : 'count'}${behindResults(plan)}`,
    columns: columns(['what happened', 'service', 'times', 'in trials', 'when'], ['service']),
    rows: events.map(({ type, service, times, trials: inTrials, atMs }) => [
      cell(eventWords[type]),
      cell(service),
      cell(times),
      cell(inTrials),
      formatSpread(atMs, (ms) => formatSeconds(ms / 1000)),
    ]),
    folded: false,
  };
}

const eventWords: Readonly<Record<ArmEvents['type'], string>> = {
  restarted: 'restarted',
  'killed-by-memory-limit': 'killed by its memory limit',
  'killed-from-outside': 'killed by something outside',
  'killed-by-profile': 'fault: killed',
  'stopped-by-profile': 'fault: stopped',
  'fault-skipped': 'fault that did not happen',
  crashed: 'crashed',
  'drain-cut': 'ended before all was answered',
  'spans-full': 'left out spans: its file was full',
};
