import { formatDuration } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import type { EventSink, ExperimentEvent } from '../experiment/events.ts';
import type { Verdict } from '../store/verdict.ts';
import type { Terminal } from './terminal.ts';

type TrialStarted = Extract<ExperimentEvent, { type: 'trial-started' }>;

/** Tells a person how an experiment goes: a live line for the running trial on a terminal, plain lines everywhere. */
export function progressPrinter(terminal: Terminal): EventSink {
  let running: TrialStarted | undefined;
  const say = (text: string): void => {
    terminal.err(`${text}\n`);
  };
  return (event) => {
    switch (event.type) {
      case 'experiment-started':
        if (event.finished > 0) say(`${event.finished} of ${event.trials} trials are finished and are not run again.`);
        return;
      case 'block-started':
        if (event.replaces !== null) say(`Block ${event.block} is appended in place of block ${event.replaces}.`);
        return;
      case 'trial-started':
        running = event;
        terminal.live(trialLine(event, `0.0 s · ${left(event.leftMs)} left`));
        return;
      case 'sample-taken':
        if (running === undefined) return;
        terminal.live(
          trialLine(
            running,
            `${seconds(event.atMs)} of ${seconds(event.trialMs)} · ${left(running.leftMs - event.atMs)} left`,
          ),
        );
        return;
      case 'trial-finished': {
        terminal.live('');
        const text = verdictText(event.verdict, terminal);
        if (running?.trial === event.trial) say(`${trialLine(running, text)} · ${left(event.leftMs)} left`);
        else say(`${event.trial} was complete on the disk: ${text}`);
        return;
      }
      case 'trial-abandoned':
        terminal.live('');
        say(`${event.trial} was stopped before its end; it is set aside and repeated.`);
        return;
      case 'block-set-aside':
        say(
          event.reason === 'pause'
            ? `Block ${event.block} is set aside: the pause was longer than a block, its pairs are too far apart.`
            : `Block ${event.block} is set aside: a trial stayed invalid after two repeats.`,
        );
        return;
      case 'damage-found':
        say(`Damaged: ${event.damage}. The trial is repeated; nothing is deleted.`);
        return;
      case 'cleanup-failed':
        say(`Cleaning up was incomplete: ${event.text}`);
        return;
      case 'experiment-interrupted':
      case 'experiment-finished':
        terminal.live('');
        return;
      default:
        unreachable(event);
    }
  };
}

function trialLine({ place, of, block, arm, attempt }: TrialStarted, rest: string): string {
  const count = String(of).length;
  const repeat = attempt > 1 ? ` (attempt ${attempt})` : '';
  return `[${String(place).padStart(count)}/${of}] block ${block}  ${arm}${repeat}  ${rest}`;
}

function verdictText(verdict: Verdict, terminal: Terminal): string {
  switch (verdict.kind) {
    case 'valid':
      return terminal.style('green', 'valid');
    case 'failed':
      return `${terminal.style('red', 'failed')} (${verdict.code}): ${verdict.text}`;
    case 'invalid':
      return `${terminal.style('yellow', 'invalid')}: ${verdict.reasons.map(({ code, text }) => `${code}, ${text}`).join('; ')}`;
    default:
      return unreachable(verdict);
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const left = (ms: number): string => formatDuration(Math.max(0, ms));
