import { describe, expect, test } from 'vitest';
import { wrongImports } from './import-arrows.ts';
import { readProjectFile, sourceFiles } from './project-files.ts';

test('every import in the project points the way the design says', () => {
  const files = ['harness', 'tracer', 'bench'].flatMap((folder) => sourceFiles(folder, '.ts'));
  expect(files).toContain('harness/core/errors.ts');

  const wrong = files.flatMap((file) => wrongImports(file, readProjectFile(file)));
  expect(wrong).toEqual([]);
});

describe('the check itself', () => {
  const check = (file: string, specifier: string): readonly string[] =>
    wrongImports(file, `import { thing } from '${specifier}';`);

  test.each([
    ['harness/plan/plan.ts', '../core/units.ts'],
    ['harness/plan/plan.ts', './order.ts'],
    ['harness/experiment/trial-loop.ts', '../telemetry/sample.ts'],
    ['harness/analysis/judge.ts', '../store/samples.ts'],
    ['harness/testbed/local/stage.ts', '../port.ts'],
    ['harness/testbed/local/stage.ts', '../../../tracer/client/line.ts'],
    ['harness/cli/compose.ts', '../testbed/local/stage.ts'],
    ['harness/cli/run.ts', './compose.ts'],
    ['harness/cli/run.ts', '../plan/plan.ts'],
    ['harness/cli/trace.ts', '../../tracer/client/line.ts'],
    ['harness/report/page/page.ts', '../../analysis/summary.ts'],
    ['harness/report/page/page.ts', '../wording.ts'],
    ['harness/index.ts', './plan/plan.ts'],
    ['bench/tracer.ts', '../harness/testbed/local/stage.ts'],
    ['harness/statistics/quantile.ts', 'pure-rand'],
    ['harness/plan/plan.ts', 'node:crypto'],
    ['harness/store/tables.ts', 'node:fs'],
  ])('%s may import %s', (file, specifier) => {
    expect(check(file, specifier)).toEqual([]);
  });

  test.each([
    ['harness/core/clock.ts', '../plan/plan.ts', 'core knows nobody'],
    ['harness/statistics/quantile.ts', '../core/unreachable.ts', 'statistics knows nobody'],
    [
      'harness/plan/plan.ts',
      '../telemetry/sample.ts',
      'plan may import profile, application, yaml, core, statistics; not telemetry',
    ],
    [
      'harness/store/tables.ts',
      '../analysis/summary.ts',
      'store may import telemetry, plan, profile, application, yaml, core, statistics; not analysis',
    ],
    [
      'harness/telemetry/sample.ts',
      '../testbed/port.ts',
      'telemetry may import plan, profile, application, yaml, core, statistics; not testbed',
    ],
    ['harness/testbed/port.ts', './local/stage.ts', 'a port knows no adapter'],
    ['harness/cli/check.ts', '../testbed/local/stage.ts', 'only cli/compose.ts knows the adapters'],
    [
      'harness/testbed/sim/stage.ts',
      '../local/stage.ts',
      'testbed/sim may import testbed, load, telemetry, plan, profile, application, yaml, core, statistics, policy; not testbed/local',
    ],
    [
      'harness/dashboard/page.ts',
      '../core/clock.ts',
      'dashboard has no arrows yet; give it some in test/guard/import-arrows.ts',
    ],
    ['harness/statistics/quantile.ts', 'node:fs', 'statistics is pure: its results depend on its inputs alone'],
    ['harness/testbed/sim/stage.ts', 'node:fs/promises', 'testbed/sim is pure: its results depend on its inputs alone'],
  ])('%s may not import %s', (file, specifier, objection) => {
    expect(check(file, specifier)).toEqual([`${file} imports ${specifier}: ${objection}`]);
  });

  test.each([
    "import type { Plan } from '../plan/plan.ts';",
    "export type { Plan } from '../plan/plan.ts';",
    "export * from '../plan/plan.ts';",
    "const plan = await import('../plan/plan.ts');",
    "let plan: import('../plan/plan.ts').Plan;",
    "import '../plan/plan.ts';",
  ])('sees this form of import: %s', (text) => {
    expect(wrongImports('harness/core/clock.ts', text)).toEqual([
      'harness/core/clock.ts imports ../plan/plan.ts: core knows nobody',
    ]);
  });
});
