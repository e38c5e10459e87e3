import { choice, mapping, quantity, wholeMicroseconds, wholeWakeupsPerSecond } from '../yaml/fields.ts';
import { sourceChoices } from './profile.ts';

/** How things are measured: fields of the profile that an arm may have otherwise. */

export const sourceSchema = choice('source', sourceChoices, {
  title: 'Source of run-queue wait',
  description:
    "`auto` takes the BPF tracer, or the kernel's schedstat if neither a hypothesis nor a policy needs a histogram; `none` measures no waits; the others take that one or refuse.",
  examples: ['auto'],
});

export const canarySchema = mapping({
  rate: quantity(
    'rate',
    { title: 'Wake-ups', description: 'Wake-ups, evenly spaced: a whole number per second.', examples: ['200/s'] },
    { from: '1/s', to: '10000/s', whole: wholeWakeupsPerSecond },
  ).prefault('200/s'),
  work: quantity(
    'duration',
    {
      title: 'Work',
      description: 'CPU time burned at each wake-up. Rate times work stays below one core.',
      examples: ['100us'],
    },
    { from: '1us', to: '1s', whole: wholeMicroseconds },
  ).prefault('100us'),
});

export const canaryHelp = {
  title: 'Canary',
  description:
    'A thread that wakes at a fixed rate in every arm, in a group of its own: the same population everywhere. `null` for none.',
  examples: [{ rate: '200/s', work: '100us' }],
};
