import type { z } from 'zod';
import { mapping, quantity } from '../../yaml/fields.ts';
import { every, number } from './option-fields.ts';

/** SHOWAR-A: affinity rules. */
export const affinityOptions = mapping({
  /** Correlations below it in absolute value are discarded. */
  threshold: number('Threshold', 'Absolute correlation from which on a rule is made.', 0.01, 1).prefault(0.8),
  /** A rule is withdrawn if the correlation changes by more: relative to that at its creation (ours). */
  withdrawal: quantity(
    'share',
    { title: 'Withdrawal', description: 'Change of the correlation that takes a rule back.', examples: ['20 %'] },
    { from: '0 %', to: '1000 %' },
  ).prefault('20 %'),
  /** Every 5 minutes, on the 300 samples of these. */
  every: every('5m').prefault('5m'),
}).transform(({ every, ...rest }) => ({ ...rest, everySeconds: every }));
export type AffinityOptions = z.output<typeof affinityOptions>;
