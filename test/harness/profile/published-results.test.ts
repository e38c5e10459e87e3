import { expect, test } from 'vitest';
import { z } from 'zod';
import { policySpecs } from '../../../harness/profile/policy-options.ts';
import type { PolicyOffer, PublishedResult } from '../../../harness/profile/policy-spec.ts';

const result: PublishedResult = {
  ...{ claim: 'cost −22 %', against: 'Autopilot', setUp: '12 nodes, one run of an hour', source: 'SoCC 2021' },
  comparable: { metric: 'cost', against: 'hpa' },
};

const offerOf = (name: string, published?: readonly PublishedResult[]): PolicyOffer => ({
  name,
  options: z.strictObject({}),
  demands: () => ({ intervalSeconds: 1, longestWindowSeconds: 1, needs: [], acts: [] }),
  ...(published === undefined ? {} : { published }),
});

test('what the authors of a policy published goes into the plan; where nothing was published, nothing stands there', () => {
  const arms = ['told', 'silent', 'unsaid'].map((policy) => ({ policy }));
  const offers = [offerOf('told', [result]), offerOf('silent', []), offerOf('unsaid')];
  const { policies, mistakes } = policySpecs(arms, offers);
  expect(mistakes).toEqual([]);
  expect(policies.map((policy) => policy?.published)).toEqual([[result], undefined, undefined]);
  expect(policies.map((policy) => policy !== null && 'published' in policy)).toEqual([true, false, false]);
});
