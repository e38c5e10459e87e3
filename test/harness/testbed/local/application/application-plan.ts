import { loadProfile } from '../../../../../harness/profile/load-profile.ts';
import { makePlan } from '../../../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../../../harness/plan/plan.ts';
import { formatDiagnostics } from '../../../../../harness/yaml/diagnostic.ts';
import { echoProfile } from '../../../../rig/application-profile.ts';
import { readerOf } from '../../../profile/profile-text.ts';

/** The plan of a profile with the application echo. */
export function echoPlan(changes: Readonly<Record<string, unknown>> = {}): Plan {
  const loaded = loadProfile({ text: echoProfile(changes), fileName: 'echo.yaml', read: readerOf() });
  if (!loaded.ok) throw new Error(formatDiagnostics(loaded.diagnostics));
  return makePlan(loaded.profile, 'echo');
}
