import type { z } from 'zod';
import { choice, mapping, orNull, quantity } from '../../yaml/fields.ts';
import { every, number, seconds } from './option-fields.ts';

/** SHOWAR-V: sizes of CPU and memory. */
export const verticalOptions = mapping({
  /** Three-sigma paragraph: s = mu + 3 sigma; larger for more stability. */
  k: number('Sigmas', 'Standard deviations that are added to the mean usage.', 0, 100).prefault(3),
  /** Its window W: 5 minutes at 1 Hz. */
  window: seconds('Window', 'How far back usage counts', '5m').prefault('5m'),
  /** Its period T: 1 minute, much smaller than W. */
  every: every('60s').prefault('60s'),
  /** Applied if the estimate changed by more than 15 %. */
  threshold: quantity(
    'share',
    { title: 'Threshold', description: 'A change has to be larger than this.', examples: ['15 %'] },
    { from: '0 %', to: '1000 %' },
  ).prefault('15 %'),
  /** An estimate above 1 core is not applied; the service is scaled out instead. */
  oneCoreRule: orNull(
    quantity(
      'cores',
      {
        title: 'One-core rule',
        description: 'A replica is never sized above this: the service is scaled out instead. `null` without the rule.',
        examples: ['1 core', null],
      },
      { from: '0.01 cores', to: '1024 cores' },
    ),
  ).prefault('1 core'),
  /** The paper says `size`, and takes slack as limit minus usage: so both are that size (ours). */
  size: choice('size', ['both', 'limit', 'request'], {
    title: 'Size',
    description: 'What of CPU is set. Of memory only the limit can be set.',
    examples: ['both'],
  }).prefault('both'),
  /** Its usage is that of the microservice; per replica, the mean of them (reading of ours). */
  samples: choice('reading', ['mean-of-replicas', 'per-pod'], {
    title: 'Samples',
    description: 'One value a second, the mean over the replicas that are ready, or one for each of these.',
    examples: ['mean-of-replicas'],
  }).prefault('mean-of-replicas'),
  /** The paper's words are `evaluated`; `applied` is how it was built again (SZU), and does not miss slow growth. */
  changeBase: choice('base', ['applied', 'evaluated'], {
    title: 'Base of the change',
    description: 'What an estimate is compared with: the size that was applied last, or the estimate before.',
    examples: ['applied'],
  }).prefault('applied'),
  /** The paper keeps mean and variance recursively and says nothing about the first minutes: it acts on what there is (ours). */
  partialWindow: choice('behaviour', ['act', 'wait'], {
    title: 'Partial window',
    description: 'Whether it acts before the window is full for the first time.',
    examples: ['act'],
  }).prefault('act'),
}).transform(({ window, every, ...rest }) => ({ ...rest, windowSeconds: window, everySeconds: every }));
export type VerticalOptions = z.output<typeof verticalOptions>;
