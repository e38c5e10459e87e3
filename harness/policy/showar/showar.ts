import type { DecisionKind } from '../../telemetry/action.ts';
import type { Policy, PolicyContext, PolicyDemands, PolicyInput, StepPolicyKind } from '../port.ts';
import { AffinityLoop } from './affinity.ts';
import { showarDescription } from './description.ts';
import { adaptationSteps } from './gain-adaptation.ts';
import { HorizontalLoop } from './horizontal.ts';
import { Mailbox } from './mailbox.ts';
import type { HorizontalOptions } from './horizontal-options.ts';
import { showarOptions, type ShowarOptions } from './options.ts';
import { Rhythm } from './rhythm.ts';
import { VerticalLoop } from './vertical.ts';

/** SHOWAR (Baarzi and Kesidis, SoCC 2021): vertical, horizontal and affinity loop, which may each be left out. */
export const showarKind: StepPolicyKind<ShowarOptions> = {
  ...showarDescription,
  options: showarOptions,
  demands: showarDemands,
  create: createShowar,
};

function showarDemands({ vertical, horizontal, affinity }: ShowarOptions): PolicyDemands {
  const needs = new Set<PolicyInput>();
  const acts: DecisionKind[] = [];
  if (vertical !== null) {
    for (const input of ['cpu-usage', 'memory-usage', 'oom-kills'] as const) needs.add(input);
    acts.push('cpu', 'memory');
  }
  if (horizontal !== null) {
    needs.add('wait-histogram');
    acts.push('replicas');
  }
  if (affinity !== null) {
    needs.add('cpu-usage').add('memory-usage');
    acts.push('placement');
  }
  return {
    intervalSeconds: shortestSeconds({ vertical, horizontal, affinity }),
    longestWindowSeconds: Math.max(
      vertical?.windowSeconds ?? 0,
      vertical?.everySeconds ?? 0,
      horizontal === null ? 0 : historySeconds(horizontal),
      affinity?.everySeconds ?? 0,
    ),
    needs: [...needs],
    acts,
  };
}

/** What the horizontal loop looks back on. An unbounded integral is no window: it looks back on the whole trial, however long. */
function historySeconds({ everySeconds, integralWindow, adaptation }: HorizontalOptions): number {
  const summed = integralWindow === 'unbounded' ? 1 : integralWindow;
  return everySeconds * Math.max(summed, adaptation === 'adaptive' ? adaptationSteps : 1);
}

function shortestSeconds(loops: Pick<ShowarOptions, 'vertical' | 'horizontal' | 'affinity'>): number {
  const { vertical, horizontal, affinity } = loops;
  return Math.min(...[vertical, horizontal, affinity].map((loop) => loop?.everySeconds ?? Infinity));
}

function createShowar(options: ShowarOptions, context: PolicyContext): Policy {
  const services = context.services
    .filter(({ name, isScalable }) => isScalable && context.bounds[name] !== undefined)
    .map(({ name }) => name);
  const mailbox = new Mailbox(
    options.holdSeconds === null ? null : context.compressed(options.holdSeconds),
    context.sampleMs,
  );
  // A loop cannot decide more often than there is a sample.
  const intervalOf = (seconds: number): number => Math.max(context.compressed(seconds), context.sampleMs);
  const intervalMs = intervalOf(shortestSeconds(options));
  const rhythmOf = (loop: { readonly everySeconds: number }): Rhythm =>
    new Rhythm(intervalOf(loop.everySeconds), intervalMs);
  const vertical = options.vertical && {
    loop: new VerticalLoop(options.vertical, services, context, mailbox),
    rhythm: rhythmOf(options.vertical),
  };
  const horizontal = options.horizontal && {
    loop: new HorizontalLoop(options.horizontal, services, context, { mailbox, signal: options.signal }),
    rhythm: rhythmOf(options.horizontal),
  };
  const affinity = options.affinity && {
    loop: new AffinityLoop(options.affinity, services, context),
    rhythm: rhythmOf(options.affinity),
  };
  return {
    name: showarDescription.name,
    intervalMs,
    step({ nowMs, samples, settled }) {
      for (const { state, decision } of settled) {
        if (state !== 'refused') continue;
        vertical?.loop.refused(decision);
        affinity?.loop.refused(decision);
      }
      for (const sample of samples) {
        for (const part of [vertical, horizontal, affinity]) part?.loop.see(sample);
      }
      // In this order: the horizontal loop finds in the mailbox what the vertical one has just said.
      return [
        ...(vertical?.rhythm.isDue(nowMs) === true ? vertical.loop.decide(nowMs) : []),
        ...(horizontal?.rhythm.isDue(nowMs) === true ? horizontal.loop.decide(nowMs) : []),
        ...(affinity?.rhythm.isDue(nowMs) === true ? affinity.loop.decide() : []),
      ];
    },
  };
}
