import { z } from 'zod';
import { instead, isMapping } from '../../profile/load-instead.ts';
import { choice, count, expecting, mapping, quantity } from '../../yaml/fields.ts';
import { policySelections, type PolicySelection } from './scaling-limits.ts';

/** `HPAScalingRules` of `autoscaling/v2`, with its names. A window of null is that of the controller. */
export type RulesOption = {
  readonly stabilizationWindowSeconds: number | null;
  readonly select: PolicySelection;
  readonly policies: readonly PolicyOption[];
};

/** `HPAScalingPolicy`. */
export type PolicyOption = {
  readonly kind: 'pods' | 'percent';
  readonly value: number;
  readonly periodSeconds: number;
};

const period = quantity(
  'duration',
  { title: 'Period', description: 'In which so many may come or go, before time compression.', examples: ['15s'] },
  { from: '1s', to: '30m' },
).transform((ms) => ms / 1000);

const pods = mapping({
  pods: count({ title: 'Pods', description: 'Replicas that may come or go.', examples: [4] }, 1, 10_000),
  period,
}).transform(({ pods: value, period }): PolicyOption => ({ kind: 'pods', value, periodSeconds: period }));

const percent = mapping({
  percent: count(
    { title: 'Percent', description: 'Of the replicas at the beginning of the period.', examples: [100] },
    1,
    10_000,
  ),
  period,
}).transform(({ percent: value, period }): PolicyOption => ({ kind: 'percent', value, periodSeconds: period }));

const form = 'a policy such as { pods: 4, period: 15s } or { percent: 100, period: 15s }';
const policy = instead<PolicyOption>((input) => {
  if (!isMapping(input) || !('pods' in input || 'percent' in input)) return z.never(expecting(form));
  return 'pods' in input ? pods : percent;
});

type WrittenPolicy = { readonly period: string } & ({ readonly pods: number } | { readonly percent: number });

const rules = (
  direction: 'up' | 'down',
  window: string | null,
  policies: readonly WrittenPolicy[],
): z.ZodType<RulesOption> =>
  mapping({
    stabilizationWindow: quantity(
      'duration',
      {
        title: 'Stabilization window',
        description: `How long an earlier recommendation holds the count when it would go ${direction}, before time compression.`,
        examples: ['60s'],
      },
      { from: '0s', to: '1h' },
    )
      .nullable()
      .prefault(window),
    select: choice('selection', policySelections, {
      title: 'Select',
      description: 'The policy that allows most, the one that allows least, or none.',
      examples: ['Max'],
    }).prefault('Max'),
    policies: z
      .array(policy, expecting(`a list of policies, each ${form}`))
      .min(1, { error: () => `found none, expected ${form}` })
      .max(20, { error: () => 'found more, expected at most 20 policies' })
      .prefault([...policies])
      .meta({ title: 'Policies', description: `How fast the count may go ${direction}.` }),
  })
    .transform(({ stabilizationWindow: ms, ...rest }): RulesOption => ({
      stabilizationWindowSeconds: ms === null ? null : ms / 1000,
      ...rest,
    }))
    .prefault({})
    .meta({ title: `Scale ${direction}`, description: `Rules for going ${direction}.` });

/** Defaults: `GenerateHPAScaleUpRules` and `GenerateHPAScaleDownRules` (`pkg/apis/autoscaling/v2/defaults.go`). */
export const behaviorSchema = mapping({
  scaleUp: rules('up', '0s', [
    { pods: 4, period: '15s' },
    { percent: 100, period: '15s' },
  ]),
  scaleDown: rules('down', null, [{ percent: 100, period: '15s' }]),
});
