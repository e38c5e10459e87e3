import { expect, test } from 'vitest';
import { shortForm } from '../../../harness/report/short-form.ts';
import { shippedProfiles } from '../../guard/project-files.ts';
import { examplePlan } from '../../rig/recorded.ts';
import { applicationOf, modelNamed } from '../../rig/recorded-application.ts';

test('the quick start names the profile that is its long form, which is there', () => {
  const plan = examplePlan({ name: 'quick', timeCompression: 75, application: applicationOf(modelNamed('echo')) });
  const hint = shortForm(plan)?.hint ?? '';

  expect(hint).toBe(
    'Believe a difference once a profile with longer trials and a smaller `timeCompression` shows it too; the long form of this one is profiles/showar-vs-hpa.yaml.',
  );
  expect(shippedProfiles()).toContain(/profiles\/\S+\.yaml/.exec(hint)?.[0]);
});
