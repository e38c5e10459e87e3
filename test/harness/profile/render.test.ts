import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderProfile } from '../../../harness/profile/render.ts';
import { arbitraryProfile } from './arbitrary-profile.ts';
import { loaded, profileText } from './profile-text.ts';

test('a rendered profile loads again to an equal one', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      expect(loaded(renderProfile(profile))).toEqual(profile);
    }),
    { numRuns: 300 },
  );
});

test('the rendered text is complete: defaults, --set and the arms of a matrix are written out', () => {
  const text = profileText({
    arms: "arms: [{ name: idle }, { name: 'stress-{n}x', matrix: { n: [1, 2] }, disturbances: { cpu: '{n}x cores' } }]",
    hypotheses: 'hypotheses: [{ arm: stress-2x, against: idle, metric: all-wait-total }]',
    testbed: 'testbed: { kind: sim, cores: 1 core, work: 2500us }',
    loads: 'loads: [{ name: low, rate: 90/min }]',
  });

  expect(
    renderProfile(
      loaded(text, [
        'canary=null',
        'limits.stolen=7 %',
        'trial.duration=2500ms',
        'trial.warmup=500ms',
        'sampleInterval=500ms',
      ]),
    ),
  ).toBe(`\
# yaml-language-server: $schema=./schema.json
seed: 1
blocks: 8
aa: false
testbed:
  kind: sim
  cores: 1 core
  work: 2500us
source: auto
trial:
  duration: 2500ms
  warmup: 500ms
sampleInterval: 500ms
canary: null
arms:
  - name: idle
    disturbances: {}
  - name: stress-1x
    disturbances:
      cpu: cores
  - name: stress-2x
    disturbances:
      cpu: 2x cores
loads:
  - name: low
    rate: 1.5/s
hypotheses:
  - arm: stress-2x
    against: idle
    metric: all-wait-total
limits:
  stolen: 7 %
  clockJump: 20ms
  observationGap: 2s
`);
});

test('the schema can be named relative to where the text goes', () => {
  const [first] = renderProfile(loaded(profileText()), '../../profiles/schema.json').split('\n');

  expect(first).toBe('# yaml-language-server: $schema=../../profiles/schema.json');
});
