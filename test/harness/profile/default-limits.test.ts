import { expect, test } from 'vitest';
import { defaultLimits } from '../../../harness/profile/default-limits.ts';
import { loaded, profileText } from './profile-text.ts';

test('the limits of a profile that names none are the default ones', () => {
  expect(loaded(profileText()).limits).toEqual(defaultLimits);
});
