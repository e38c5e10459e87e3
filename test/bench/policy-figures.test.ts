import { beforeAll, describe, expect, test } from 'vitest';
import { policyFigureNames, policyFigures } from '../../bench/policy-figures/figures.ts';
import { readProjectFile } from '../guard/project-files.ts';

describe('the responses to a step in the documentation', () => {
  let figures: ReadonlyMap<string, string>;
  // Three and a half hours of seven arms.
  beforeAll(async () => {
    figures = await policyFigures();
  }, 240_000);

  test.each(policyFigureNames)(
    'docs/figures/policies/%s.svg is what the policies do (npm run docs:policies)',
    (name) => {
      expect(readProjectFile(`docs/figures/policies/${name}.svg`)).toBe(figures.get(name));
    },
  );

  test('each policy that runs in the harness has one, with all its lines', () => {
    expect([...figures.keys()].filter((name) => name.endsWith('-step'))).toEqual([
      'static-step',
      'hpa-step',
      'showar-step',
    ]);
    for (const label of ['literal', 'rebased', 'rebased, integral unbounded'])
      expect(figures.get('showar-step')).toContain(`>${label}</text>`);
  });
});
