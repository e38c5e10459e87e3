import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileName } from '../../../harness/profile/profile-name.ts';

test.each([
  ['profiles/runqueue.yaml', 'runqueue'],
  ['/srv/lab/profiles/runqueue.yaml', 'runqueue'],
  ['./profiles/autoscaling/hpa.v2.yml', 'autoscaling/hpa.v2'],
  ['/srv/profiles/old/profiles/a.yaml', 'a'],
  ['my-experiment.yaml', 'my-experiment'],
  ['/srv/lab/elsewhere/a.yaml', 'a'],
  ['profiles/a/../b.yaml', 'b'],
  ['profiles/sub//x.YAML', 'sub/x'],
  ['profiles/Stress_2.5.yaml', 'Stress_2.5'],
])('%s is called %s', (path, name) => {
  expect(profileName(path)).toBe(name);
});

test.each([
  ['profiles/my profile.yaml', /^my-profile-[0-9a-f]{6}$/],
  ['profiles/na\u00efve "x".yaml', /^na-ve-x-[0-9a-f]{6}$/],
  ['profiles/\u8CA0\u8377/\u6E2C\u5B9A.yaml', /^profile-[0-9a-f]{6}\/profile-[0-9a-f]{6}$/],
  ['profiles/../../etc/passwd', /^passwd$/],
  ['profiles/.hidden.yaml', /^hidden-[0-9a-f]{6}$/],
  ['profiles/.yaml', /^profile-[0-9a-f]{6}$/],
  ['profiles/...yaml', /^profile-[0-9a-f]{6}$/],
  ['profiles/-rf.yaml', /^rf-[0-9a-f]{6}$/],
  ['profiles/latest.yaml', /^latest-[0-9a-f]{6}$/],
  ['..', /^profile-[0-9a-f]{6}$/],
  ['', /^profile-[0-9a-f]{6}$/],
  [`profiles/${'a'.repeat(300)}.yaml`, /^a{53}-[0-9a-f]{6}$/],
  ['profiles/a\nb\\..\\c.yaml', /^a-b-..-c-[0-9a-f]{6}$/],
])('%j is made safe', (path, name) => {
  expect(profileName(path)).toMatch(name);
});

test('a rewritten name is still its own', () => {
  expect(profileName('a b.yaml')).not.toBe(profileName('a-b.yaml'));
  expect(profileName('a b.yaml')).not.toBe(profileName('a  b.yaml'));
});

test('no path leads out of the results, and each segment is a plain name', () => {
  const segment = fc.oneof(fc.constantFrom('..', '.', '', 'profiles', 'latest', 'a'), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const name = profileName(segments.join('/'));
      const path = posix.join('results', name);

      expect(path.startsWith('results/')).toBe(true);
      expect(posix.normalize(path)).toBe(`results/${name}`);
      for (const part of name.split('/')) expect(part).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/);
    }),
    { numRuns: 1000 },
  );
});
