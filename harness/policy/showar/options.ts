import type { z } from 'zod';
import { choice, mapping, orNull } from '../../yaml/fields.ts';
import { affinityOptions } from './affinity-options.ts';
import { horizontalOptions } from './horizontal-options.ts';
import { onOrOff } from './on-or-off.ts';
import { seconds } from './option-fields.ts';
import { verticalOptions } from './vertical-options.ts';

/**
 * Options of SHOWAR (Baarzi and Kesidis, SoCC 2021). Beside each default stands which part of the paper it is from, or that it is
 * ours. Durations are written as published, and divided by the time compression of the trial.
 */
export const showarOptions = mapping(
  {
    /** Run-queue latency as tools give it includes throttling by a CPU quota. */
    signal: choice('signal', ['all', 'contention'], {
      title: 'Signal',
      description: 'Waits that count: all, as published, or only those for a CPU and not for quota.',
      examples: ['all'],
    }).prefault('all'),
    /** Not in the paper. */
    hold: orNull(
      seconds(
        'Hold',
        'How long a service keeps its replicas after it was resized (`null`: for the next horizontal step only)',
        '2m',
      ),
    ).prefault(null),
    vertical: onOrOff(verticalOptions, '{ k: 3 }', {
      title: 'Vertical',
      description: 'Sizes CPU and memory.',
      examples: ['on', 'off', { k: 4 }],
    }).prefault('on'),
    horizontal: onOrOff(horizontalOptions, '{ target: 15ms }', {
      title: 'Horizontal',
      description: 'Chooses replicas.',
      examples: ['on', 'off', { target: '5ms', reading: 'rebased' }],
    }).prefault('on'),
    affinity: onOrOff(affinityOptions, '{ threshold: 0.8 }', {
      title: 'Affinity',
      description:
        'Makes rules of placement. Only for testbeds with several hosts, so it is off where nothing is said.',
      examples: ['off', 'on'],
    }).prefault('off'),
  },
  // The name of the policy stands beside its options.
  ['name'],
)
  .check(({ value, issues }) => {
    if (value.vertical !== null || value.horizontal !== null || value.affinity !== null) return;
    const message = 'found off, expected at least one of vertical, horizontal and affinity to be on';
    issues.push({ code: 'custom', path: ['horizontal'], message, input: value });
  })
  .transform(({ hold, ...rest }) => ({ ...rest, holdSeconds: hold }));
export type ShowarOptions = z.output<typeof showarOptions>;
