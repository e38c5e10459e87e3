import { z } from 'zod';
import { policySpecs } from '../../../harness/profile/policy-options.ts';
import type { JsonObject, PolicyOffer, PolicySpec } from '../../../harness/profile/policy-spec.ts';
import { choice, count, mapping, quantity } from '../../../harness/yaml/fields.ts';

const help = { title: 'For a test', description: 'For a test.' };
const seconds = (text: string) => quantity('duration', help, { from: '1ms', to: '24h' }).prefault(text);

/** Steps whenever it is told to, looks back as far as it is told to, and scales one thing. */
const follow: PolicyOffer = {
  name: 'follow',
  options: mapping({
    target: quantity('share', help, { from: '1 %', to: '100 %' }).prefault('50 %'),
    interval: seconds('1s'),
    window: seconds('2s'),
    scales: choice('thing', ['replicas', 'cpu', 'memory'], help).prefault('replicas'),
  }),
  demands: ({ interval, window, scales }) => ({
    intervalSeconds: Number(interval) / 1000,
    longestWindowSeconds: Number(window) / 1000,
    needs: ['cpu-usage', 'cpu-request'],
    acts: [typeof scales === 'string' ? scales : ''],
  }),
};

/** Never does anything, and takes nothing. */
const hold: PolicyOffer = {
  name: 'hold',
  options: mapping({ most: count(help, 1, 10).prefault(1) }),
  demands: () => ({ intervalSeconds: 60, longestWindowSeconds: 0, needs: [], acts: ['replicas', 'cpu', 'memory'] }),
};

/** Fits every profile: so slow that no compression makes it quicker than a sample, and it scales nothing. */
const placer: PolicyOffer = {
  name: 'placer',
  options: mapping({ share: quantity('share', help, { from: '0 %', to: '100 %' }).prefault('1 %'), note: z.json() }),
  published: [{ claim: 'places well', against: 'chance', setUp: 'none', source: 'nowhere' }],
  demands: () => ({ intervalSeconds: 10_000, longestWindowSeconds: 0, needs: [], acts: ['placement'] }),
};

export const examplePolicies: readonly PolicyOffer[] = [follow, hold, placer];

/** As the profile that names it would hold it. */
export function exampleSpec(name: string, written: JsonObject = {}): PolicySpec {
  const { policies, mistakes } = policySpecs([{ policy: { name, ...written } }], examplePolicies);
  const [spec] = policies;
  if (spec === undefined || spec === null) throw new Error(mistakes.map(({ message }) => message).join('; '));
  return spec;
}
